package checkpoint

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"ranksweep/nn"
	"ranksweep/tokenizer"
	"ranksweep/wholefile"
)

// Checkpoint is a model together with the tokenizer with which it was trained.
type Checkpoint struct {
	Model     *nn.Model
	Tokenizer tokenizer.Tokenizer

	// Hash identifies everything that determines the model's behaviour: it is the sha256,
	// in hex, of architecture, float32 weights and tokenizer. It does not depend on how
	// these are stored, so that a sharded folder and a single file of the same weights have
	// the same hash. Load sets it and Save ignores it.
	Hash string

	// DType is the form in which Load found the weights; F32 if weights have different
	// forms. Save ignores it.
	DType DType

	source *config // the config that Load read; nil for a model made here
	from   folder  // where Load read it; empty for a GGUF file and for a model made here
}

// Load reads a model folder, or a GGUF file.
func Load(path string) (*Checkpoint, error) { return load(path, toFloat32) }

// LoadStored is Load, except that weights stay in the form of their file if that takes less
// memory than float32. Such a model has the same hash and gives the same bytes, but its own
// weights cannot be trained or saved.
func LoadStored(path string) (*Checkpoint, error) { return load(path, asStored) }

// LoadFS reads the model folder at the root of fsys; errors call it name.
func LoadFS(fsys fs.FS, name string) (*Checkpoint, error) {
	return loadFolder(folder{fsys, name}, toFloat32)
}

func load(path string, s storage) (*Checkpoint, error) {
	if isGGUF(path) {
		dir := filepath.Dir(path)
		return loadGGUF(folder{os.DirFS(dir), dir}, filepath.Base(path), s)
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("checkpoint: there is no folder or file %s: %s", path, aModel)
	case err == nil && !info.IsDir():
		return nil, fmt.Errorf("checkpoint: %s is no folder and its name does not end in .gguf: %s", path, aModel)
	}
	return loadFolder(folder{os.DirFS(path), path}, s)
}

// aModel says what to name.
const aModel = "a model is a folder with config.json, model.safetensors and tokenizer.json, as save_pretrained of " +
	"transformers writes it, or a .gguf file"

func loadFolder(dir folder, s storage) (*Checkpoint, error) {
	config, err := readConfig(dir)
	switch _, other := dir.Stat("adapter_config.json"); {
	case errors.Is(err, fs.ErrNotExist) && other == nil:
		return nil, fmt.Errorf("%w: the folder has an adapter: name the model that it was trained on", err)
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w: %s", err, aModel)
	case err != nil:
		return nil, err
	}
	tok, err := tokenizer.LoadFS(dir, dir.name, config.tokens())
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	model, dtype, err := readWeights(dir, config, s)
	if err != nil {
		return nil, err
	}
	c := &Checkpoint{Model: model, Tokenizer: tok, DType: dtype, source: config, from: dir}
	c.Hash = c.hash()
	return c, nil
}

// Save writes c into the folder dir, which it makes if need be, with weights
// stored as dtype. Each file is written whole or not at all. The folder loads
// in Hugging Face transformers.
func Save(dir string, c *Checkpoint, dtype DType) error {
	config, err := c.config(dtype)
	if err != nil {
		return err
	}
	for _, t := range c.Model.Tensors() {
		if t.Stored != nil {
			return fmt.Errorf("checkpoint: %s: stays in the form of its file: to save it, read the model by Load",
				t.Name)
		}
	}
	files := map[string][]byte{configFile: config}
	maps.Copy(files, c.Tokenizer.Files())

	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := wholefile.WriteBytes(filepath.Join(dir, name), files[name]); err != nil {
			return fmt.Errorf("checkpoint: %w", err)
		}
	}
	// transformers refuses a file that does not name a framework.
	metadata := map[string]string{"format": "pt"}
	return WriteTensors(filepath.Join(dir, weightsFile), c.storedTensors(), dtype, metadata)
}

// storedTensors returns the model's tensors in the form of files.
func (c *Checkpoint) storedTensors() []nn.Tensor {
	tensors := c.Model.Tensors()
	for i, t := range tensors {
		if c.source != nil && c.source.architecture.transposes(t.Name) {
			tensors[i] = transposed(t)
		}
	}
	return tensors
}

func transposed(t nn.Tensor) nn.Tensor {
	rows, cols := t.Shape[0], t.Shape[1]
	out := nn.Tensor{Name: t.Name, Shape: []int{cols, rows}, Data: make([]float32, len(t.Data))}
	for i := range rows {
		for j := range cols {
			out.Data[j*rows+i] = t.Data[i*cols+j]
		}
	}
	return out
}

// hash describes the architecture by the sizes that LLaMA has, followed by the differences
// from LLaMA.
func (c *Checkpoint) hash() string {
	config, err := wholefile.JSON(llamaConfig(c))
	if err != nil {
		panic(err) // the sizes of a model are finite
	}
	h := sha256.New()
	h.Write(config)
	h.Write([]byte(variantText(c.Model.Config.Variant)))
	buf := make([]byte, 64<<10)
	write := func(values []float32) {
		for chunk := range slices.Chunk(values, len(buf)/4) {
			encodeF32(buf, chunk)
			h.Write(buf[:4*len(chunk)])
		}
	}
	for _, t := range c.Model.Tensors() {
		fmt.Fprintf(h, "%q %v\n", t.Name, t.Shape)
		write(t.Data)
		if t.Stored != nil {
			row := make([]float32, t.Shape[1])
			for i := range t.Shape[0] {
				t.Stored.Rows(row, i, 1)
				write(row)
			}
		}
	}
	h.Write(c.Tokenizer.Files()[tokenizerFile])
	h.Write([]byte(c.Tokenizer.ChatTemplate()))
	return hex.EncodeToString(h.Sum(nil))
}
