package checkpoint

import (
	"fmt"
	"path/filepath"
	"strings"

	"ranksweep/nn"
	"ranksweep/nn/checkpoint/gguf"
)

// isGGUF tells whether a path names a GGUF file.
func isGGUF(path string) bool { return strings.EqualFold(filepath.Ext(path), ".gguf") }

// readGGUF returns the model of a GGUF file, the form that all its weights have
// there, and what the file says of its tokenizer.
func readGGUF(dir folder, name string) (*nn.Model, DType, *gguf.Vocabulary, error) {
	file, err := dir.mapFile(name)
	if err != nil {
		return nil, F32, nil, err
	}
	model, dtype, vocabulary, err := parseGGUF(file)
	if err != nil {
		file.close()
		return nil, F32, nil, dir.wrap(name, err)
	}
	return model, dtype, vocabulary, nil
}

func parseGGUF(file *mapping) (*nn.Model, DType, *gguf.Vocabulary, error) {
	f, err := gguf.Parse(file.content)
	if err != nil {
		return nil, F32, nil, err
	}
	vocabulary, err := f.Metadata.Vocabulary()
	if err != nil {
		return nil, F32, nil, err
	}
	config, arch, err := ggufConfig(f)
	if err != nil {
		return nil, F32, nil, err
	}
	stored := arch.tensors(f.Tensors, config)
	if have, want := elements(stored), config.model.Params(); have < want {
		return nil, F32, nil, fmt.Errorf("the metadata describes %d parameters, but the tensors have %d elements", want, have)
	}
	w, err := newWeightReader(config)
	if err != nil {
		return nil, F32, nil, err
	}
	if err := w.readFile(file, stored); err != nil {
		return nil, F32, nil, err
	}
	return w.model, commonDType(w.forms), vocabulary, w.missing()
}

// tensors returns a file's tensors, with the names that folders have for them.
func (a ggufArchitecture) tensors(all []gguf.Tensor, c *config) []storedTensor {
	var stored []storedTensor
	for _, t := range all {
		if t.Name == ropeFactors {
			continue // part of the config
		}
		s := storedTensor{name: t.Name, alias: a.name(t.Name), shape: t.Shape, form: t.Type, data: t.Data}
		switch parts := strings.Split(t.Name, "."); {
		case !a.turned || len(parts) != 4:
		case parts[2] == "attn_q":
			s.turned = c.model.Heads
		case parts[2] == "attn_k":
			s.turned = c.model.KVHeads
		}
		stored = append(stored, s)
	}
	return stored
}

// name returns a folder's name for a tensor; an unknown one stays as it is.
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

// unturn decodes a q or k of D channels a head. For its rotary positions, which
// turn neighbours, llama.cpp puts channel j of a head beside channel j + D/2.
func (t storedTensor) unturn(dst []float32) {
	rows := t.shape[0]
	length := len(dst) / rows
	head := rows / t.turned
	size := t.form.Size(length)
	for i := range rows {
		first, j := i/head*head, i%head
		to := first + j/2 + j%2*(head/2)
		t.form.Decode(dst[to*length:][:length], t.data[i*size:][:size])
	}
}
