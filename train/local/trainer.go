package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"strings"
	"sync"

	"ranksweep/checkpoint"
	"ranksweep/data"
	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/nn"
	"ranksweep/nn/kernel"
	"ranksweep/results"
	"ranksweep/theory"
	"ranksweep/train"
	"ranksweep/train/resume"
)

// Trainer trains on this machine with the layers of package nn. All runs share the models and
// data that it has read.
type Trainer struct {
	// Find, if not nil, returns the path of a model that is not embedded.
	Find func(name string) (path string, err error)
	// Data, if not nil, returns the path of the data that a config names.
	Data func(source string) (path string)
	// Stored keeps weights in their file's format if that takes less memory than float32.
	// Runs take longer and have the same bytes. Embedded models are small and always
	// float32.
	Stored bool
	// Program is the version of this program, for the provenance of runs.
	Program string

	embedded fs.FS
	mu       sync.Mutex
	models   map[modelKey]*checkpoint.Checkpoint
	corpora  map[string]*data.Corpus
	datasets map[datasetKey]*data.Dataset

	geometries map[geometryKey]*geometry
	bases      map[validatedKey]*validated
}

// validated is the validation of a model before training, shared by several runs.
type validated struct {
	once  sync.Once
	loss  float64
	parts []results.ValidationBatch
	err   error
}

// validatedKey is everything that a validation before training depends on.
type validatedKey struct {
	dataset   datasetKey
	precision string
	batch     int
}

// validated returns the validation of the model with which a config begins.
func (l *Trainer) validated(c experiments.Config) *validated {
	key := validatedKey{datasetKeyOf(c), c.Train.Precision, c.Train.Batch}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.bases[key] == nil {
		l.bases[key] = new(validated)
	}
	return l.bases[key]
}

// geometry is a measurement of the maps that several runs adapt, made once.
type geometry struct {
	once sync.Once
	maps []theory.MapGeometry
	err  error
}

// modelKey is a model's name, and the precision of products with its weights.
type modelKey struct{ name, precision string }

// datasetKey is everything that a dataset depends on.
type datasetKey struct {
	model, source string
	settings      data.Settings
}

func datasetKeyOf(c experiments.Config) datasetKey {
	return datasetKey{c.Model, c.Data.Source, data.Settings{
		Loss: c.Data.Loss, EOS: c.Data.EOS, Packing: c.Data.Packing,
		Context: c.Train.Context, Validation: c.Data.Validation,
	}}
}

// New returns a trainer. It finds models by name in the folders of embedded, and other
// models by path, or by the path that [Trainer.Find] returns for the name.
func New(embedded fs.FS) *Trainer {
	return &Trainer{
		embedded: embedded,
		models:   make(map[modelKey]*checkpoint.Checkpoint),
		corpora:  make(map[string]*data.Corpus),
		datasets: make(map[datasetKey]*data.Dataset),

		geometries: make(map[geometryKey]*geometry),
		bases:      make(map[validatedKey]*validated),
	}
}

// Name returns the trainer's name in configs.
func (l *Trainer) Name() string { return experiments.LocalTrainer }

// Abilities returns every optimizer and method that configs know, and what the kernels compute.
func (l *Trainer) Abilities() (train.Abilities, error) {
	return train.Abilities{
		Optimizers: nn.Optimizers(), Methods: lora.Methods(),
		Precisions: []string{experiments.Float32Precision, experiments.BF16Precision}, Dropout: true, Checkpoints: true,
		Why: map[string]string{
			"quantization":           "it computes from the weights as they are",
			"attention":              "it has one way to compute attention",
			"gradient_checkpointing": "it has no need of it",
			"deterministic":          "its bytes are always the same",
		},
	}, nil
}

// Provenance returns the version of the program and the kernel that train runs here.
func (l *Trainer) Provenance() results.Provenance {
	return results.Provenance{
		Program: l.Program, Kernel: kernel.Name(),
		Go: runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH,
	}
}

