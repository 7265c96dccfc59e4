package main

import (
	"testing"

	"ranksweep/results"
)

// Stores that are filled while they are read show what they have at the time, and name what is missing.
func TestStoresThatAreFilled(t *testing.T) {
	t.Parallel()
	_, store, grid := tunedStore(t)
	other := t.TempDir()
	check(t, results.WriteGrid(grid, other))
	union, err := results.NewUnion([]*results.Store{results.Open(store)}, promisesNothing)
	check(t, err)
	asked := grid.IDs()
	filled := make(chan error)
	go func() {
		defer close(filled)
		for i := range union.Chosen {
			if _, err := results.Open(other).Add(union.Chosen[i : i+1]); err != nil {
				filled <- err
			}
		}
	}()
	for done := false; !done; {
		select {
		case err, open := <-filled:
			check(t, err)
			done = !open
		default:
		}
		h, err := storedIn(newTable(), []string{store, other}, summaries)
		if err != nil {
			continue // the other store has no reported run yet, which is the error
		}
		if n := len(h.all); n != len(asked) {
			t.Fatalf("%d runs, want %d", n, len(asked))
		}
		if there := h.stores[1].Coverage.There; (h.missing == nil) != (there == len(asked)) {
			t.Errorf("missing %v, where %d of %d runs are there", h.missing, there, len(asked))
		}
	}
	h, err := storedIn(newTable(), []string{store, other}, summaries)
	check(t, err)
	if len(h.runs) != len(grid.Runs) || h.missing != nil || !h.coverage.Whole() {
		t.Errorf("%d runs of %d, missing %v", len(h.runs), len(grid.Runs), h.missing)
	}
}
