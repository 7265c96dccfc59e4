package explain

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// render writes pairs as YAML. Keys of one section stand together, where its first key stood.
func render(pairs []pair) (lines []string) {
	done := make(map[string]bool)
	for _, p := range pairs {
		section, _, ok := strings.Cut(p.key, ".")
		if !ok {
			lines = append(lines, p.key+": "+p.value)
		}
		if !ok || done[section] {
			continue
		}
		done[section] = true
		lines = append(lines, section+":")
		for _, q := range pairs {
			if key, ok := strings.CutPrefix(q.key, section+"."); ok {
				lines = append(lines, "  "+key+": "+q.value)
			}
		}
	}
	return lines
}

// yamlNumber writes a number in at most nine digits, so that it is one in JSON and in YAML 1.1 too,
// in which 5e-06 is a text.
func yamlNumber(v float64) string {
	mantissa, exponent, ok := strings.Cut(strconv.FormatFloat(v, 'g', 9, 64), "e")
	if !ok {
		return mantissa
	}
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	return mantissa + "e" + exponent
}

// word writes a text without quotes if YAML takes it so.
func word(text string) string {
	if plain.MatchString(text) {
		return text
	}
	return jsonText(text)
}

var plain = regexp.MustCompile(`^([A-Za-z_][\w.-]*)?$`)

// listText writes a list in one line that is both YAML and JSON, or nothing if it is empty.
func listText[V int | string](values []V) string {
	if len(values) == 0 {
		return ""
	}
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = jsonText(v)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// mapsText writes names, or the pattern in their place.
func mapsText(names []string, pattern string) string {
	if pattern != "" {
		return jsonText(pattern)
	}
	return listText(names)
}

// patternsText writes patterns in one line that is both YAML and JSON, or nothing if there
// are none. In brief it says how many there are, if there are many.
func patternsText(patterns []Pattern, brief bool) string {
	switch {
	case len(patterns) == 0:
		return ""
	case brief && len(patterns) > many:
		return fmt.Sprintf("by %d patterns", len(patterns))
	}
	var parts []string
	for _, p := range patterns {
		parts = append(parts, jsonText(p.Name)+": "+yamlNumber(p.Value))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// jsonText writes a value as JSON in which <, > and & stand as they are.
func jsonText(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // strings and numbers have JSON
	}
	return strings.TrimSuffix(b.String(), "\n")
}
