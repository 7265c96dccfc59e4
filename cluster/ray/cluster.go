package ray

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"

	"ranksweep/cluster"
	"ranksweep/paper/number"
	"ranksweep/results"
	"ranksweep/sweep"
)

// Settings say which cluster trains, and what a run gets there.
type Settings struct {
	Address string // HOST:PORT, ray://HOST:PORT or auto
	Python  string // a path or a name on the PATH, with Ray
	Program string // path of the program that trains: this one
	CPUs    int    // of a run
	GPUs    int
	Memory  func(sweep.Job) int64 // of a run, in bytes; 0: none is set aside
	Args    []string              // of sweep work on the nodes
	Env     map[string]string     // that is set there

	Varies func(results.Run) bool // whether a run's trainer promises no bytes

	Model func(name string) (path string, err error) // of a model; empty if the program has it
	Data  func(name string) (path string, err error) // of data; the same
}

// Cluster is a cluster to which this program is connected.
type Cluster struct {
	Settings
	Versions string // of Ray and Python
	Nodes    []Node // that were there when it was connected
	driver   *driver
	items    map[string]Item // by their paths
	sent     content         // the last one
	tasks    tasks
}

// Connect connects to a cluster. The caller closes it.
func Connect(ctx context.Context, s Settings) (*Cluster, error) {
	d, err := launch(s.Python)
	if err != nil {
		return nil, err
	}
	c := &Cluster{Settings: s, driver: d, items: make(map[string]Item),
		tasks: tasks{all: make(map[string]cluster.Task)}}
	if err := c.begin(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

func (c *Cluster) begin(ctx context.Context) error {
	err := c.driver.tell(start{startKind, c.Address, runtime.GOOS + "/" + runtime.GOARCH, c.CPUs, c.GPUs,
		append([]string{}, c.Args...), c.Env})
	if err != nil {
		return err
	}
	m, err := c.driver.hear(ctx)
	if err == nil && m.Kind != readyKind {
		err = fmt.Errorf("ray: %s", m.Text)
	}
	c.Versions, c.Nodes = m.Versions, m.Nodes
	return err
}

// Close ends what the cluster does for this program.
func (c *Cluster) Close() error { return c.driver.close() }

// Lacks says what of jobs no node has now that each asks for. It is empty if one has it; otherwise jobs wait
// until a node comes that has it.
func (c *Cluster) Lacks(jobs []sweep.Job) string {
	asked := Node{CPUs: float64(c.CPUs), GPUs: float64(c.GPUs)}
	for _, j := range jobs {
		asked.Memory = max(asked.Memory, c.Memory(j))
	}
	for _, n := range c.Nodes {
		if n.CPUs >= asked.CPUs && n.GPUs >= asked.GPUs && n.Memory >= asked.Memory {
			return ""
		}
	}
	return fmt.Sprintf("no node has %s, %s and %.1f GB of memory, which the largest run asks for",
		number.Count(c.CPUs, "CPU"), number.Count(c.GPUs, "GPU"), float64(asked.Memory)/1e9)
}

// send sends what jobs need, unless it is there already.
func (c *Cluster) send(ctx context.Context, jobs []sweep.Job) error {
	all, err := c.content(ctx, jobs, c.items)
	if err != nil || reflect.DeepEqual(all, c.sent) {
		return err
	}
	c.sent = all
	return c.driver.tell(all)
}
