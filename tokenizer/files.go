package tokenizer

import (
	"bytes"
	"encoding/json"
)

// encodeJSON returns v as the content of a file.
func encodeJSON(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		panic(err) // v has no NaN, no Inf and no type that JSON lacks
	}
	return b.Bytes()
}
