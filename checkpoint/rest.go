package checkpoint

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"ranksweep/userfile"
	"ranksweep/wholefile"
)

// restEndings are how the names of a model's smaller files end, such as
// generation_config.json, tokenizer.model, merges.txt and chat_template.jinja.
var restEndings = []string{".json", ".model", ".txt", ".jinja", ".tiktoken"}

// SaveRest copies into dir, which holds a model that [Save] wrote, the files beside which
// [Load] found c and which Save does not write: settings of generation and of the tokenizer,
// and licences. Neither weights nor files that are there already are copied. Other files are
// left out, and named. There are no files beside a GGUF file or a model made here.
func SaveRest(dir string, c *Checkpoint) (leftOut []string, err error) {
	if c.from.FS == nil {
		return nil, nil
	}
	entries, err := fs.ReadDir(c.from, ".")
	if err != nil {
		return nil, c.from.wrap(".", err)
	}
	for _, e := range entries {
		name := e.Name()
		switch {
		case strings.HasPrefix(name, ".") || holdsWeights(name):
		case name == configFile || c.Tokenizer.Files()[name] != nil:
		case e.IsDir():
			leftOut = append(leftOut, name+"/")
		case !isRest(name) || name == "adapter_config.json":
			leftOut = append(leftOut, name)
		default:
			content, err := c.from.read(name, userfile.Vocabulary)
			if err != nil {
				return nil, err
			}
			if err := wholefile.WriteBytes(filepath.Join(dir, name), content); err != nil {
				return nil, fmt.Errorf("checkpoint: %w", err)
			}
		}
	}
	return leftOut, nil
}

// holdsWeights reports whether a file of that name holds weights or says where they are.
func holdsWeights(name string) bool {
	endings := []string{
		".safetensors", ".bin", ".pt", ".pth", ".gguf", ".h5", ".msgpack", ".onnx", ".ot", ".index.json",
	}
	return slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(name, e) })
}

func isRest(name string) bool {
	upper := strings.ToUpper(name)
	return slices.ContainsFunc(restEndings, func(e string) bool { return strings.HasSuffix(name, e) }) ||
		strings.HasPrefix(upper, "LICENSE") || strings.HasPrefix(upper, "NOTICE")
}
