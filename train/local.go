package train

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
	"ranksweep/sweep"
	"ranksweep/theory"
)

// Local trains on this machine with the layers of package nn. The models and
// data that it has read are shared by all runs.
type Local struct {
	// Find, if there is one, returns the path of a model that is not embedded.
	Find func(name string) (path string, err error)
	// Stored keeps weights in the form that their file has them in, where that
	// takes less memory than float32. It takes longer and changes no byte of a
	// run. The embedded models are small, and always float32.
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

// validated is the validation of a model, which several runs begin with.
type validated struct {
	once  sync.Once
	loss  float64
	parts []results.ValidationBatch
	err   error
}

// validatedKey is all that it depends on.
type validatedKey struct {
	dataset   datasetKey
	precision string
	batch     int
}

// validated is that of the model that a config begins with.
func (l *Local) validated(c experiments.Config) *validated {
	key := validatedKey{datasetKeyOf(c), c.Train.Precision, c.Train.Batch}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.bases[key] == nil {
		l.bases[key] = new(validated)
	}
	return l.bases[key]
}

// geometry is what was measured once of the maps that several runs adapt.
type geometry struct {
	once sync.Once
	maps []theory.MapGeometry
	err  error
}

// modelKey is a model by its name, and how products with its weights are made.
type modelKey struct{ name, precision string }

// datasetKey is all that a dataset depends on.
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

// NewLocal returns a trainer that finds models by name in the folders of
// embedded, and others by path, or by what [Local.Find] makes of the name.
func NewLocal(embedded fs.FS) *Local {
	return &Local{
		embedded: embedded,
		models:   make(map[modelKey]*checkpoint.Checkpoint),
		corpora:  make(map[string]*data.Corpus),
		datasets: make(map[datasetKey]*data.Dataset),

		geometries: make(map[geometryKey]*geometry),
		bases:      make(map[validatedKey]*validated),
	}
}

// Name is what a config calls it.
func (l *Local) Name() string { return experiments.LocalTrainer }

// Abilities are all that configs know.
func (l *Local) Abilities() sweep.Abilities {
	return sweep.Abilities{
		Optimizers: nn.Optimizers(), Methods: lora.Methods(),
		Precisions: []string{experiments.Float32Precision, experiments.BF16Precision},
	}
}

// Provenance says by which program and with which kernel runs are trained here.
func (l *Local) Provenance() results.Provenance {
	return results.Provenance{
		Program: l.Program, Kernel: kernel.Name(),
		Go: runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH,
	}
}

// Help lends a core to the matrix products of the runs.
func (l *Local) Help(done <-chan struct{}) { kernel.Help(done) }

// Model returns the embedded model of that name, or the one in that folder or
// file.
func (l *Local) Model(name string) (*checkpoint.Checkpoint, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.model(modelKey{name, experiments.Float32Precision})
}

// Copy reads the model that Model would return, for one who changes it.
func (l *Local) Copy(name string) (*checkpoint.Checkpoint, error) {
	return l.read(name, checkpoint.Load)
}

func (l *Local) model(key modelKey) (*checkpoint.Checkpoint, error) {
	if c := l.models[key]; c != nil {
		return c, nil
	}
	load := checkpoint.Load
	if l.Stored {
		if key.precision == experiments.BF16Precision {
			return nil, errors.New("weights stay in their file's form for products in float32 alone, and not for precision bf16")
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
		c.Model.Pack() // nothing trains it
	}
	l.models[key] = c
	return c, nil
}

func (l *Local) read(name string, load func(string) (*checkpoint.Checkpoint, error)) (*checkpoint.Checkpoint, error) {
	if fs.ValidPath(name) && !strings.Contains(name, "/") {
		if _, err := fs.Stat(l.embedded, name); err == nil {
			sub, err := fs.Sub(l.embedded, name)
			if err != nil {
				return nil, err
			}
			return checkpoint.LoadFS(sub, name)
		}
	}
	if l.Find != nil {
		path, err := l.Find(name)
		if err != nil {
			return nil, err
		}
		name = path
	}
	return load(name)
}

// material is what a config is trained on.
func (l *Local) material(c experiments.Config) (*checkpoint.Checkpoint, *data.Corpus, *data.Dataset, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	model, err := l.model(modelKey{c.Model, c.Train.Precision})
	if err != nil {
		return nil, nil, nil, err
	}
	if have := model.Model.Config.Context; c.Train.Context > have {
		return nil, nil, nil, fmt.Errorf("context %d: the model's is %d", c.Train.Context, have)
	}
	corpus := l.corpora[c.Data.Source]
	if corpus == nil {
		if corpus, err = data.Load(c.Data.Source); err != nil {
			return nil, nil, nil, err
		}
		l.corpora[c.Data.Source] = corpus
	}
	key := datasetKeyOf(c)
	d := l.datasets[key]
	if d == nil {
		if d, err = data.Encode(corpus, model.Tokenizer, key.settings); err != nil {
			return nil, nil, nil, err
		}
		l.datasets[key] = d
	}
	return model, corpus, d, nil
}

// Resolve reads the model and the data of a config.
func (l *Local) Resolve(c experiments.Config) (sweep.Material, error) {
	model, corpus, d, err := l.material(c)
	if err != nil {
		return sweep.Material{}, err
	}
	targets, err := lora.Targets(model.Model, c.Adapter.Targets)
	if err != nil {
		return sweep.Material{}, err
	}
	run, bytes, err := outlineOf(c, model.Model, d)
	if err != nil {
		return sweep.Material{}, err
	}
	return sweep.Material{
		ModelHash: model.Hash, DataHash: corpus.Hash, Numerics: Numerics(model.Model.Config),
		Cost:     costOf(c, model.Model, run, meanLength(d.Train), false),
		Factored: costOf(c, model.Model, run, meanLength(d.Train), true),
		Bytes:    bytes,
		Warnings: append(d.Stats.Warnings(), lora.RankWarnings(targets, c.Adapter.Rank)...),
	}, nil
}

// meanLength is the mean number of tokens of a sequence.
func meanLength(sequences []data.Sequence) float64 {
	sum := 0
	for _, s := range sequences {
		sum += len(s.Tokens)
	}
	return float64(sum) / float64(max(1, len(sequences)))
}

// Train trains one run. Runs that have read the same model and data share
// them.
func (l *Local) Train(ctx context.Context, c experiments.Config, report func(metrics.Point)) (sweep.Outcome, error) {
	model, _, d, err := l.material(c)
	if err != nil {
		return sweep.Outcome{}, err
	}
	t, err := newTraining(new(nn.Arena), c, model.Model, d)
	if err != nil {
		return sweep.Outcome{}, err
	}
	t.base = l.validated(c)
	outcome, err := t.run(ctx, report)
	outcome.BeyondTheory = beyondTheory(c, outcome.Curve)
	if err != nil || !surveyed(c) {
		return outcome, err
	}
	maps, err := l.geometry(c, model.Model, d)
	if err != nil {
		return sweep.Outcome{}, err
	}
	outcome.Expected = expectedOf(c, maps, outcome.Curve)
	return outcome, nil
}
