package pretrain

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"ranksweep/checkpoint"
	"ranksweep/data"
	"ranksweep/nn"
	"ranksweep/tokenizer"
)

// Progress is how a pretraining stands after a step.
type Progress struct {
	Step, Steps int
	Tokens      int64   // trained on
	TrainLoss   float64 // of the step's batch, in nats a token
	Held        float64 // loss on the held-out text, in bits per byte; NaN but where it was measured
	GradNorm    float64 // before clipping
	LR          float64
	Seconds     float64 // since the beginning, earlier sessions included
}

// Run trains a base model from nothing on recipe's text, or goes on from the
// last checkpoint in dir, and leaves there the model in Hugging Face layout,
// its card README.md, recipe.yaml, log.csv and, until it is done,
// state.safetensors. Where all is done it writes the card anew. It calls
// report after every step, and stops after one with ctx's error, its state
// saved.
func Run(ctx context.Context, dir string, r Recipe, report func(Progress)) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("pretrain: %w", err)
	}
	t, err := newTraining(dir, r)
	if err != nil {
		return err
	}
	done, err := t.resume()
	switch {
	case err != nil:
		return err
	case done:
		return t.writeCard()
	}
	return t.run(ctx, report)
}

// training is a pretraining on its way.
type training struct {
	dir       string
	recipe    Recipe
	model     *checkpoint.Checkpoint
	shards    *shards
	opt       nn.Optimizer
	text      *data.Sampler
	held      []nn.Batch
	heldBytes int // that the targets of held stand for
	log       *log
	step      int
	tokens    int64
	before    float64 // seconds of earlier sessions
	began     time.Time
}

func newTraining(dir string, r Recipe) (*training, error) {
	model, err := nn.New(r.config())
	if err != nil {
		return nil, err
	}
	model.Init(rand.New(rand.NewPCG(r.Seed, 0)))
	t := &training{dir: dir, recipe: r, began: time.Now(), model: &checkpoint.Checkpoint{Model: model}}
	if err := t.read(); err != nil {
		return nil, err
	}
	perShard := r.Train.Batch / r.Train.Shards
	if t.shards, err = newShards(model, r.Train.Shards, perShard*r.Model.Context); err != nil {
		return nil, err
	}
	if t.opt, err = nn.NewOptimizer(r.optimizer(), t.shards.params[0]); err != nil {
		return nil, err
	}
	return t, nil
}

// read takes in the recipe's texts, learns the vocabulary, and pins the recipe
// to them.
func (t *training) read() error {
	source, err := data.Load(t.recipe.Data)
	if err != nil {
		return err
	}
	heldSource, err := data.Load(t.recipe.Held)
	if err != nil {
		return err
	}
	now := Texts{Data: source.Hash, Held: heldSource.Hash}
	if err := t.recipe.checkTexts(now); err != nil {
		return err
	}
	t.recipe.SHA256 = now
	if t.model.Tokenizer, err = tokenizer.TrainBPE(source.Texts(), t.recipe.Model.Vocab); err != nil {
		return err
	}
	text, err := t.encode(source)
	if err != nil {
		return err
	}
	held, err := t.encode(heldSource)
	if err != nil {
		return err
	}
	t.text = data.NewSampler(new(nn.Arena), text, t.recipe.Seed)
	t.held = make([]nn.Batch, min(t.recipe.EvalSequences, len(held)))
	for i := range t.held { // evenly over all documents
		row := held[i*len(held)/len(t.held)]
		data.Fill(&t.held[i], []data.Sequence{row})
		t.heldBytes += row.Bytes
	}
	return nil
}

// encode cuts a text into rows of context tokens, an EOS after every document.
func (t *training) encode(source *data.Corpus) ([]data.Sequence, error) {
	d, err := data.Encode(source, t.model.Tokenizer, data.Settings{
		Loss: data.LossAll, EOS: true, Packing: true, Context: t.recipe.Model.Context,
	})
	if err != nil {
		return nil, err
	}
	return d.Train, nil
}

func (t *training) run(ctx context.Context, report func(Progress)) error {
	steps := t.recipe.Train.Steps
	for t.step < steps {
		p, err := t.advance()
		if err != nil {
			return err
		}
		if t.step%t.recipe.EvalEvery == 0 || t.step == steps {
			if p.Held, err = t.heldLoss(); err != nil {
				return err
			}
			t.log.add(p)
		}
		report(p)
		if err := ctx.Err(); err != nil {
			return cmp.Or(t.save(), err)
		}
		if t.step%t.recipe.CheckpointEvery == 0 && t.step < steps {
			if err := t.save(); err != nil {
				return err
			}
		}
	}
	return t.finish()
}

// advance does one step.
func (t *training) advance() (Progress, error) {
	size := t.recipe.Train.Batch / t.recipe.Train.Shards
	for i := range t.shards.batches {
		b := &t.shards.batches[i]
		t.text.Batch(b, t.step*t.recipe.Train.Shards+i, size)
		t.tokens += int64(len(b.Tokens))
	}
	loss, err := t.shards.gradient()
	if err != nil {
		return Progress{}, err
	}
	rates := t.recipe.rates().Times(t.recipe.schedule().Factor(t.step))
	norm := nn.ClipGlobalNorm(t.shards.params[0], t.recipe.Train.Clip)
	if math.IsNaN(loss) || math.IsNaN(norm) || math.IsInf(norm, 0) {
		return Progress{}, fmt.Errorf("pretrain: step %d: loss %g, gradient norm %g: "+
			"it diverged; lower train.lr in the recipe", t.step, loss, norm)
	}
	t.opt.Step(rates)
	t.step++
	return Progress{
		Step: t.step, Steps: t.recipe.Train.Steps, Tokens: t.tokens, TrainLoss: loss, Held: math.NaN(),
		GradNorm: norm, LR: rates[nn.RoleWeight], Seconds: t.before + time.Since(t.began).Seconds(),
	}, nil
}

// heldLoss is the loss on some sequences of the held-out text, in bits per byte.
func (t *training) heldLoss() (float64, error) {
	nats, err := t.shards.loss(t.held)
	return nats / (math.Ln2 * float64(t.heldBytes)), err
}

// finish writes the model and its card, and removes what only a resumption
// needs.
func (t *training) finish() error {
	if err := t.log.write(); err != nil {
		return err
	}
	if err := checkpoint.Save(t.dir, t.model, checkpoint.BF16); err != nil {
		return err
	}
	if err := t.writeCard(); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(t.dir, stateFile)); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("pretrain: %w", err)
	}
	return nil
}
