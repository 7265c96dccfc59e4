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
	"ranksweep/paper/number"
	"ranksweep/tokenizer"
)

// Progress is the state of a training after a step.
type Progress struct {
	Step, Steps int
	Tokens      int64   // number of tokens trained on
	TrainLoss   float64 // loss of the step's batch, in nats per token
	Held        float64 // loss on the held-out text, in bits per byte; NaN if it was not measured
	GradNorm    float64 // gradient norm before clipping
	LR          float64
	Seconds     float64 // time since the beginning, including earlier sessions
}

// Run trains a base model on the recipe's text, from random weights or from the last checkpoint
// in dir. It writes into dir the model in Hugging Face layout, its card README.md, recipe.yaml,
// log.csv and, until the training is done, state.safetensors. If the training is done already,
// it only writes the card again. It calls report after every step. If ctx ends, it saves its
// state after the step and returns ctx's error.
func Run(ctx context.Context, dir string, r Recipe, report func(Progress)) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("pretrain: %w", err)
	}
	t, err := newTraining(ctx, dir, r)
	if err != nil {
		return err
	}
	done, err := t.resume()
	switch {
	case err != nil:
		return err
	case done:
		return t.writeCard(ctx)
	}
	return t.run(ctx, report)
}

// training is a training in progress.
type training struct {
	dir       string
	recipe    Recipe
	model     *checkpoint.Checkpoint
	shards    *shards
	opt       nn.Optimizer
	text      *data.Sampler
	held      []nn.Batch
	heldBytes int // number of bytes in the targets of held
	log       *log
	step      int
	tokens    int64
	before    float64 // seconds that earlier sessions took
	began     time.Time
}

func newTraining(ctx context.Context, dir string, r Recipe) (*training, error) {
	model, err := nn.New(r.config())
	if err != nil {
		return nil, err
	}
	model.Init(rand.New(rand.NewPCG(r.Seed, 0)))
	t := &training{dir: dir, recipe: r, began: time.Now(), model: &checkpoint.Checkpoint{Model: model}}
	if err := t.read(ctx); err != nil {
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

// read reads the recipe's texts, learns the vocabulary, and writes the hashes of the texts into
// the recipe.
func (t *training) read(ctx context.Context) error {
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
	text, err := t.encode(ctx, source)
	if err != nil {
		return err
	}
	held, err := t.encode(ctx, heldSource)
	if err != nil {
		return err
	}
	t.text = data.NewSampler(new(nn.Arena), text, t.recipe.Seed)
	t.held = make([]nn.Batch, min(t.recipe.EvalSequences, len(held)))
	for i := range t.held { // spread evenly over all documents
		row := held[i*len(held)/len(t.held)]
		data.Fill(&t.held[i], []data.Sequence{row})
		t.heldBytes += row.Bytes
	}
	return nil
}

// encode cuts a text into rows of context tokens, an EOS after every document.
func (t *training) encode(ctx context.Context, source *data.Corpus) ([]data.Sequence, error) {
	d, err := data.Encode(ctx, source, t.model.Tokenizer, data.Settings{
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
	return t.finish(ctx)
}

// advance makes one step.
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
		return Progress{}, fmt.Errorf("pretrain: step %d: loss %s, gradient norm %s: "+
			"the training diverged: lower train.lr in the recipe", t.step, number.Brief(loss), number.Brief(norm))
	}
	t.opt.Step(rates)
	t.step++
	return Progress{
		Step: t.step, Steps: t.recipe.Train.Steps, Tokens: t.tokens, TrainLoss: loss, Held: math.NaN(),
		GradNorm: norm, LR: rates[nn.RoleWeight], Seconds: t.before + time.Since(t.began).Seconds(),
	}, nil
}

// heldLoss returns the loss on some sequences of the held-out text, in bits per byte.
func (t *training) heldLoss() (float64, error) {
	nats, err := t.shards.loss(t.held)
	return nats / (math.Ln2 * float64(t.heldBytes)), err
}

// finish writes the model and its card, and removes the files that are needed only to continue.
func (t *training) finish(ctx context.Context) error {
	if err := t.log.write(); err != nil {
		return err
	}
	if err := checkpoint.Save(t.dir, t.model, checkpoint.BF16); err != nil {
		return err
	}
	if err := t.writeCard(ctx); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(t.dir, stateFile)); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("pretrain: %w", err)
	}
	return nil
}
