package results

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"ranksweep/csvcell"
)

// TextCell writes any text as a cell. A text with carriage returns, which CSV would not
// give back, is written as a JSON string in quotes; so is a text that begins with a quote.
func TextCell(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD") // as in run.json
	if strings.HasPrefix(text, `"`) || strings.Contains(text, "\r") {
		return jsonText(text)
	}
	return csvcell.Guard(text)
}

// parseText reads what TextCell wrote.
func parseText(cell string) (string, error) {
	text := csvcell.Unguard(cell)
	if !strings.HasPrefix(text, `"`) {
		return text, nil
	}
	if err := json.Unmarshal([]byte(text), &text); err != nil {
		return "", fmt.Errorf("begins with a quote, so that it must be a text in JSON: %w", err)
	}
	return text, nil
}

// jsonText writes a value as JSON on one line, with < and > unescaped.
func jsonText(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.Encode(v) // cannot fail: v is a text or a list of texts
	return strings.TrimSuffix(b.String(), "\n")
}
