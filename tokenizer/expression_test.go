package tokenizer

import (
	"slices"
	"strings"
	"testing"

	"github.com/dlclark/regexp2"
)

// ownPatterns have every kind of expression that parseExpression reads.
var ownPatterns = []string{
	`a`, `a|ab`, `ab|a`, `(a|ab)c`, `(?:a|ab)(?:c|bcd)?d*`, `a*ab`, `a+?b|a`, `a?a?aa`, `a*+b`, `a++b|.`,
	`[^\s\p{L}\p{N}]++[\r\n]*`,
	`a{2}`, `a{2,}b`, `a{1,3}a`, `[ab]{0,2}b`, `\s+(?!\S)|\s+`, `a+(?=b)|a`, `a(?!bc|d)`, `x(?:a*b|a*c)?y`,
	`(?i:'s|'T|k)x?`, `(?i:ſ|é)`, `(?i:[a]|b)`, `[^a]`, `[]a]`, `[a-c\-é]`, `[a-]+`, `[^\r\n\p{L}]?\p{Lu}+`,
	`\P{L}`, `\D\d`, `[一-龥ࠀ-一가-퟿]+`,
	`\.\$\[\]`, `[\p{Han}𠀀-𪛟]`, `\p{Lu}*\p{Ll}+(?:'s)?|\p{Lu}+`, `-]`, `(?:(?:a|b)|c)+`, `(a)?`, `^a|b$`, `é+|.`,
	`\s*[\r\n]`,
}

// patterns returns ownPatterns and the expressions of models.
func patterns() []string {
	all := slices.Clone(ownPatterns)
	for _, pre := range preTokenizersOf {
		all = append(all, pre.patterns...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// spans returns the matches of a finder.
func spans(findAll func(text string, match func(begin, end int)), text string) (found [][2]int) {
	findAll(text, func(begin, end int) { found = append(found, [2]int{begin, end}) })
	return found
}

// difference returns a text in which e and re find different matches.
func difference(e *expression, re *regexp2.Regexp, texts []string) (text string, found bool) {
	for _, text := range texts {
		twin := func(text string, match func(begin, end int)) { findAll(re, text, match) }
		if !slices.Equal(spans(e.findAll, text), spans(twin, text)) {
			return text, true
		}
	}
	return "", false
}

func TestExpressionsMatchRegexp2(t *testing.T) {
	texts := []string{"", "a", "ab", "aab", "abcd", "aaab", "xaacy xaaby", "'s'T'ſKxkx", "éÉſS", ".$[]-]",
		"12a\n\n \n  b", "一龥ࠀ가𠀀"}
	for i := 0; i < len(corpus()); i += 10 {
		texts = append(texts, wellFormed(corpus()[i]))
	}
	own := 0
	for _, expr := range patterns() {
		re, err := compile(expr)
		if err != nil {
			t.Fatal(err)
		}
		e, ok := parseExpression(expr)
		if !ok {
			continue
		}
		own++
		if text, found := difference(e, re, texts); found {
			t.Errorf("%s differs in %q", expr, text)
		}
	}
	if own < len(patterns())-10 {
		t.Errorf("%d of %d patterns are read", own, len(patterns()))
	}
}

// parseExpression reads all expressions of models, so that none is left to regexp2.
func TestExpressionsOfModels(t *testing.T) {
	for name, pre := range preTokenizersOf {
		for _, expr := range pre.patterns {
			if _, ok := parseExpression(expr); !ok {
				t.Errorf("%s: %s is not read", name, expr)
			}
		}
	}
}

func TestDifferenceSeesOne(t *testing.T) {
	e, _ := parseExpression(`a|ab`)
	re, err := compile(`ab|a`)
	if err != nil {
		t.Fatal(err)
	}
	if text, found := difference(e, re, []string{"ba", "ab"}); !found || text != "ab" {
		t.Errorf("sees %q, %v", text, found)
	}
}

// FuzzExpression: an expression that parseExpression reads has the same matches as in regexp2.
func FuzzExpression(f *testing.F) {
	for _, expr := range patterns() {
		f.Add(expr, "aab 'S'ſ\r\n  \n12 é一x𠀀")
	}
	f.Fuzz(func(t *testing.T, expr, text string) {
		if len(expr) > 60 || len(text) > 60 || strings.Count(expr, "{") > 2 {
			t.Skip("may take long")
		}
		re, err := compile(expr)
		if err != nil {
			t.Skip(err)
		}
		e, ok := parseExpression(expr)
		if !ok {
			t.Skip("is left to regexp2")
		}
		if text, found := difference(e, re, []string{wellFormed(text)}); found {
			t.Errorf("%q differs in %q", expr, text)
		}
	})
}
