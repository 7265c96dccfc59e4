package ray

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"ranksweep/experiments"
	"ranksweep/results"
	"ranksweep/sweep"
	"ranksweep/sweep/sweeptest"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// newPipe returns a reader that has a text, and then waits until end is closed.
func newPipe(text string) (in io.Reader, end chan struct{}) {
	end = make(chan struct{})
	return io.MultiReader(strings.NewReader(text), waiting{end}), end
}

type waiting struct{ end chan struct{} }

func (w waiting) Read([]byte) (int, error) {
	<-w.end
	return 0, io.EOF
}

// lastLine keeps the answer to an order, and closes end.
type lastLine struct {
	to  io.Writer
	end chan struct{}
}

func (l *lastLine) Write(line []byte) (int, error) {
	var m message
	json.Unmarshal(line, &m)
	if m.Kind == recordKind || m.Kind == refusedKind {
		l.to.Write(line)
		close(l.end)
	}
	return len(line), nil
}

// small is a plan of four short runs on the embedded model.
func small(t *testing.T) *sweep.Plan {
	t.Helper()
	file := filepath.Join(t.TempDir(), "sums.jsonl")
	var lines bytes.Buffer
	for i := range 8 {
		fmt.Fprintf(&lines, "{\"prompt\": \"%d+%d=\", \"completion\": \"%d\"}\n", i, i, 2*i)
	}
	check(t, os.WriteFile(file, lines.Bytes(), 0o666))
	e, err := experiments.Parse("x.yaml", []byte(`name: small
model: base
data: {source: sums.jsonl, validation: 2}
train: {lr: 1e-3, batch: 1, context: 32, steps: 2}
grid: {rank: [1, 2], seed: [0, 1]}
`))
	check(t, err)
	check(t, e.Set("data="+file))
	s, err := here(Places{Data: map[string]string{file: file}})
	check(t, err)
	p, err := sweep.NewPlan(t.Context(), e, s.Trainers)
	check(t, err)
	return p
}

// undisturbed returns the files of the store that a plan fills in this process.
func undisturbed(t *testing.T, p *sweep.Plan) map[string]string {
	t.Helper()
	dir, file := t.TempDir(), p.Jobs[0].Config.Data.Source
	s, err := here(Places{Data: map[string]string{file: file}})
	check(t, err)
	s.Store, s.Observer = results.Open(dir), new(sweeptest.Observer)
	check(t, s.Run(t.Context(), p))
	return sweeptest.Contents(t, dir)
}

// connect connects to a fake cluster.
func connect(t *testing.T, fault string) (*Cluster, error) {
	t.Helper()
	t.Setenv(fakeVariable, fault)
	self, err := os.Executable()
	check(t, err)
	small := filepath.Join(t.TempDir(), "sweep")
	check(t, os.WriteFile(small, []byte("a program"), 0o777))
	same := func(name string) (string, error) { return name, nil }
	return Connect(t.Context(), Settings{
		Address: "auto", Python: self, Program: small, CPUs: 1, Data: same,
		Memory: func(sweep.Job) int64 { return 0 },
		Varies: func(results.Run) bool { return false },
		Model:  func(string) (string, error) { return "", nil },
	})
}

// TestRun: the records of a cluster are stored to the byte, also if a node is lost, and if each comes twice. A
// second time there is nothing to train.
func TestRun(t *testing.T) {
	p := small(t)
	want := undisturbed(t, p)
	for fault, note := range map[string]string{
		"": "", "twice": "", "node": "begins anew on node b, since a was lost",
	} {
		c, err := connect(t, fault)
		check(t, err)
		dir, o := t.TempDir(), new(sweeptest.Observer)
		for range 2 {
			check(t, c.Run(t.Context(), "reported", p, results.Open(dir), o))
		}
		check(t, c.Close())
		if got := strings.Join(o.Notes, "\n"); o.Trained != 4 || o.Skips != 4 || got != note {
			t.Errorf("%s: trained %d, skipped %d, noted %q", fault, o.Trained, o.Skips, got)
		}
		if err := sweeptest.SameContents(sweeptest.Contents(t, dir), want); err != nil {
			t.Errorf("%s: %v", fault, err)
		}
	}
}