// Help lends a core to the runs.
func (l *Trainer) Help(done <-chan struct{}) { kernel.Help(done) }

// Model returns the embedded model of that name, or else the model in the folder or file of
// that path.
func (l *Trainer) Model(name string) (*checkpoint.Checkpoint, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.model(modelKey{name, experiments.Float32Precision})
}

// Copy reads the model that Model would return, for a caller that changes it.
func (l *Trainer) Copy(name string) (*checkpoint.Checkpoint, error) {
	return l.read(name, checkpoint.Load)
}

func (l *Trainer) model(key modelKey) (*checkpoint.Checkpoint, error) {
	if c := l.models[key]; c != nil {
		return c, nil
	}
	load := checkpoint.Load
	if l.Stored {
		if key.precision == experiments.BF16Precision {
			return nil, errors.New("precision bf16: must be float32 for weights that are kept in their file's format")
		}
		load = checkpoint.LoadStored
	}
	c, err := l.read(key.name, load)
	switch {
	case err != nil:
		return nil, err
	case key.precision == experiments.BF16Precision:
		c.Model.BF16()
	case !l.Stored:
		c.Model.Pack() // its weights are frozen
	}
	l.models[key] = c
	return c, nil
}

func (l *Trainer) read(name string, load func(string) (*checkpoint.Checkpoint, error)) (*checkpoint.Checkpoint, error) {
	if l.isEmbedded(name) {
		sub, err := fs.Sub(l.embedded, name)
		if err != nil {
			return nil, err
		}
		return checkpoint.LoadFS(sub, name)
	}
	path, err := l.locate(name)
	if err != nil {
		return nil, err
	}
	return load(path)
}

// isEmbedded reports whether a name is that of an embedded model.
func (l *Trainer) isEmbedded(name string) bool {
	if !fs.ValidPath(name) || strings.Contains(name, "/") {
		return false
	}
	_, err := fs.Stat(l.embedded, name)
	return err == nil
}

// locate returns the path of a model that is not embedded.
func (l *Trainer) locate(name string) (string, error) {
	if l.Find == nil {
		return name, nil
	}
	return l.Find(name)
}

// Path returns the path of a model; it is empty if the model is embedded.
func (l *Trainer) Path(name string) (string, error) {
	if l.isEmbedded(name) {
		return "", nil
	}
	return l.locate(name)
}

// dataPath returns the path of a config's data.
func (l *Trainer) dataPath(source string) string {
	if l.Data == nil {
		return source
	}
	return l.Data(source)
}

// material returns the model, the corpus and the dataset on which a config is trained.
func (l *Trainer) material(ctx context.Context, c experiments.Config) (
	*checkpoint.Checkpoint, *data.Corpus, *data.Dataset, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	model, err := l.model(modelKey{c.Model, c.Train.Precision})
	if err != nil {
		return nil, nil, nil, experiments.About(fmt.Errorf("model %s: %w", c.Model, err), "model")
	}
	if have := model.Model.Config.Context; c.Train.Context > have {
		return nil, nil, nil, experiments.About(fmt.Errorf("context %d: must be at most %d, the model's own context",
			c.Train.Context, have), "context", "model")
	}
	corpus, err := l.corpus(c.Data.Source)
	if err != nil {
		return nil, nil, nil, experiments.About(err, "data")
	}
	d, err := l.dataset(ctx, datasetKeyOf(c), corpus, model)
	return model, corpus, d, err
}

// corpus reads the data of a source.
func (l *Trainer) corpus(source string) (*data.Corpus, error) {
	if l.corpora[source] == nil {
		c, err := data.Load(l.dataPath(source))
		if err != nil {
			return nil, err
		}
		l.corpora[source] = c
	}
	return l.corpora[source], nil
}

