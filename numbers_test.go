package ranksweep_test

import (
	"path"
	"regexp"
	"strings"
	"testing"
)

// floatVerb finds a format that writes a float as Go does, with exponents such as e-05.
var floatVerb = regexp.MustCompile(`%[-+# 0-9.*\[\]]*[geGE](?:[^\w%]|$)`)

// TestNumbersAreWrittenInOneWay: texts that people read have numbers as package number writes them,
// 1e-5 and not 1e-05.
func TestNumbersAreWrittenInOneWay(t *testing.T) {
	stored := map[string]bool{ // what is written there is a part of records and IDs, whose bytes stay
		"experiments/twin.go": true, "train/local/theory.go": true,
	}
	for file, text := range sources(t) {
		if stored[file] || strings.HasPrefix(file, "bench/") || path.Dir(file) == "nn/kernel/asm" {
			continue
		}
		for _, verb := range verbsOf(text) {
			t.Errorf("%s: writes a number by %s: use package number", file, verb)
		}
	}
}

func TestVerbsAreSeen(t *testing.T) {
	for text, want := range map[string]int{
		`fmt.Errorf("lr %g: must be above 0", x)`: 1, `"%.3g TFLOP, %6.2e"`: 2, `"%[1]g"`: 1, "`%+.1E`": 1, `"%g"`: 1,
		`"%s %d %.2f %v %%g"`: 0, `x%e`: 0, `"100%% error"`: 0, `step%every == 0`: 0, `"50% ends"`: 0,
	} {
		if got := verbsOf(text); len(got) != want {
			t.Errorf("%s: %q, want %d", text, got, want)
		}
	}
}

// verbsOf returns the formats of floats in the strings of a source.
func verbsOf(source string) (verbs []string) {
	for line := range strings.Lines(source) {
		if strings.ContainsAny(line, "\"`") {
			verbs = append(verbs, floatVerb.FindAllString(strings.ReplaceAll(line, "%%", ""), -1)...)
		}
	}
	return verbs
}
