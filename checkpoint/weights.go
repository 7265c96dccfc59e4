package checkpoint

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unsafe"

	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/checkpoint/gguf"
	"ranksweep/nn"
)

// harmless are suffixes of the names of tensors that hold no weights: tables of rotary
// frequencies and of causal masks. Older exports store them, although they can be computed.
var harmless = []string{
	".rotary_emb.inv_freq", ".attn.bias", ".attn.masked_bias", ".attention.bias", ".attention.masked_bias",
}

// readWeights returns the model that config describes, with the weights of the folder, from
// one file or from shards. It also returns the form of the stored weights.
func readWeights(dir folder, c *config, s storage) (*nn.Model, DType, error) {
	files, err := weightFiles(dir)
	if err != nil {
		return nil, F32, err
	}
	if err := checkRoom(dir, files, c.model); err != nil {
		return nil, F32, err
	}
	w, err := newWeightReader(c, s)
	if err != nil {
		return nil, F32, dir.wrap(configFile, err)
	}
	for _, name := range files {
		file, stored, err := openTensors(dir, name)
		if err != nil {
			return nil, F32, err
		}
		for i, t := range stored {
			stored[i].transposed = c.architecture.transposes(t.name)
		}
		if err := w.readFile(file, stored); err != nil {
			return nil, F32, dir.wrap(name, err)
		}
	}
	if err := w.missing(); err != nil {
		return nil, F32, dir.wrap(strings.Join(files, ", "), err)
	}
	return w.model, commonDType(w.forms), nil
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

// checkRoom compares the config's number of parameters with the length of the files, so that
// a false config cannot ask for more memory than the files could fill.
func checkRoom(dir folder, files []string, config nn.Config) error {
	var size int64
	for _, file := range files {
		info, err := fs.Stat(dir, file)
		if err != nil {
			return dir.wrap(file, err)
		}
		size += info.Size()
	}
	const smallest = 2 // bytes per parameter
	if room := size / smallest; int64(config.Params()) > room {
		for _, file := range files {
			if err := dir.notMistaken(file); err != nil {
				return err
			}
		}
		return dir.errorf(configFile, "describes %d parameters, but %s has room for %d at most",
			config.Params(), strings.Join(files, ", "), room)
	}
	return nil
}

// weightReader fills the tensors of a model.
type weightReader struct {
	prefix  string // beginning that names may lack
	storage storage
	model   *nn.Model
	slots   map[string]*slot
	forms   []gguf.Type // form of every tensor that was read
}

// storage says in which form a model keeps its weights.
type storage bool

const (
	toFloat32 storage = false
	asStored  storage = true // in the form of the file
)

// slot is a tensor of the model, and the stored tensor that filled it.
type slot struct {
	nn.Tensor
	matrices []matrix // the model's matrices that use it
	stored   nn.Stored
	source   string
}

// matrix is a place for weights in the model, as float32 or in stored form.
type matrix struct {
	values *blas32.General
	stored *nn.Stored
}

func newWeightReader(c *config, storage storage) (*weightReader, error) {
	model, err := nn.New(c.model)
	if err != nil {
		return nil, err
	}
	matrices := make(map[*float32][]matrix)
	add := func(values *blas32.General, stored *nn.Stored) {
		first := unsafe.SliceData(values.Data)
		matrices[first] = append(matrices[first], matrix{values, stored})
	}
	add(&model.Embedding, &model.Stored)
	for _, l := range append(model.Linears(), model.Head) {
		add(&l.Weight, &l.Stored)
	}
	w := &weightReader{prefix: c.architecture.prefix, storage: storage, model: model, slots: make(map[string]*slot)}
	tensors := model.Tensors()
	for _, t := range tensors {
		w.slots[t.Name] = &slot{Tensor: t, matrices: matrices[unsafe.SliceData(t.Data)]}
	}
	if c.model.TiedHead {
		w.slots[model.Head.Name+".weight"] = w.slots[tensors[0].Name] // the embedding
	}
	return w, nil
}

// readFile reads the tensors of a file, and closes the file unless the model keeps using it.
func (w *weightReader) readFile(file *mapping, stored []storedTensor) error {
	inUse := false
	for _, t := range stored {
		used, err := w.fill(t)
		if err != nil {
			return fmt.Errorf("tensor %q: %w", t.name, err)
		}
		if inUse = inUse || used; !used {
			file.drop(t.data)
		}
	}
	if !inUse {
		file.close()
	}
	return nil
}

// fill gives a tensor to the model, and reports whether the model uses the file's memory.
func (w *weightReader) fill(t storedTensor) (used bool, err error) {
	s := w.slot(cmp.Or(t.alias, t.name))
	switch {
	case s == nil && hasSuffix(t.name, harmless):
		return false, nil
	case s == nil:
		return false, errors.New("the model that the config describes has no such tensor")
	case t.err != nil:
		return false, t.err
	}
	shape := slices.Clone(s.Shape)
	if t.transposed {
		slices.Reverse(shape)
	}
	if !slices.Equal(t.shape, shape) {
		return false, fmt.Errorf("shape %v, but the config asks for %v", t.shape, shape)
	}
	w.forms = append(w.forms, t.form)
	if s.source == "" {
		s.source = t.name
		return w.take(s, t), nil
	}
	again, ok := t.inPlace()
	if !ok {
		again = make([]float32, t.len())
		t.decode(again)
	}
	if s.stored != nil {
		s.stored.Rows(s.Data, 0, s.Shape[0])
	}
	if !slices.Equal(again, s.Data) {
		return false, fmt.Errorf("differs from %q, though both are %q", s.source, s.Name)
	}
	return false, nil
}

// take gives the slot the values of t, in place or converted.
func (w *weightReader) take(s *slot, t storedTensor) (used bool) {
	data, ok := t.inPlace()
	switch {
	case len(s.matrices) == 0:
	case ok:
		s.Data = data
		for _, m := range s.matrices {
			m.values.Data = data
		}
		return true
	case w.storage == asStored && t.form != gguf.F32 && !t.transposed:
		s.stored = t
		for _, m := range s.matrices {
			m.values.Data, *m.stored = nil, t
		}
		return true
	}
	t.decode(s.Data)
	return false
}

// missing returns an error for the first tensor of the model that no file has.
func (w *weightReader) missing() error {
	for _, t := range w.model.Tensors() {
		if w.slots[t.Name].source == "" {
			return fmt.Errorf("tensor %q, of shape %v, is missing", t.Name, t.Shape)
		}
	}
	return nil
}

// slot finds the model's tensor for a stored name, which may lack the prefix.
func (w *weightReader) slot(name string) *slot {
	if s := w.slots[name]; s != nil {
		return s
	}
	return w.slots[w.prefix+name]
}

func hasSuffix(name string, suffixes []string) bool {
	return slices.ContainsFunc(suffixes, func(s string) bool { return strings.HasSuffix(name, s) })
}
