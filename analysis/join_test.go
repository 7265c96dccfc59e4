package analysis

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"ranksweep/grid"
	"ranksweep/results"
)

// storeOf makes a store of runs under LoRA, each with a number of steps in its config.
func storeOf(name string, steps int, ranks []int, seeds []uint64) Store {
	var g grid.Grid
	var runs []results.Run
	for _, rank := range ranks {
		for _, seed := range seeds {
			r := testRun("lora", 1, rank, seed)
			r.ID = fmt.Sprintf("%s-%d", r.ID, steps)
			r.Cell = fmt.Sprintf("%s-%d", r.Cell, steps)
			r.Config = json.RawMessage(fmt.Sprintf(`{"train": {"steps": %d, "batch": 4}}`, steps))
			g.Runs = append(g.Runs, grid.Planned{ID: r.ID, Axes: r.Axes})
			runs = append(runs, r)
		}
	}
	s := Store{Name: name}
	s.Rows, _, _ = Split(g, runs)
	for _, r := range s.Rows {
		s.Fields = append(s.Fields, Coordinates(r.Run))
	}
	return s
}

// Runs that differ in their seed alone share a cell, from whichever store they come, and one that two stores
// have counts once.
func TestJoinedSeedsShareCells(t *testing.T) {
	a, b := storeOf("a", 2, []int{4, 8}, []uint64{0, 1, 2}), storeOf("b", 2, []int{8, 16}, []uint64{2, 3})
	b.Left = map[string]bool{"lora-8-2-2": true}
	rows, _ := Join([]Store{a, b})
	cells := Cells(rows)
	var got []string
	for _, c := range cells {
		got = append(got, fmt.Sprintf("%d: %d of %d, from %d", c.Rank, len(c.Runs), c.Seeds, c.Smallest))
	}
	want := []string{"4: 3 of 3, from 4", "8: 4 of 4, from 4", "16: 2 of 2, from 4"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if arms := Arms(rows); len(arms) != 1 {
		t.Errorf("%d arms, want one", len(arms))
	}
}

// A field that tells stores apart is an axis of all: their runs share no cell, and each keeps its own smallest rank.
func TestJoinedStoresDiffer(t *testing.T) {
	stores := []Store{storeOf("a", 20, []int{4, 8}, []uint64{0}), storeOf("b", 3, []int{8, 16}, []uint64{0})}
	rows, _ := Join(stores)
	arms := Arms(rows)
	var got []string
	for _, a := range arms {
		got = append(got, fmt.Sprint(a.Axes, a.SmallestRank(), len(a.Cells), a.CollapseRatio(a.Cells[1]).N))
	}
	want := []string{"[{steps 3}] 8 2 1", "[{steps 20}] 4 2 1"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	back, _ := Join([]Store{stores[1], stores[0]})
	if other := Arms(back); len(other) != 2 || other[0].Axes[0] != arms[0].Axes[0] {
		t.Errorf("the order of stores changes that of numbers on an axis: %v", other)
	}
}

// An axis that one store lacks has the value of its configs there, and what tuned the one does not speak of the other.
func TestJoinedAxesAreFilled(t *testing.T) {
	a, b := storeOf("a", 2, []int{4, 8}, []uint64{0}), storeOf("b", 3, []int{4, 8}, []uint64{0})
	for i := range a.Rows {
		a.Rows[i].Setting.Axes = append(a.Rows[i].Setting.Axes, axes("batch", "4")...)
	}
	a.Choices = []grid.Choice{{Axes: axes("rank", "4", "scaling", "lora"), Candidates: []grid.Candidate{{}}}}
	rows, choices := Join([]Store{a, b})
	for _, r := range rows {
		if got := grid.ValueOf(r.Setting.Axes, "batch"); got != "4" {
			t.Errorf("%s: batch %q, want 4", r.ID, got)
		}
	}
	if got := grid.ValueOf(choices[0].Axes, "steps"); got != "2" || len(a.Choices[0].Axes) != 2 {
		t.Errorf("the choice is of steps %q, want 2; it was of %v", got, a.Choices[0].Axes)
	}
}

// A rate that moves with rank in one store, and is the same at all ranks in the other, makes two arms, in
// whichever order the stores are given.
func TestJoinedMovingAxes(t *testing.T) {
	a, b := storeOf("a", 2, []int{4, 8}, []uint64{0}), storeOf("b", 3, []int{4, 8}, []uint64{0})
	for i := range a.Rows {
		s := &a.Rows[i].Setting
		s.Axes, s.Moving = append(s.Axes, axes("lr", []string{"1", "2"}[i])...), []string{"lr"}
		s.LR = float64(i + 1)
		b.Fields[i] = append(b.Fields[i], axes("lr", "5e-05")...)
	}
	for _, stores := range [][]Store{{a, b}, {b, a}} {
		rows, _ := Join(stores)
		if arms := Arms(rows); len(arms) != 2 || len(arms[0].Cells) != 2 {
			t.Errorf("%d arms of %d cells, want 2 of 2: %+v", len(arms), len(arms[0].Cells), arms)
		}
	}
}

// Values are named once, and files of the same content under two names are no difference.
func TestStoresApart(t *testing.T) {
	a, b := storeOf("a", 2, []int{4}, []uint64{0, 1}), storeOf("b", 2, []int{4}, []uint64{0})
	if got := a.Values("steps"); !slices.Equal(got, []string{"2"}) {
		t.Errorf("steps %q", got)
	}
	for i := range a.Fields {
		a.Fields[i] = append(a.Fields[i], axes("model", "/here/base")...)
	}
	b.Fields[0] = append(b.Fields[0], axes("model", "/there/base")...)
	if apart([]Store{a, b}, "model") {
		t.Error("one model under two names tells stores apart")
	}
	b.Rows[0].Provenance.ModelHash = "other"
	if !apart([]Store{a, b}, "model") {
		t.Error("two models do not tell stores apart")
	}
}