// dataset returns a corpus as the sequences that a model reads.
func (l *Trainer) dataset(ctx context.Context, key datasetKey, corpus *data.Corpus, model *checkpoint.Checkpoint) (
	*data.Dataset, error) {
	if l.datasets[key] == nil {
		d, err := data.Encode(ctx, corpus, model.Tokenizer, key.settings)
		if few, ok := errors.AsType[data.TooFew](err); ok {
			return nil, experiments.About(train.TooFew{Distinct: few.Distinct, Err: err}, "validation", "data")
		}
		if err != nil {
			return nil, experiments.About(err, "data", "model")
		}
		l.datasets[key] = d
	}
	return l.datasets[key], nil
}

// Resolve reads the model and the data of a config, and estimates the run's cost.
func (l *Trainer) Resolve(ctx context.Context, c experiments.Config) (train.Material, error) {
	model, corpus, d, err := l.material(ctx, c)
	if err != nil {
		return train.Material{}, err
	}
	targets, err := lora.Targets(model.Model, c.Adapter.Targets)
	if err != nil {
		return train.Material{}, experiments.About(err, "targets", "model")
	}
	run, bytes, err := outlineOf(c, model.Model, d)
	if err != nil {
		return train.Material{}, err
	}
	tokens := meanLength(d.Train)
	warnings := d.Stats.Warnings()
	if c.Adapter.Has(lora.Factors) {
		warnings = append(warnings, lora.RankWarnings(targets, c.Adapter.Rank)...)
	}
	return train.Material{
		ModelHash: model.Hash, DataHash: corpus.Hash,
		Numerics: Numerics(model.Model.Config, c.Train.Precision),
		Cost:     costOf(c, model.Model, run, tokens, false),
		Factored: costOf(c, model.Model, run, tokens, true),
		Bytes:    bytes,
		Warnings: warnings,
	}, nil
}

// meanLength returns the mean number of tokens in a sequence.
func meanLength(sequences []data.Sequence) float64 {
	sum := 0
	for _, s := range sequences {
		sum += s.Len()
	}
	return float64(sum) / float64(max(1, len(sequences)))
}

// Train trains one run. Runs of the same model and data share them.
func (l *Trainer) Train(ctx context.Context, c experiments.Config, report func(metrics.Point)) (train.Outcome, error) {
	return l.Resume(ctx, c, nil, report)
}

// Resume is Train of a run that goes on from its checkpoint if it has one. The run gets the
// same bytes as one that was never interrupted.
func (l *Trainer) Resume(ctx context.Context, c experiments.Config, k *resume.Keeper, report func(metrics.Point)) (
	train.Outcome, error) {
	model, _, d, err := l.material(ctx, c)
	if err != nil {
		return train.Outcome{}, err
	}
	t, err := resumed(c, model.Model, d, k)
	if err != nil {
		return train.Outcome{}, err
	}
	t.base = l.validated(c)
	outcome, err := t.run(ctx, k, report)
	if err != nil {
		return outcome, err
	}
	return outcome, l.Expect(ctx, c, &outcome)
}

// resumed prepares a run, and brings it to the state of its checkpoint if there is one.
func resumed(c experiments.Config, m *nn.Model, d *data.Dataset, k *resume.Keeper) (*training, error) {
	t, err := newTraining(new(nn.Arena), c, m, d)
	s := k.Load()
	if err != nil || s == nil {
		return t, err
	}
	if err := t.restore(s); err != nil {
		k.Refuse(err)
		return newTraining(new(nn.Arena), c, m, d)
	}
	k.Accept()
	return t, nil
}

// Expect adds what theory says of a run to its outcome.
func (l *Trainer) Expect(ctx context.Context, c experiments.Config, o *train.Outcome) error {
	o.BeyondTheory = beyondTheory(c, o.Curve)
	if !surveyed(c) {
		return nil
	}
	model, _, d, err := l.material(ctx, c)
	if err != nil {
		return err
	}
	maps, err := l.geometry(c, model.Model, d)
	if err != nil {
		return err
	}
	o.Expected = expectedOf(c, maps, o.Curve)
	return nil
}
