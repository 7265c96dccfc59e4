package checkpoint

import (
	"bytes"
	"encoding/binary"
	"fmt"
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
