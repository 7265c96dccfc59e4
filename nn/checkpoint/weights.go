package checkpoint

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"ranksweep/nn"
)

// harmless are suffixes of tensors that hold no weights: tables that can be
// computed, which older exports store.
var harmless = []string{".rotary_emb.inv_freq", ".attn.bias", ".attn.masked_bias", ".attention.bias", ".attention.masked_bias"}

// readWeights returns the model that config describes with the weights of
// the folder, from one file or from shards, and the form that they have there.
func readWeights(dir folder, c *config) (*nn.Model, DType, error) {
	files, err := weightFiles(dir)
	if err != nil {
		return nil, F32, err
	}
	if err := checkRoom(dir, files, c.model); err != nil {
		return nil, F32, err
	}
	model, err := nn.New(c.model)
	if err != nil {
		return nil, F32, dir.wrap(configFile, err)
	}
	w := weightReader{dir: dir, config: c, slots: make(map[string]*slot)}
	tensors := model.Tensors()
	for _, t := range tensors {
		w.slots[t.Name] = &slot{Tensor: t}
	}
	for _, file := range files {
		if err := w.readFile(file); err != nil {
			return nil, F32, err
		}
	}
	for _, t := range tensors {
		if w.slots[t.Name].source == "" {
			return nil, F32, dir.errorf(strings.Join(files, ", "), "tensor %q, of shape %v, is missing", t.Name, t.Shape)
		}
	}
	return model, commonDType(w.stored), nil
}

// weightFiles returns the names of the files that hold the weights, sorted.
func weightFiles(dir folder) ([]string, error) {
	if _, err := fs.Stat(dir, weightsFile); err == nil {
		return []string{weightsFile}, nil
	}
	var index struct {
		WeightMap map[string]string `json:"weight_map"`
	}
	if err := dir.readJSON(indexFile, &index); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, dir.errorf("", "no %s and no %s; other forms of weights are not read", weightsFile, indexFile)
		}
		return nil, err
	}
	var files []string
	for _, file := range index.WeightMap {
		files = append(files, file)
	}
	slices.Sort(files)
	files = slices.Compact(files)
	if len(files) == 0 {
		return nil, dir.errorf(indexFile, "weight_map names no files")
	}
	for _, file := range files {
		if file == "." || file == ".." || file != path.Base(file) || strings.ContainsAny(file, `\:`) {
			return nil, dir.errorf(indexFile, "shard %q: must be a file in the same folder", file)
		}
	}
	return files, nil
}

// checkRoom holds the config's parameter count to the length of the files,
// so that a false config cannot ask for more memory than they justify.
func checkRoom(dir folder, files []string, config nn.Config) error {
	var size int64
	for _, file := range files {
		info, err := fs.Stat(dir, file)
		if err != nil {
			return dir.wrap(file, err)
		}
		size += info.Size()
	}
	const smallest = 2 // bytes a parameter
	if room := size / smallest; int64(config.Params()) > room {
		return dir.errorf(configFile, "describes %d parameters, but %s has room for %d at most",
			config.Params(), strings.Join(files, ", "), room)
	}
	return nil
}

// weightReader fills the tensors of a model.
type weightReader struct {
	dir    folder
	config *config
	slots  map[string]*slot

	stored []DType // of every tensor read
}

// slot is a tensor of the model and the stored one that filled it.
type slot struct {
	nn.Tensor
	source string
}

func (w *weightReader) readFile(file string) error {
	stored, err := openTensors(w.dir, file)
	if err != nil {
		return err
	}
	for _, t := range stored {
		w.stored = append(w.stored, t.dtype)
		if err := w.fill(t); err != nil {
			return w.dir.errorf(file, "tensor %q: %w", t.name, err)
		}
	}
	return nil
}

func (w *weightReader) fill(t storedTensor) error {
	s := w.slot(t.name)
	if s == nil {
		if hasSuffix(t.name, harmless) {
			return nil
		}
		return errors.New("the model that config.json describes has no such tensor")
	}
	turned := w.config.architecture.transposes(s.Name)
	shape := slices.Clone(s.Shape)
	if turned {
		slices.Reverse(shape)
	}
	if !slices.Equal(t.shape, shape) {
		return fmt.Errorf("shape %v, but config.json asks for %v", t.shape, shape)
	}
	if s.source == "" && !turned {
		s.source = t.name
		t.decode(s.Data)
		return nil
	}
	values := nn.Tensor{Shape: shape, Data: make([]float32, t.len())}
	t.decode(values.Data)
	if turned {
		values = transposed(values)
	}
	if s.source == "" {
		s.source = t.name
		copy(s.Data, values.Data)
		return nil
	}
	if !slices.Equal(values.Data, s.Data) {
		return fmt.Errorf("differs from %q, though both are %q", s.source, s.Name)
	}
	return nil
}

// slot finds the model's tensor for a stored name, which may lack its prefix; a
// tied head's is the embedding.
func (w *weightReader) slot(name string) *slot {
	c := w.config
	names := c.model.WeightNames()
	if c.model.TiedHead && name == names.Head+".weight" {
		name = names.Embedding + ".weight"
	}
	if s := w.slots[name]; s != nil {
		return s
	}
	return w.slots[c.architecture.prefix+name]
}

func hasSuffix(name string, suffixes []string) bool {
	return slices.ContainsFunc(suffixes, func(s string) bool { return strings.HasSuffix(name, s) })
}
