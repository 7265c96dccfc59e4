package ray

import (
	"math"

	"ranksweep/metrics"
	"ranksweep/results"
	"ranksweep/sweep"
)

// The kinds of messages, a line of JSON each, between this program, the Python program and, on the
// nodes, this program again.
const (
	startKind   = "start"   // to Python: connect
	contentKind = "content" // to Python: what the runs that follow need
	runKind     = "run"     // to Python and on to a node: train a run

	unableKind = "unable" // Python cannot connect
	readyKind  = "ready"  // Python has connected

	startedKind = "started" // a node begins to train a run
	steppedKind = "stepped" // a node has made a step of it
	notedKind   = "noted"   // something that a user should know of a run
	refusedKind = "refused" // a node cannot train it; another one tries
	recordKind  = "record"  // the record of a run
	lostKind    = "lost"    // nobody could train a run
)

// start says how to connect, and what each run gets.
type start struct {
	Kind     string            `json:"type"`
	Address  string            `json:"address"`
	Platform string            `json:"platform"` // of this program, as linux/amd64
	CPUs     int               `json:"cpus"`
	GPUs     int               `json:"gpus"`
	Args     []string          `json:"args"` // of this program on the nodes
	Env      map[string]string `json:"env"`  // that is set there
}

// order asks for a run. Run has what is known of it before it is trained.
type order struct {
	Kind   string      `json:"type"`
	ID     string      `json:"id"`
	Memory int64       `json:"memory"` // bytes that Ray sets aside; 0: none
	Run    results.Run `json:"run"`
}

// orderOf asks for a job of an experiment.
func orderOf(experiment string, j sweep.Job, memory int64) order {
	return order{runKind, j.ID, memory, results.Run{
		ID: j.ID, Cell: j.Cell, TwinID: j.TwinID, Experiment: experiment, Axes: j.Axes, Config: j.Config.JSON(),
		Warnings: j.Material.Warnings,
		Provenance: results.Provenance{
			Numerics: j.Material.Numerics, ModelHash: j.Material.ModelHash, DataHash: j.Material.DataHash},
	}}
}

// message is what is heard of the cluster, and what a node says.
type message struct {
	Kind string `json:"type"`
	ID   string `json:"id,omitempty"`
	Node string `json:"node,omitempty"`
	Text string `json:"text,omitempty"`

	Versions string `json:"versions,omitempty"` // of Ray and Python, when it is ready
	Nodes    []Node `json:"nodes,omitempty"`

	Step     int      `json:"step,omitempty"`
	Loss     *float64 `json:"loss,omitempty"` // none: not finite
	GradNorm *float64 `json:"grad_norm,omitempty"`

	Files map[string][]byte `json:"files,omitempty"` // of a record
}

// Node is what a node of the cluster has.
type Node struct {
	Name   string  `json:"node"`
	CPUs   float64 `json:"cpus"`
	GPUs   float64 `json:"gpus"`
	Memory int64   `json:"memory"` // bytes
}

// stepped is the message of a step.
func stepped(id string, p metrics.Point) message {
	return message{Kind: steppedKind, ID: id, Step: p.Step, Loss: finite(p.Values[metrics.TrainLoss]),
		GradNorm: finite(p.Values[metrics.GradNorm])}
}

// point is the step of such a message.
func (m message) point() metrics.Point {
	p := metrics.Point{Step: m.Step, Values: metrics.NoValues()}
	p.Values[metrics.TrainLoss], p.Values[metrics.GradNorm] = orNaN(m.Loss), orNaN(m.GradNorm)
	return p
}

// finite returns a number that JSON has, or nil.
func finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

func orNaN(x *float64) float64 {
	if x == nil {
		return math.NaN()
	}
	return *x
}
