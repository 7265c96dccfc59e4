package peft

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/dlclark/regexp2"
)

// Expression is a regular expression of Python's module re.
type Expression struct {
	*regexp2.Regexp        // has the look-ahead that Go's own engine lacks
	text            string // as in the file

	// linear is the same in Go's own engine, which takes time in proportion to the name. It
	// is nil where that engine cannot have it.
	linear *regexp.Regexp
}

// longestMatch is the time that one match may take: expressions come from files, and a
// bad one can backtrack for years.
const longestMatch = time.Second

// compile puts text into format, which decides how much of a name it has to match.
func compile(format, text string) (Expression, error) {
	// The text is compiled alone first, so that its parentheses balance without the format's.
	if _, err := regexp2.Compile(text, regexp2.RE2); err != nil {
		return Expression{}, fmt.Errorf("%q: %w", text, err)
	}
	if err := checkFlags(format, text); err != nil {
		return Expression{}, fmt.Errorf("%q: %w", text, err)
	}
	whole := fmt.Sprintf(format, upTo.ReplaceAllString(text, "${1}{0,$2}"))
	re, err := regexp2.Compile(whole, regexp2.RE2) // for Python's (?P<name>…)
	if err != nil {
		return Expression{}, fmt.Errorf("%q: %w", text, err)
	}
	re.MatchTimeout = longestMatch
	linear, err := regexp.Compile(whole)
	if err != nil {
		linear = nil
	}
	return Expression{re, text, linear}, nil
}

// upTo is a repetition of at most so many times, for which .NET and Go would want {0,n}.
var upTo = regexp.MustCompile(`(^|[^\\])\{,(\d+)\}`)

var (
	// leading are flags for a whole expression, as Python takes them, at its start alone.
	leading = regexp.MustCompile(`^(?:\(\?[aiLmsux]+\))+`)
	// flags finds such flags anywhere, and what else can hold these characters: an escape or a set.
	flags = regexp.MustCompile(`\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?[aiLmsux]+\)`)
)

// checkFlags refuses flags for a whole expression, as (?i), where Python's re refuses them: not
// at its start. PEFT puts all texts but those of targets behind something of its own.
func checkFlags(format, text string) error {
	rest := text
	if format == targetFormat {
		rest = text[len(leading.FindString(text)):]
	}
	for _, found := range flags.FindAllString(rest, -1) {
		if found[0] == '(' {
			return fmt.Errorf("%s: PEFT stops at flags that are not at the start of its expression: "+
				"write %s:…) around "+
				"what they are for", found, strings.TrimSuffix(found, ")"))
		}
	}
	return nil
}

// Matches reports whether the expression matches a module's name.
func (e Expression) Matches(name string) (bool, error) {
	if e.linear != nil {
		return e.linear.MatchString(name), nil
	}
	ok, err := e.MatchString(name)
	if err != nil {
		return false, fmt.Errorf("expression %q takes longer than %v on %q: write it more simply",
			e.text, longestMatch, name)
	}
	return ok, nil
}
