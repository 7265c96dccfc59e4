package checkpoint

import (
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"ranksweep/checkpoint/gguf"
	"ranksweep/tokenizer"
)

// isGGUF reports whether a path names a GGUF file.
func isGGUF(path string) bool { return strings.EqualFold(filepath.Ext(path), ".gguf") }

func loadGGUF(dir folder, name string, s storage) (*Checkpoint, error) {
	c, vocabulary, err := readGGUF(dir, name, s)
	if err != nil {
		return nil, err
	}
	vocabulary.File = path.Join(dir.name, name)
	if c.Tokenizer, err = tokenizer.FromGGUF(*vocabulary); err != nil {
		return nil, dir.wrap(name, err)
	}
	if have, most := c.Tokenizer.Vocab(), c.Model.Config.Vocab; have > most {
		return nil, dir.errorf(name, "the tokenizer has %d tokens, but the embedding %d", have, most)
	}
	c.Hash = c.hash()
	return c, nil
}

// readGGUF returns the model of a GGUF file without a tokenizer, and the file's description of
// the tokenizer.
func readGGUF(dir folder, name string, s storage) (*Checkpoint, *tokenizer.GGUF, error) {
	file, err := dir.mapFile(name)
	if err != nil {
		return nil, nil, err
	}
	c, vocabulary, err := parseGGUF(file, s)
	if err != nil {
		file.close()
		return nil, nil, dir.wrap(name, err)
	}
	return c, vocabulary, nil
}

func parseGGUF(file *mapping, s storage) (*Checkpoint, *tokenizer.GGUF, error) {
	f, err := gguf.Parse(file.content)
	if err != nil {
		return nil, nil, err
	}
	if err := checkWhole(f.Metadata); err != nil {
		return nil, nil, err
	}
	vocabulary, err := f.Metadata.Vocabulary()
	if err != nil {
		return nil, nil, err
	}
	config, arch, err := ggufConfig(f)
	if err != nil {
		return nil, nil, err
	}
	stored := arch.tensors(f.Tensors, config)
	if have, want := elements(stored), config.model.Params(); have < want {
		return nil, nil, fmt.Errorf("the metadata describes %d parameters, but the tensors have %d elements",
			want, have)
	}
	w, err := newWeightReader(config, s)
	if err != nil {
		return nil, nil, err
	}
	if err := w.readFile(file, stored); err != nil {
		return nil, nil, err
	}
	return &Checkpoint{Model: w.model, DType: commonDType(w.forms), source: config}, vocabulary, w.missing()
}

// tensors returns a file's tensors with their names in folders.
func (a ggufArchitecture) tensors(all []gguf.Tensor, c *config) []storedTensor {
	var stored []storedTensor
	for _, t := range all {
		if t.Name == ropeFactors {
			continue // it belongs to the config
		}
		s := storedTensor{name: t.Name, alias: a.name(t.Name), shape: t.Shape, form: t.Type, data: t.Data}
		s.plusOne = a.normsPlusOne && strings.HasSuffix(t.Name, "norm.weight")
		if parts := strings.Split(t.Name, "."); a.rows != nil && len(parts) == 4 {
			s.at = a.rows(parts[2], c.model)
		}
		stored = append(stored, s)
	}
	return stored
}

// name returns a tensor's name in folders; an unknown name stays as it is.
func (a ggufArchitecture) name(name string) string {
	parts := strings.Split(name, ".")
	kind := &parts[len(parts)-1] // weight or bias
	key, number := strings.TrimSuffix(name, "."+*kind), ""
	if len(parts) == 4 && parts[0] == "blk" {
		key, number = "blk.%d."+parts[2], parts[1]
	}
	to, ok := a.names[key]
	if !ok {
		return name
	}
	return strings.Replace(to, "%d", number, 1) + "." + *kind
}

func elements(stored []storedTensor) int {
	n := 0
	for _, t := range stored {
		n += t.len()
	}
	return n
}
