package ray

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"ranksweep/metrics"
	"ranksweep/results"
	"ranksweep/sweep"
)

// most is the largest number of runs that Ray has at once, those that wait included.
const most = 2000

// phase is a plan whose runs a cluster trains.
type phase struct {
	*Cluster
	sweep.Observer
	store      *results.Store
	name       string
	experiment string
	waiting    []sweep.Job         // not handed to Ray yet
	handed     map[string]*task    // by the run's ID
	rows       map[int]bool        // the rows of the display in use
	lost       map[string][]string // runs that nobody could train, by the reason
	begun      bool                // whether some node has begun to train
	refused    map[string]int      // how often nodes refused a run, by what was said of it
}

// task is a run that Ray has.
type task struct {
	sweep.Job
	node  string // that trains it; empty before it has begun
	row   int
	lease *results.Lease // nil if another process trains it too
}

// Run has those runs of a plan trained that the store lacks, the longest first, and stores their records as
// they come. Tasks show the plan under the given name. Run returns when every run has a record, or with an
// error if one has none, if a record could not be stored, or if ctx ends. A run that fails is no error here:
// its record says so.
func (c *Cluster) Run(ctx context.Context, name string, p *sweep.Plan, store *results.Store,
	o sweep.Observer) error {
	s := &phase{Cluster: c, Observer: o, store: store, name: name, experiment: p.Experiment.Name,
		handed: make(map[string]*task), rows: make(map[int]bool), lost: make(map[string][]string),
		refused: make(map[string]int)}
	if err := s.sift(p); err != nil || len(s.waiting) == 0 {
		return err
	}
	if err := c.send(ctx, s.waiting); err != nil {
		return err
	}
	err := s.train(ctx)
	for _, t := range s.handed {
		s.drop(t)
	}
	return errors.Join(err, s.failure(len(p.Jobs)))
}

// sift finds the jobs that the store lacks.
func (s *phase) sift(p *sweep.Plan) error {
	for _, j := range sweep.LongestFirst(p.Jobs) {
		settled, err := s.store.Settled(j.ID)
		if err != nil {
			return err
		}
		if settled {
			s.Skipped(j)
		} else {
			s.waiting = append(s.waiting, j)
		}
	}
	return nil
}

// train hands out jobs and takes in what is heard of them.
func (s *phase) train(ctx context.Context) error {
	for {
		for len(s.waiting) > 0 && len(s.handed) < most {
			if err := s.hand(s.waiting[0]); err != nil {
				return err
			}
			s.waiting = s.waiting[1:]
		}
		if len(s.handed) == 0 {
			return nil
		}
		m, err := s.driver.hear(ctx)
		if err == nil {
			err = s.take(ctx, m)
		}
		if err != nil {
			return err
		}
	}
}

// hand hands a job to Ray.
func (s *phase) hand(j sweep.Job) error {
	s.handed[j.ID] = &task{Job: j}
	s.tasks.queue(j.ID, s.name)
	return s.driver.tell(orderOf(s.experiment, j, s.Memory(j)))
}

// take takes in what is heard of a run. Of one that has a record already there is nothing to hear.
func (s *phase) take(ctx context.Context, m message) error {
	t := s.handed[m.ID]
	if t == nil {
		return nil
	}
	switch m.Kind {
	case startedKind:
		return s.started(ctx, t, m.Node)
	case steppedKind:
		if t.node == m.Node {
			p := m.point()
			s.Stepped(t.row, t.Job, p)
			t.lease.Tell(p.Step, t.Config.Train.Steps, p.Values[metrics.TrainLoss])
		}
	case notedKind:
		s.Noted(t.Job, m.Text)
	case refusedKind:
		return s.refuse(t, fmt.Sprintf("node %s cannot train it: %s", m.Node, m.Text))
	case lostKind:
		s.drop(t)
		s.lost[m.Text] = append(s.lost[m.Text], m.ID)
	case recordKind:
		return s.keep(t, m)
	}
	return nil
}

// started shows a run at work, and claims it, so that no other process trains it too.
func (s *phase) started(ctx context.Context, t *task, node string) (err error) {
	if t.node != "" {
		s.Noted(t.Job, fmt.Sprintf("begins anew on node %s, since %s was lost", node, t.node))
	} else {
		for s.rows[t.row] {
			t.row++
		}
		s.rows[t.row] = true
		t.lease, err = s.store.Claim(ctx, t.ID)
	}
	t.node, s.begun = node, true
	s.tasks.begin(t.ID, node)
	s.Started(t.row, t.Job)
	return err
}

// refuse says why a node does not train a run, once. Ray tries again, there or elsewhere. It is an error if
// no node has begun anything, and as many have refused as there are.
func (s *phase) refuse(t *task, text string) error {
	if s.refused[text]++; s.refused[text] == 1 {
		s.Noted(t.Job, text)
	}
	n := 0
	for _, times := range s.refused {
		n += times
	}
	if !s.begun && n >= max(3, len(s.Nodes)) {
		return fmt.Errorf("ray: no node can train: %d tries were refused, at last since %s", n, text)
	}
	return nil
}

// end forgets a run that Ray has no more.
func (s *phase) end(t *task) {
	delete(s.handed, t.ID)
	s.tasks.end(t.ID)
	delete(s.rows, t.row)
	if t.lease != nil {
		t.lease.Release()
	}
}

// drop forgets a run that brought no record.
func (s *phase) drop(t *task) {
	if t.node != "" {
		s.Interrupted(t.row, t.Job)
	}
	s.end(t)
}

// keep stores a record that came.
func (s *phase) keep(t *task, m message) error {
	if t.node == "" { // its end was faster than the news of its begin
		if err := s.started(context.Background(), t, m.Node); err != nil {
			return err
		}
	}
	r, err := s.store.Receive(t.ID, m.Files, s.Varies)
	if err != nil {
		return err
	}
	s.end(t)
	s.Finished(t.row, t.Job, r)
	return nil
}

// failure says which runs nobody could train, and why.
func (s *phase) failure(all int) error {
	if len(s.lost) == 0 {
		return nil
	}
	n, text := 0, ""
	for _, reason := range slices.Sorted(maps.Keys(s.lost)) {
		n += len(s.lost[reason])
		text += fmt.Sprintf("\n  %d: %s", len(s.lost[reason]), reason)
	}
	return fmt.Errorf("ray: %d of %d runs were not trained; the same command tries them again%s", n, all, text)
}
