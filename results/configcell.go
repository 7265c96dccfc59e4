package results

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"ranksweep/csvcell"
)

// configCell writes a value as a cell: a text as it is, unless it could be read as another
// value, and any other value as JSON.
func configCell(value json.RawMessage) string {
	value = compact(value)
	if value == nil {
		return "null"
	}
	var text string
	if value[0] != '"' || json.Unmarshal(value, &text) != nil ||
		jsonText(text) != string(value) || text == "" || isJSON(text) || strings.Contains(text, "\r") {
		return string(value)
	}
	return csvcell.Guard(text)
}

// isJSON reports whether a cell is read as JSON rather than as text.
func isJSON(cell string) bool {
	return strings.Contains(`"[{`, cell[:1]) || json.Valid([]byte(cell))
}

// configValue reads what configCell wrote.
func configValue(cell string) (json.RawMessage, error) {
	cell, guarded := strings.CutPrefix(cell, "'")
	if guarded || cell == "" || !isJSON(cell) {
		return json.RawMessage(jsonText(cell)), nil
	}
	var value bytes.Buffer
	if err := json.Compact(&value, []byte(cell)); err != nil {
		return nil, fmt.Errorf("must be JSON, as it begins with %.1s: %w", cell, err)
	}
	return value.Bytes(), nil
}
