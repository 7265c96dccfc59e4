package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ranksweep/grid"
	"ranksweep/results"
)

// watcher shows what becomes of a store, from the store alone: it may be filled by any number of hosts,
// appear later, be packed, and vanish.
type watcher struct {
	dir      string
	store    *results.Store
	interval time.Duration // between two looks

	settled map[string]results.Status // runs that were seen with a result, which stays
	began   time.Time                 // since when effort is counted
	total   float64                   // cost of the grid then
	before  float64                   // cost of what was done then
}

// sight is what a look at a store shows.
type sight struct {
	status
	effort
	end    error // what sweep status says of what is missing or failed
	unseen error // why nothing can be seen; nil if the rest is known
}

// over reports whether there is nothing more to wait for.
func (s sight) over() bool { return s.unseen == nil && s.Missing == 0 && len(s.Running) == 0 }

// shower shows sights to a user.
type shower interface {
	show(s sight) error
	end() // nothing more comes
}

// watch shows the store until all is done, and returns what is to be said of it then.
func (w *watcher) watch(ctx context.Context, to shower) error {
	defer to.end()
	for over := false; ; {
		began := time.Now()
		s, err := w.lookUnless(ctx)
		if err == nil {
			err = to.show(s)
		}
		if err != nil {
			return err
		}
		if over && s.over() {
			return s.end
		}
		over = s.over()
		pause := max(w.interval, 9*time.Since(began)) // large stores are looked at less often
		if over {
			pause = min(pause, lastPause)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return onlyLooked{context.Cause(ctx)}
		}
	}
}

// lastPause is the time between the last two looks: what follows upon a phase may be planned meanwhile.
const lastPause = 2 * time.Second

// lookUnless looks unless ctx ends before: a disk may not answer.
func (w *watcher) lookUnless(ctx context.Context) (sight, error) {
	seen := make(chan sight, 1)
	go func() { seen <- w.look() }()
	select {
	case s := <-seen:
		return s, nil
	case <-ctx.Done():
		return sight{}, onlyLooked{context.Cause(ctx)}
	}
}

func (w *watcher) look() sight {
	g, err := results.ReadGrid(w.dir)
	if err == nil && g.Len() == 0 {
		err = notYet(w.dir)
	}
	holders, unheld := w.store.Holders() // before runs, as a run that ends meanwhile has a result then
	runs, problems, unread := w.runs(g)
	if err = cmp.Or(err, unheld, unread); err != nil {
		w.total = 0
		return sight{unseen: err}
	}
	var s sight
	var c results.Coverage
	var newer newerRuns
	s.status, c, newer = counted(g, holders, runs, problems)
	s.end = s.verdict(w.dir, c, newer)
	s.effort = w.effort(g, runs, s.Running)
	if left, known := s.left(); known && len(s.Running) > 0 {
		seconds := left.Seconds()
		s.Left = &seconds
	}
	return s
}

// notYet says why there is nothing to watch.
func notYet(dir string) error {
	if isStore(dir) {
		return fmt.Errorf("%s has no grid.csv yet, which says what is asked for", dir)
	}
	return errors.New(strings.TrimRight(dir+" is no store yet; "+meantStore(dir), "; "))
}

// runs returns the runs of a grid that the store has. What was seen with a result is not read again.
func (w *watcher) runs(g grid.Grid) (runs []results.Run, problems []error, err error) {
	ids, err := w.store.IDs()
	if err != nil {
		return nil, nil, err
	}
	there := make(map[string]bool, len(ids))
	for _, id := range ids {
		there[id] = true
	}
	var unknown grid.Grid
	settled := make(map[string]results.Status)
	for _, p := range g.All() {
		status, known := w.settled[p.ID]
		switch {
		case known && there[p.ID]:
			settled[p.ID] = status
			runs = append(runs, results.Run{ID: p.ID, Status: status})
		case there[p.ID]:
			unknown.Runs = append(unknown.Runs, p)
		}
	}
	if len(unknown.Runs) > 0 {
		var read []results.Run
		read, problems = w.store.Statuses(unknown)
		for _, r := range read {
			if r.Status != results.Failed {
				settled[r.ID] = r.Status
			}
		}
		runs = append(runs, read...)
	}
	w.settled = settled
	return runs, problems, nil
}

// effort counts what is done, and what was done since the watcher began to look. It begins anew if the
// grid changes. What is known of a run is as old as the last beat of its lease, and so is what is known of
// the whole, in the mean.
func (w *watcher) effort(g grid.Grid, runs []results.Run, running []runningRun) effort {
	share := make(map[string]float64)
	for _, r := range runs {
		share[r.ID] = 1
	}
	known := time.Now()
	for _, r := range running {
		share[r.Run] = r.share()
		known = known.Add(-r.beat / time.Duration(len(running)))
	}
	costs := results.ReadCosts(w.dir, g.Len())
	total, done := 0.0, 0.0
	for i, p := range g.All() {
		total += costs[i]
		done += share[p.ID] * costs[i]
	}
	if total != w.total {
		w.began, w.total, w.before = known, total, done
	}
	return effort{total: total, before: w.before, since: done - w.before, took: known.Sub(w.began)}
}

// watchStore shows a store on standard output until all is done.
func watchStore(cmd *cobra.Command, dir string, asJSON bool, interval time.Duration) error {
	var to shower = &jsonShower{out: cmd.OutOrStdout(), err: cmd.ErrOrStderr()}
	live := false
	if !asJSON {
		s := &screenShower{screen: newScreen(cmd.OutOrStdout()), said: make(map[string]bool)}
		to, live = s, s.live
	}
	if interval == 0 {
		if interval = 30 * time.Second; live {
			interval = 2 * time.Second
		}
	}
	w := watcher{dir: dir, store: results.Open(dir), interval: interval}
	return w.watch(cmd.Context(), to)
}
