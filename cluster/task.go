package cluster

import "time"

// The exit statuses of a task beside those of any command. They are EX_TEMPFAIL and EX_UNAVAILABLE of
// sysexits.h.
const (
	AgainStatus = 75 // a signal ended it: the same command goes on
	EarlyStatus = 69 // a shard that cannot go on before others have ended
)

// State is what a cluster does with a task.
type State string

// A task that is requeued is queued, and has run before. One that is held could not be started, and
// waits until somebody sees to it. A task that ended well is done; one that did its part and found
// that others must end first is early; one that a user ended is canceled.
const (
	Queued   State = "queued"
	Requeued State = "requeued"
	Held     State = "held"
	Running  State = "running"
	Done     State = "done"
	Early    State = "early"
	Failed   State = "failed"
	Canceled State = "canceled"
)

// States are all states, in the order of a task's life.
var States = []State{Queued, Requeued, Held, Running, Done, Early, Failed, Canceled}

// Live reports whether the task is still to come, or runs.
func (s State) Live() bool { return s == Queued || s == Requeued || s == Running }

// Task is a part of the work, as a cluster sees it: a shard of a phase, or the final tables.
type Task struct {
	ID    string `json:"id"`              // as the cluster names it
	Array string `json:"array"`           // the ID of all tasks that were submitted together
	Phase string `json:"phase"`           // what it is a part of
	Shard int    `json:"shard,omitempty"` // its number, from 1; 0: it is no shard
	Of    int    `json:"of,omitempty"`    // number of shards

	State    State     `json:"state"`
	Reason   string    `json:"reason,omitempty"` // why it waits or failed, in the cluster's own words
	Exit     int       `json:"exit,omitempty"`   // exit status
	Node     string    `json:"node,omitempty"`
	Since    time.Time `json:"since,omitzero"` // when it began, or is to begin
	Restarts int       `json:"restarts,omitempty"`
	Log      string    `json:"log,omitempty"`  // path of its output
	Last     []string  `json:"last,omitempty"` // the last lines of it, if the task failed
}
