package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"ranksweep/checkpoint"
	"ranksweep/nn"
	"ranksweep/results"
	"ranksweep/sweep/sweeptest"
	"ranksweep/tokenizer"
)

// TestMain lets the test binary also be the command sweep, for scripts and for tests that
// kill it.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"sweep": main})
}

// TestScripts runs testdata/script, which reads as a manual of the command.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"tinymodel":   scriptModel(1),
			"blankmodel":  scriptModel(0),
			"tinyadapter": scriptTinyAdapter,
			"samefolders": scriptSameFolders,
			"first":       scriptFirst,
			"truncate":    scriptTruncate,
			"newer":       scriptNewer,
			"latin1":      scriptLatin1,
			"fail":        scriptFail,
			"exits":       scriptExits,
			"lease":       scriptLease,
		},
	})
}

// scriptModel is "tinymodel DIR" and "blankmodel DIR": it makes the folder of a small model
// with random weights, or with weights that are all zero.
func scriptModel(scale float32) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) != 1 {
			ts.Fatalf("usage: tinymodel DIR")
		}
		ts.Check(writeModel(ts.MkAbs(args[0]), scale))
	}
}

// writeModel makes the folder of a byte-level model with scaled random weights.
func writeModel(dir string, scale float32) error {
	tok := tokenizer.NewByteTokenizer()
	m, err := nn.New(nn.Config{
		Vocab: tok.Vocab(), Dim: 32, Layers: 2, Heads: 2, KVHeads: 1, HeadDim: 16, Hidden: 48,
		Context: 64, NormEps: 1e-5, RopeTheta: 10000, TiedHead: true,
	})
	if err != nil {
		return err
	}
	m.Init(rand.New(rand.NewPCG(1, 1)))
	for _, t := range m.Tensors() {
		for i := range t.Data {
			t.Data[i] *= scale
		}
	}
	return checkpoint.Save(dir, &checkpoint.Checkpoint{Model: m, Tokenizer: tok}, checkpoint.F32)
}

// scriptTinyAdapter is "tinyadapter DIR": it makes the weights of an adapter
// of rank 2 for the first map of a tiny model. Its config is the script's.
func scriptTinyAdapter(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: tinyadapter DIR")
	}
	ts.Check(writeAdapter(ts.MkAbs(args[0])))
}

func writeAdapter(dir string) error {
	matrix := func(name string, rows, cols int) nn.Tensor {
		t := nn.Tensor{
			Name:  "base_model.model.model.layers.0.self_attn.q_proj." + name,
			Shape: []int{rows, cols}, Data: make([]float32, rows*cols),
		}
		for i := range t.Data {
			t.Data[i] = float32(i%7) - 3
		}
		return t
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	return checkpoint.WriteTensors(filepath.Join(dir, "adapter_model.safetensors"), []nn.Tensor{
		matrix("lora_A.weight", 2, 32), matrix("lora_B.weight", 32, 2),
	}, checkpoint.F32, nil)
}

// scriptSameFolders is "samefolders DIR DIR": both must have the same files with
// the same bytes.
func scriptSameFolders(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: samefolders DIR DIR")
	}
	var folders []map[string]string
	for _, dir := range args {
		files := make(map[string]string)
		ts.Check(fs.WalkDir(os.DirFS(ts.MkAbs(dir)), ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			content, err := os.ReadFile(filepath.Join(ts.MkAbs(dir), name))
			files[name] = string(content)
			return err
		}))
		if len(files) == 0 {
			ts.Fatalf("%s has no files", dir)
		}
		folders = append(folders, files)
	}
	if !maps.Equal(folders[0], folders[1]) {
		ts.Fatalf("%s and %s differ", args[0], args[1])
	}
}

// scriptFirst is "first DIR NAME": it sets the variable NAME to the first name
// in a folder.
func scriptFirst(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: first DIR NAME")
	}
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	if len(entries) == 0 {
		ts.Fatalf("%s is empty", args[0])
	}
	ts.Setenv(args[1], entries[0].Name())
}

// scriptTruncate is "truncate FILES BYTES"; FILES is a pattern.
func scriptTruncate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: truncate FILES BYTES")
	}
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	files, err := filepath.Glob(ts.MkAbs(args[0]))
	ts.Check(err)
	if len(files) == 0 {
		ts.Fatalf("no file is %s", args[0])
	}
	for _, f := range files {
		ts.Check(os.Truncate(f, n))
	}
}

// scriptNewer is "newer FILES OLD NEW": it replaces a text in files of records, and gives the
// records the right checksums, as if a newer program had written them. FILES is a pattern.
func scriptNewer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: newer FILES OLD NEW")
	}
	files, err := filepath.Glob(ts.MkAbs(args[0]))
	ts.Check(err)
	if len(files) == 0 {
		ts.Fatalf("no file is %s", args[0])
	}
	for _, f := range files {
		ts.Check(sweeptest.Newer(f, args[1], args[2]))
	}
}

// scriptLatin1 is "latin1 FILE TEXT": it writes a text with one byte for each letter.
func scriptLatin1(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: latin1 FILE TEXT")
	}
	var text []byte
	for _, r := range args[1] {
		text = append(text, byte(r))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), text, 0o666))
}

// scriptFail is "fail DIR REASON": it replaces all runs of a store by failed ones.
func scriptFail(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: fail DIR REASON")
	}
	ts.Check(failAll(ts.MkAbs(args[0]), args[1]))
}

func failAll(dir, reason string) error {
	store := results.Open(dir)
	runs, problems := store.Runs()
	if len(runs) == 0 || len(problems) > 0 {
		return fmt.Errorf("%d runs, problems %v", len(runs), problems)
	}
	if err := os.RemoveAll(filepath.Join(dir, "runs")); err != nil {
		return err
	}
	for _, r := range runs {
		r.Status, r.Reason, r.Steps, r.Curve, r.Modules = results.Failed, reason, 0, nil, nil
		if err := store.Put(r); err != nil {
			return err
		}
	}
	return nil
}

// scriptExits is "exits STATUS COMMAND...": the command must end with that
// status.
func scriptExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// scriptLease is "lease STORE TASK": it makes the lease of the first run of a grid, as a task of a cluster
// leaves it on another host. "! lease STORE TASK" takes it away.
func scriptLease(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: [!] lease STORE TASK")
	}
	dir := ts.MkAbs(args[0])
	g, err := results.ReadGrid(dir)
	ts.Check(err)
	file := filepath.Join(dir, "runs", "."+g.Runs[0].ID+".lease")
	if neg {
		ts.Check(os.Remove(file))
		return
	}
	text := fmt.Sprintf(`{"host":"node7","process":4,"claim":"c","task":%q,"seconds":90,"step":7,"steps":9,"loss":1.5}`,
		args[1])
	ts.Check(os.MkdirAll(filepath.Join(dir, "runs"), 0o777))
	ts.Check(os.WriteFile(file, []byte(text), 0o666))
}
