package grid

import (
	"slices"
	"testing"
)

// An axis moves if it was zipped with rank or is tuned. Runs without a rank do not count.
func TestMoving(t *testing.T) {
	place := func(rank, alpha, lr string) Planned {
		return Planned{Axes: []Coordinate{{"rank", rank}, {"alpha", alpha}, {"lr", lr}, {"batch", "4"}}}
	}
	doubling := []Planned{place("4", "8", "1"), place("8", "16", "1"), place("0", "", "1")}
	for _, test := range []struct {
		name string
		grid Grid
		want []string
	}{
		{"zipped", Grid{Runs: doubling}, []string{"alpha"}},
		{"zipped and tuned", Grid{Runs: doubling, Nuisance: []string{"lr", "alpha"}}, []string{"alpha", "lr"}},
		{"two values at one rank", Grid{Runs: append(slices.Clip(doubling), place("4", "16", "1"))}, nil},
		{"without ranks", Grid{Runs: doubling[2:], Nuisance: []string{"lr"}}, []string{"lr"}},
		{"no runs", Grid{}, nil},
	} {
		if got := test.grid.Moving(); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// Numbers go by size, and before words.
func TestCompare(t *testing.T) {
	axes := []Coordinate{{"lr", "b"}, {"lr", "1e-3"}, {"lr", "a"}, {"lr", "0.0002"}, {"clip", "9"}}
	slices.SortFunc(axes, Compare)
	want := []Coordinate{{"clip", "9"}, {"lr", "0.0002"}, {"lr", "1e-3"}, {"lr", "a"}, {"lr", "b"}}
	if !slices.Equal(axes, want) {
		t.Errorf("got %v, want %v", axes, want)
	}
}
