package experiments

import (
	"fmt"
	"math"
	"regexp"
	"strconv"

	"gopkg.in/yaml.v3"

	"ranksweep/paper/number"
)

// Texts that stand for several values of a number.
var (
	wholeSpan = regexp.MustCompile(`^([0-9]+)\.\.([0-9]+)$`)                                // 0..9
	ratioSpan = regexp.MustCompile(`^log\( *([^, ()]+) *, *([^, ()]+) *, *([^, ()]+) *\)$`) // log(1e-5, 1e-2, 7)
)

// mostInSpan bounds the values of a span.
const mostInSpan = 10_000

// spanDigits are the digits to which values within a span are rounded.
const spanDigits = 6

// isSpan reports whether a node stands for several values of a field.
func (f field) isSpan(n *yaml.Node) bool {
	if n.Kind != yaml.ScalarNode || !f.isNumber() {
		return false
	}
	return wholeSpan.MatchString(n.Value) || ratioSpan.MatchString(n.Value)
}

// isNumber reports whether the values of a field are numbers.
func (f field) isNumber() bool {
	switch f.zero().(type) {
	case int, uint64, float64:
		return true
	}
	return false
}

// spread returns a node for each value that a node stands for: itself, unless it is a span.
func (f field) spread(n *yaml.Node) ([]*yaml.Node, error) {
	if !f.isSpan(n) {
		return []*yaml.Node{n}, nil
	}
	texts, err := spanned(n.Value)
	if err != nil {
		return nil, at(n, "%s %s: %w", f.name, n.Value, err)
	}
	var all []*yaml.Node
	for _, text := range texts {
		value := *n
		value.Value, value.Tag, value.Style = text, "", 0 // the tag is found again from the text
		all = append(all, &value)
	}
	return all, nil
}

// spanned lists the values of a span, as texts.
func spanned(text string) ([]string, error) {
	if m := wholeSpan.FindStringSubmatch(text); m != nil {
		return counted(m[1], m[2])
	}
	m := ratioSpan.FindStringSubmatch(text)
	return spaced(m[1], m[2], m[3])
}

// counted lists the whole numbers from one to another.
func counted(first, last string) (texts []string, err error) {
	low, errLow := strconv.ParseUint(first, 10, 63)
	high, errHigh := strconv.ParseUint(last, 10, 63)
	switch {
	case errLow != nil || errHigh != nil:
		return nil, fmt.Errorf("both ends must be below 2^63")
	case high < low:
		return nil, fmt.Errorf("the second number must not be below the first")
	case high-low >= mostInSpan:
		return nil, fmt.Errorf("has more than %d values: list fewer", mostInSpan)
	}
	for v := low; v <= high; v++ {
		texts = append(texts, strconv.FormatUint(v, 10))
	}
	return texts, nil
}

// spaced lists n numbers from one to another, each the one before times the same factor. The two
// ends are as they are written. Those between are whole if that changes them by a rounding error
// at most, and otherwise rounded.
func spaced(first, last, count string) ([]string, error) {
	low, errLow := strconv.ParseFloat(first, 64)
	high, errHigh := strconv.ParseFloat(last, 64)
	n, errN := strconv.Atoi(count)
	switch {
	case errLow != nil || errHigh != nil || !(low > 0 && high > 0) || math.IsInf(low+high, 0):
		return nil, fmt.Errorf("both ends must be numbers above 0")
	case errN != nil || n < 2 || n > mostInSpan:
		return nil, fmt.Errorf("the number of values, %s, must be from 2 to %d", count, mostInSpan)
	}
	texts := []string{first}
	for k := 1; k < n-1; k++ {
		v := low * math.Pow(high/low, float64(k)/float64(n-1))
		if whole := math.Round(v); math.Abs(v/whole-1) < 1e-9 {
			texts = append(texts, strconv.FormatFloat(whole, 'f', -1, 64))
		} else {
			texts = append(texts, number.Significant(v, spanDigits))
		}
	}
	return append(texts, last), nil
}
