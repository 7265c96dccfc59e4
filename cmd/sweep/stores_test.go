package main

import (
	"bytes"
	"runtime/debug"
	"testing"

	"ranksweep/paper"
	"ranksweep/results"
)

// The limit on memory is that of views of large stores, or the user's where that is lower.
func TestBoundMemory(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	defer debug.SetMemoryLimit(before)
	for _, c := range []struct{ user, want int64 }{
		{memoryLimit - 1, memoryLimit - 1}, {memoryLimit + 1, memoryLimit},
	} {
		debug.SetMemoryLimit(c.user)
		undo := boundMemory()
		if limit := debug.SetMemoryLimit(-1); limit != c.want {
			t.Errorf("%d bytes, where the user set %d: want %d", limit, c.user, c.want)
		}
		undo()
		if limit := debug.SetMemoryLimit(-1); limit != c.user {
			t.Errorf("%d bytes afterwards, where the user set %d", limit, c.user)
		}
	}
}

// Tables of summaries are those of whole runs.
func TestTablesOfSummaries(t *testing.T) {
	t.Parallel()
	_, store, _ := tunedStore(t)
	var shown [2]bytes.Buffer
	for i, read := range []reader{wholeRuns, summaries} {
		h, err := storedIn(newTable(), []string{store}, read)
		check(t, err)
		check(t, showTables(&shown[i], h, t.TempDir(), layout{detail: paper.Whole}))
	}
	if shown[0].String() != shown[1].String() || shown[0].Len() == 0 {
		t.Errorf("of summaries\n%s\nof runs\n%s", &shown[1], &shown[0])
	}
}

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
