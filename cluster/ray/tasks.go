package ray

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"ranksweep/cluster"
)

// tasks are the runs that Ray has, by their IDs. Several goroutines may use them.
type tasks struct {
	mu  sync.Mutex
	all map[string]cluster.Task
}

// queue adds a run that waits.
func (t *tasks) queue(id, phase string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all[id] = cluster.Task{ID: id, Phase: phase, State: cluster.Queued}
}

// begin says where a run is trained. One that was lost there begins again.
func (t *tasks) begin(id, node string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	task := t.all[id]
	if task.State == cluster.Running {
		task.Restarts++
	}
	task.State, task.Node, task.Since = cluster.Running, node, time.Now()
	t.all[id] = task
}

// end forgets a run.
func (t *tasks) end(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.all, id)
}

// Tasks returns the runs that the cluster has now: first those at work, in the order in which they began.
func (c *Cluster) Tasks() []cluster.Task {
	c.tasks.mu.Lock()
	defer c.tasks.mu.Unlock()
	return slices.SortedFunc(maps.Values(c.tasks.all), func(a, b cluster.Task) int {
		return cmp.Or(cmp.Compare(b.State, a.State), a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID))
	})
}
