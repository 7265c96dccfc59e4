package paper

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"ranksweep/misspelt"
	"ranksweep/paper/number"
)

// The axes that arms have besides their traits, as experiment files name them.
const (
	schemeField = "scaling"
	rankField   = "rank"
)

// Against returns the view with another reference for comparisons along an axis: AXIS=VALUE, such as scaling=rslora
// or rank=32.
func (v View) Against(choice string) (View, error) {
	axis, value, ok := strings.Cut(choice, "=")
	if !ok {
		return v, fmt.Errorf("paper: reference %q: must be AXIS=VALUE, such as %s=%s",
			choice, schemeField, v.schemes[0])
	}
	values := v.referencesOf()
	known := slices.Sorted(maps.Keys(values))
	if values[axis] == nil {
		return v, fmt.Errorf("paper: reference %q: %w", choice, misspelt.Unknown("axis", axis, known))
	}
	i := slices.IndexFunc(values[axis], func(s string) bool { return number.FullText(s) == number.FullText(value) })
	switch {
	case i < 0:
		err := misspelt.Unknown("value of "+axis, value, values[axis])
		return v, fmt.Errorf("paper: reference %q: %w", choice, err)
	case len(values[axis]) == 1:
		return v, fmt.Errorf("paper: reference %q: all runs have this value: there is nothing to compare", choice)
	case v.against[axis] != "":
		return v, fmt.Errorf("paper: reference %q: there is another one on this axis, %s: leave one of the two out",
			choice, v.against[axis])
	}
	against := maps.Clone(v.against)
	if against == nil {
		against = make(map[string]string)
	}
	against[axis] = values[axis][i]
	v.against = against
	return v, nil
}

// referencesOf are the values on each axis along which cells are compared.
func (v View) referencesOf() map[string][]string {
	all := map[string][]string{schemeField: v.schemes, rankField: {}}
	for _, rank := range v.ranks {
		if rank > 0 {
			all[rankField] = append(all[rankField], strconv.Itoa(rank))
		}
	}
	for _, t := range v.axes() {
		for _, value := range t.values {
			if value != "" && !slices.Contains(all[t.field], value) {
				all[t.field] = append(all[t.field], value)
			}
		}
	}
	return all
}

// withoutReference counts the settings for which there is none with the value that was chosen on an axis, as
// sentences; empty if there are none.
func (v View) withoutReference(comparisons []comparison) (text string) {
	for _, axis := range slices.Sorted(maps.Keys(v.against)) {
		family := map[string]string{schemeField: schemeFamily, rankField: rankFamily}[axis]
		for _, t := range v.axes() {
			if t.field == axis {
				family = t.name
			}
		}
		left := 0
		for _, c := range v.armCells() {
			if v.valueOn(axis, c) != v.against[axis] {
				left++
			}
		}
		for _, d := range comparisons {
			if d.family == family {
				left--
			}
		}
		if left > 0 {
			text += fmt.Sprintf("Compared with no %s %s, since none is equal in all else: %s. ", axis, v.against[axis],
				number.Count(left, "setting"))
		}
	}
	return text
}

// valueOn is the value of a cell on an axis.
func (v View) valueOn(axis string, c armCell) string {
	switch axis {
	case schemeField:
		return c.Scheme
	case rankField:
		return strconv.Itoa(c.Rank)
	}
	i := slices.IndexFunc(v.differing, func(t trait) bool { return t.field == axis })
	return v.differing[i].values[c.arm]
}
