package chart

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"ranksweep/paper/number"
)

// A Scale is the values of a variable that a figure shows, along an axis, as lines or as panels.
type Scale struct {
	Name  string // of the variable
	Title string // with its unit

	Measured bool      // each run has its own value: there are no places that runs share
	Tried    bool      // the values are those that somebody chose
	Numbers  []float64 // each value once, rising; nil for words
	Words    []string  // each value once, in order of appearance; nil for numbers
	Log      bool
}

// scaleOf makes a scale of the values that samples have.
func scaleOf(v variable, samples []sample) Scale {
	s := Scale{Name: v.name, Title: v.title(), Measured: v.measured, Tried: !v.measured && !v.counted}
	numbers, seen := make(map[float64]bool), make(map[string]bool)
	for _, one := range samples {
		switch value := v.of(one).(type) {
		case float64:
			if number.Finite(value) {
				numbers[value] = true
			}
		default:
			if w := fmt.Sprint(value); !seen[w] {
				seen[w], s.Words = true, append(s.Words, w)
			}
		}
	}
	if s.Words == nil {
		s.Numbers = slices.Sorted(maps.Keys(numbers))
	}
	return s
}

// firstTwo is an expression that chooses the first two values.
func (s Scale) firstTwo() string {
	var values []string
	for _, x := range s.Numbers[:min(2, len(s.Numbers))] {
		values = append(values, number.Exact(x))
	}
	for _, w := range s.Words[:min(2, len(s.Words))] {
		values = append(values, "'"+strings.ReplaceAll(w, "'", `\'`)+"'")
	}
	return fmt.Sprintf("%s in [%s]", s.Name, strings.Join(values, ", "))
}

// Len counts the values.
func (s Scale) Len() int { return len(s.Numbers) + len(s.Words) }

// place is where a value lies along the scale: a number where it is, a word at its index. It is NaN for an
// absent value.
func (s Scale) place(value any) float64 {
	if x, ok := value.(float64); ok {
		return x
	}
	return float64(slices.Index(s.Words, fmt.Sprint(value)))
}

// index is the index of a value among the scale's; -1 if it is absent.
func (s Scale) index(value any) int {
	if x, ok := value.(float64); ok {
		return slices.Index(s.Numbers, x)
	}
	return slices.Index(s.Words, fmt.Sprint(value))
}

// Labels are the values as people read them: numbers side by side, paths as short as tells them apart.
func (s Scale) Labels() []string {
	if s.Words != nil {
		return ShortPaths(s.Words)
	}
	write := number.Alike(s.Numbers...)
	var labels []string
	for _, x := range s.Numbers {
		labels = append(labels, write(x))
	}
	return labels
}

// ShortPaths shortens paths, each of which is given once, to as many of their last parts as tell them apart.
func ShortPaths(paths []string) []string {
	for parts := 1; ; parts++ {
		short, seen := make([]string, len(paths)), make(map[string]bool)
		for i, path := range paths {
			all := strings.Split(path, "/")
			short[i] = strings.Join(all[max(0, len(all)-parts):], "/")
			seen[short[i]] = true
		}
		if len(seen) == len(paths) {
			return short
		}
	}
}

// broad is the least ratio of the values of an axis that is logarithmic without being asked.
const broad = 10

// Exact is value i for programs.
func (s Scale) Exact(i int) string {
	if s.Words != nil {
		return s.Words[i]
	}
	return number.Exact(s.Numbers[i])
}

// decideLog makes a scale logarithmic if it was asked for or, where nothing was asked, if it is an x axis of
// settings that are broad. It is an error if the axis cannot be.
func (s *Scale) decideLog(axis string, asked []string) error {
	if asked != nil {
		s.Log = slices.Contains(asked, axis)
	} else if n := len(s.Numbers); axis == "x" && n > 1 && s.Tried {
		s.Log = s.Numbers[0] > 0 && s.Numbers[n-1] >= broad*s.Numbers[0]
	}
	if !s.Log {
		return nil
	}
	if s.Words != nil {
		return fmt.Errorf("chart: log %s: %s has words for values, %s: leave it out", axis, s.Name, s.Labels()[0])
	}
	if n := s.notPositive(); n > 0 {
		return fmt.Errorf("chart: log %s: %d of %d values of %s are 0 or below, the least is %s: leave %s out of "+
			"--log, or leave them out by --where '%s > 0'", axis, n, len(s.Numbers), s.Name, number.Brief(s.Numbers[0]),
			axis, s.Name)
	}
	return nil
}

// notPositive counts the values that a logarithmic axis cannot show.
func (s *Scale) notPositive() int {
	n := slices.IndexFunc(s.Numbers, func(x float64) bool { return x > 0 })
	if n < 0 {
		return len(s.Numbers)
	}
	return n
}

// none is the value of a scale that a figure lacks, such as that of its lines.
var none = Scale{Words: []string{""}}

// absent reports whether a value is a number that is not there.
func absent(value any) bool {
	x, ok := value.(float64)
	return ok && math.IsNaN(x)
}
