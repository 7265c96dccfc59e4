package peft

import (
	"fmt"
	"time"

	"github.com/dlclark/regexp2"
)

// expression is a regular expression of Python's module re, whose look-ahead
// Go's own engine lacks.
type expression struct {
	*regexp2.Regexp
	text string // as in the file
}

// longestMatch is the time that one match may take: expressions come from files, and a
// bad one can backtrack for years.
const longestMatch = time.Second

// compile puts text into format, which decides how much of a name it has to match.
func compile(format, text string) (expression, error) {
	// The text is compiled alone first, so that its parentheses balance without the format's.
	if _, err := regexp2.Compile(text, regexp2.RE2); err != nil {
		return expression{}, fmt.Errorf("%q: %w", text, err)
	}
	re, err := regexp2.Compile(fmt.Sprintf(format, text), regexp2.RE2) // for Python's (?P<name>…)
	if err != nil {
		return expression{}, fmt.Errorf("%q: %w", text, err)
	}
	re.MatchTimeout = longestMatch
	return expression{re, text}, nil
}

// matches reports whether the expression matches a module's name.
func (e expression) matches(name string) (bool, error) {
	ok, err := e.MatchString(name)
	if err != nil {
		return false, fmt.Errorf("expression %q takes longer than %v on %q: write it more simply",
			e.text, longestMatch, name)
	}
	return ok, nil
}
