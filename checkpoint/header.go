package checkpoint

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/nlpodyssey/safetensors"
)

// The bounds of a safetensors header. LLaMA 3.1 405B, in one file, would have 1,137 tensors and
// a header of 0.15 MB.
const (
	maxHeader  = 16 << 20 // bytes
	maxTensors = 1 << 15
)

// checkHeader refuses a file whose header would take long to read. Each tensor has a brace of
// its own, and braces are fast to count.
func checkHeader(content []byte) error {
	if len(content) < 8 {
		return nil // the library says what is wrong
	}
	size := binary.LittleEndian.Uint64(content)
	if size > maxHeader {
		return fmt.Errorf("the header says that it has %d bytes: must be at most %d; is it a safetensors file?",
			size, maxHeader)
	}
	header := content[8:min(8+int(size), len(content))]
	if n := bytes.Count(header, []byte("{")) - 1; n > maxTensors {
		return fmt.Errorf("the header has about %d tensors: must be at most %d", n, maxTensors)
	}
	return nil
}

// unreadable says why the library cannot read a file: it has a tensor of a form that the library
// does not know, such as F8_E4M3, or it is damaged.
func unreadable(content []byte, err error) error {
	var tensors map[string]struct{ DType string }
	if size := len(content) - 8; size >= 0 {
		size = int(min(uint64(size), binary.LittleEndian.Uint64(content)))
		json.Unmarshal(content[8:8+size], &tensors) // what is broken is damaged
	}
	for _, name := range slices.Sorted(maps.Keys(tensors)) {
		form := tensors[name].DType
		if _, unknown := safetensors.ParseDType(form); unknown != nil && form != "" {
			return fmt.Errorf("tensor %q: dtype %s: must be F32, F16 or BF16", name, form)
		}
	}
	return fmt.Errorf("damaged or cut off: %w", err)
}