// TestRunTells what went wrong, and keeps what was trained.
func TestRunTells(t *testing.T) {
	p := small(t)
	for fault, want := range map[string]struct {
		text    string
		trained int
	}{
		"lost":    {"ray: 1 of 4 runs were not trained; the same command tries them again\n  1: its node died", 3},
		"ends":    {"cluster is lost: its program ended: exit status 1; its log ends: the head was killed: ", 0},
		"refused": {"ray: no node can train: 3 tries were refused, at last since node a cannot train it: has no", 0},
		"altered": {"not received: damaged record: curve.csv", 0},
	} {
		c, err := connect(t, fault)
		check(t, err)
		dir, o := t.TempDir(), new(sweeptest.Observer)
		err = c.Run(t.Context(), "reported", p, results.Open(dir), o)
		check(t, c.Close())
		if err == nil || !strings.Contains(err.Error(), want.text) || o.Trained != want.trained {
			t.Errorf("%s: %v, with %d runs; want %q, with %d", fault, err, o.Trained, want.text, want.trained)
		}
		leases, _ := filepath.Glob(filepath.Join(dir, "runs", ".*.lease"))
		if len(leases) > 0 {
			t.Errorf("%s: leases %q stay", fault, leases)
		}
	}
	if _, err := connect(t, "unable"); err == nil || err.Error() != "ray: nothing answers" {
		t.Errorf("unable: %v", err)
	}
}

// TestServeRefusesOtherContent: a node whose data or model are not those of the plan trains nothing.
func TestServeRefusesOtherContent(t *testing.T) {
	p := small(t)
	source := p.Jobs[0].Config.Data.Source
	other := filepath.Join(t.TempDir(), "sums.jsonl")
	text, err := os.ReadFile(source)
	check(t, err)
	check(t, os.WriteFile(other, bytes.Replace(text, []byte("1+1"), []byte("1+2"), 1), 0o666))
	o := orderOf("small", p.Jobs[0], 0)
	line, err := json.Marshal(o)
	check(t, err)
	var m message
	answer := served(Places{Data: map[string]string{source: other}}, string(line))
	check(t, json.Unmarshal([]byte(answer), &m))
	if m.Kind != refusedKind || !strings.Contains(m.Text, "data "+source+" has changed") {
		t.Errorf("a node with other data answers %s", answer)
	}
}

// TestServeEnds with what it reads, in the middle of a run too.
func TestServeEnds(t *testing.T) {
	p := small(t)
	source := p.Jobs[0].Config.Data.Source
	j := p.Jobs[0]
	j.Config.Train.Steps = 20_000
	j.ID = j.Config.ID(j.Material.ModelHash, j.Material.DataHash, j.Material.Numerics)
	first, err := json.Marshal(Places{Data: map[string]string{source: source}})
	check(t, err)
	line, err := json.Marshal(orderOf("small", j, 0))
	check(t, err)
	in, end := newPipe(string(first) + "\n" + string(line) + "\n")
	var out bytes.Buffer
	var once sync.Once
	err = Serve(context.Background(), in, writer(func(said []byte) (int, error) {
		if bytes.Contains(said, []byte(steppedKind)) {
			once.Do(func() { close(end) })
		}
		return out.Write(said)
	}), here)
	if err != nil || bytes.Contains(out.Bytes(), []byte(recordKind)) {
		t.Errorf("%v: %s", err, &out)
	}
}

type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

// TestItemOf: of a model's folder everything goes but folders and weights that no trainer reads.
func TestItemOf(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"config.json", "model.safetensors", "pytorch_model.bin", "original/all.00.pth"} {
		path := filepath.Join(dir, name)
		check(t, errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte(name), 0o666)))
	}
	i, err := itemOf(t.Context(), dir)
	check(t, err)
	var names []string
	for _, f := range i.Files {
		names = append(names, f.Name)
	}
	if got := strings.Join(names, " "); got != "config.json model.safetensors" || !i.Folder || i.Size() != 28 {
		t.Errorf("%v: %s, of %d bytes", i.Folder, got, i.Size())
	}
	if _, err := itemOf(t.Context(), filepath.Join(dir, "none")); err == nil ||
		!strings.HasPrefix(err.Error(), "ray: stat ") {
		t.Errorf("a path of nothing: %v", err)
	}
}

// TestLacks: a node must have all that a run asks for, at once.
func TestLacks(t *testing.T) {
	jobs := []sweep.Job{{ID: "a"}, {ID: "b"}}
	c := &Cluster{Settings: Settings{CPUs: 2, GPUs: 1, Memory: func(j sweep.Job) int64 { return int64(j.ID[0]) << 20 }}}
	c.Nodes = []Node{{CPUs: 8, Memory: 1 << 40}, {CPUs: 8, GPUs: 1, Memory: 97 << 20}, {GPUs: 8, Memory: 1 << 40}}
	if got, want := c.Lacks(jobs), "no node has 2 CPUs, 1 GPU and 0.1 GB of memory, "; !strings.HasPrefix(got, want) {
		t.Errorf("lacks %q, want %q", got, want)
	}
	if got := c.Lacks(jobs[:1]); got != "" {
		t.Errorf("the second node has it, and it lacks %q", got)
	}
}
