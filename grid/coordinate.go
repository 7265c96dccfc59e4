package grid

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
)

// Coordinate is the value that a run has on one axis of its experiment's grid.
type Coordinate struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// ValueOf returns the value of an axis; empty if axes lacks it.
func ValueOf(axes []Coordinate, name string) string {
	for _, a := range axes {
		if a.Name == name {
			return a.Value
		}
	}
	return ""
}

// Without returns the axes that are not named.
func Without(axes []Coordinate, names ...string) []Coordinate {
	var rest []Coordinate
	for _, a := range axes {
		if !slices.Contains(names, a.Name) {
			rest = append(rest, a)
		}
	}
	return rest
}

// Key identifies a place in a grid: equal axes have equal keys.
func Key(axes []Coordinate) string { return fmt.Sprintf("%q", axes) }

// Compare orders coordinates by name, then by value: numbers by size, before words.
func Compare(a, b Coordinate) int {
	x, errX := strconv.ParseFloat(a.Value, 64)
	y, errY := strconv.ParseFloat(b.Value, 64)
	byKind := 0
	switch {
	case errX == nil && errY == nil:
		byKind = cmp.Compare(x, y)
	case errX == nil:
		byKind = -1
	case errY == nil:
		byKind = 1
	}
	return cmp.Or(cmp.Compare(a.Name, b.Name), byKind, cmp.Compare(a.Value, b.Value))
}
