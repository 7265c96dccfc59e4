package grid

import (
	"fmt"
	"slices"
	"testing"
)

// tuned is a grid of two cells and two nuisance axes. Ranks and values are one digit each, and
// an ID is the three digits in a row.
func tuned() Grid {
	g := Grid{Nuisance: []string{"lr", "clip"}}
	for _, rank := range []string{"4", "8"} {
		for _, lr := range []string{"1", "2", "3"} {
			for _, clip := range []string{"0", "1"} {
				g.Tuning = append(g.Tuning, Planned{rank + lr + clip,
					[]Coordinate{{"rank", rank}, {"seed", "100"}, {"lr", lr}, {"clip", clip}}})
			}
		}
	}
	return g
}

// Each cell has its own choice, and each axis its own edge.
func TestEachCellChooses(t *testing.T) {
	choices := tuned().Choose(func(id string) (Result, bool) {
		if id == "421" || id == "830" {
			return Result{Loss: 1}, true
		}
		return Result{Loss: 5}, true
	})
	var got []string
	for _, c := range choices {
		line := fmt.Sprint(c.Axes, c.Candidates[c.Best].Axes)
		for _, e := range c.Edges() {
			line += fmt.Sprintf(" %s %v %t", e.Name, e.Values, e.Top)
		}
		got = append(got, line)
	}
	want := []string{"[{rank 4}] [{lr 2} {clip 1}] clip [0 1] true",
		"[{rank 8}] [{lr 3} {clip 0}] lr [1 2 3] true clip [0 1] false"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// A cell with a missing or failed run chooses nothing; the other cell does.
func TestNothingIsChosenWithoutARun(t *testing.T) {
	for _, failed := range []bool{false, true} {
		choices := tuned().Choose(func(id string) (Result, bool) {
			return Result{Loss: 1, Failed: failed && id == "811"}, failed || id != "811"
		})
		if len(choices) != 2 || choices[0].Best != 0 {
			t.Fatalf("failed %t: %d choices, the first of candidate %d", failed, len(choices), choices[0].Best)
		}
		if c := choices[1]; c.Best != -1 || c.Edges() != nil || c.Diverged() {
			t.Errorf("failed %t: chose candidate %d", failed, c.Best)
		}
	}
}
