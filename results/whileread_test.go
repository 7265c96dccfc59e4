package results

import (
	"sync/atomic"
	"testing"

	"ranksweep/grid"
)

// Who reads a store while others write, pack and unpack it finds every run that was there before, whole, and has
// nothing to complain of.
func TestReadWhileWritten(t *testing.T) {
	const before, more = 12, 8
	dir := t.TempDir()
	runs := manyRuns(before + more)
	fill(t, Open(dir), runs[:before])
	var g grid.Grid
	for _, r := range runs {
		g.Runs = append(g.Runs, grid.Planned{ID: r.ID})
	}
	var done atomic.Bool
	var least atomic.Int64
	least.Store(before)
	go func() {
		defer done.Store(true)
		for i, r := range runs[before:] {
			writer := Open(dir) // as another process would
			if err := writer.Put(r); err != nil {
				t.Error(err)
			}
			least.Add(1)
			var err error
			switch i % 4 {
			case 1:
				_, err = writer.Pack(t.Context(), "v1")
			case 3:
				_, err = writer.Unpack(t.Context())
			}
			if err != nil {
				t.Error(err)
			}
		}
	}()
	readers := map[string]func() (int, []error){
		"a view": func() (int, []error) {
			all, _, problems := Open(dir).Asked(g)
			return len(all), problems
		},
		"the statuses": func() (int, []error) {
			all, problems := Open(dir).Statuses(g)
			return len(all), problems
		},
	}
	views := 0
	for last := false; !last; views++ {
		last = done.Load()
		for name, read := range readers {
			want := int(least.Load())
			if n, problems := read(); n < want || len(problems) > 0 {
				t.Errorf("%s has %d of %d runs: %v", name, n, want, problems)
			}
		}
	}
	t.Logf("%d views of a store that grew from %d to %d runs", views, before, before+more)
}
