package wholefile

import (
	"bytes"
	"encoding/json"
)

// JSON returns v as the content of a file that people read: indented, with <, > and & as they
// are. NaN, Inf and types that JSON lacks are errors.
func JSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return b.Bytes(), err
}
