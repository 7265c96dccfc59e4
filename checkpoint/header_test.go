package checkpoint

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

// headed returns a safetensors file of a header and as much data as it speaks of.
func headed(header string, data int) []byte {
	content := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(content, header...), make([]byte, data)...)
}

// tensorsOf returns a header with n tensors of one number.
func tensorsOf(n int) string {
	var b strings.Builder
	b.WriteString(`{"__metadata__":{}`)
	for i := range n {
		fmt.Fprintf(&b, `,"%d":{"dtype":"F32","shape":[1],"data_offsets":[%d,%d]}`, i, 4*i, 4*i+4)
	}
	return b.String() + "}"
}

func TestHeadersAreBounded(t *testing.T) {
	read := func(content []byte) (int, error) {
		tensors, err := ReadTensors(fstest.MapFS{"a": {Data: content}}, "a")
		return len(tensors), err
	}
	if n, err := read(headed(tensorsOf(1000), 4000)); n != 1000 || err != nil {
		t.Errorf("%d tensors, want 1000: %v", n, err)
	}
	many := maxTensors + 10
	_, err := read(headed(tensorsOf(many), 4*many))
	wantError(t, err, fmt.Sprintf("a: the header has about %d tensors: must be at most %d", many+1, maxTensors))
	_, err = read(headed("{}"+strings.Repeat(" ", maxHeader), 0))
	wantError(t, err, "16777218 bytes: must be at most 16777216")
}

// A form that the library does not know is no damage.
func TestUnknownForm(t *testing.T) {
	content := bytes.Replace(small(t), []byte(`"F32"`), []byte(`"F8_E4M3"`), 1)
	binary.LittleEndian.PutUint64(content, binary.LittleEndian.Uint64(content)+uint64(len("F8_E4M3")-len("F32")))
	_, err := readBytes(content)
	wantError(t, err, "small: tensor ", "dtype F8_E4M3: must be F32, F16 or BF16")
}
