package results

import (
	"iter"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"ranksweep/grid"
)

// Runs reads every record: the runs in the order scheme, optimizer, remaining
// axes, rank, seed; and an error for each record that cannot be read, in order
// of ID. A store that does not exist holds no runs.
func (s *Store) Runs() ([]Run, []error) {
	runs, _, problems := sorted(collect(s, grid.Grid{}, s.Get))
	return runs, problems
}

// Asked is Runs for the runs that a grid asks for, or for all if it is empty. No other record is
// read; others counts them. The runs are without Modules, which no table or figure shows.
func (s *Store) Asked(g grid.Grid) (runs []Run, others int, problems []error) {
	return sorted(collect(s, g, s.View))
}

// Summaries is Asked for what tables show: of each curve only the onset is there, and Run.Statistic knows the rest.
func (s *Store) Summaries(g grid.Grid) (runs []Run, others int, problems []error) {
	return sorted(collect(s, g, func(id string) (Run, error) {
		r, err := s.View(id)
		return r.summary(), err
	}))
}

// View is Get without Modules, whose file is held to its checksum all the same.
func (s *Store) View(id string) (Run, error) {
	r, err := s.get(id, decodeView)
	return r, ofRun(err, id)
}

func sorted(runs []Run, others int, problems []error) ([]Run, int, []error) {
	slices.SortFunc(runs, CompareRuns)
	return runs, others, problems
}

// collect returns what get returns for each run that a grid asks for, in order of ID.
func collect[T any](s *Store, g grid.Grid, get func(string) (T, error)) (all []T, others int, problems []error) {
	ids, err := s.IDs()
	if err != nil {
		return nil, 0, []error{err}
	}
	n := len(ids)
	if asked := g.IDs(); g.Len() > 0 {
		ids = slices.DeleteFunc(ids, func(id string) bool { return !asked[id] })
	}
	problems = s.Problems(ids)
	all = slices.Grow(all, len(ids))
	for one, err := range Each(ids, get) {
		if err != nil {
			problems = append(problems, err)
			continue
		}
		all = append(all, one)
	}
	return all, n - len(ids), problems
}

// readAtOnce is how many records are read before the first of them is handed out.
const readAtOnce = 256

// Each reads runs, several at a time, and hands out what get returns for each, in the order of ids.
// It keeps few of them in memory.
func Each[T any](ids []string, get func(id string) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for some := range slices.Chunk(ids, readAtOnce) {
			read, errs := make([]T, len(some)), make([]error, len(some))
			var readers errgroup.Group
			readers.SetLimit(2 * runtime.GOMAXPROCS(0))
			for i, id := range some {
				readers.Go(func() error {
					read[i], errs[i] = get(id)
					return nil
				})
			}
			readers.Wait()
			for i := range some {
				if !yield(read[i], errs[i]) {
					return
				}
			}
		}
	}
}
