package local

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ranksweep/checkpoint"
	"ranksweep/data"
	"ranksweep/nn"
)

// TestWorkIsWhatIsTrained: the sequences that Order names are those of the run's batches.
func TestWorkIsWhatIsTrained(t *testing.T) {
	c := testConfig(t)
	c.Train.Accumulate = 2
	l := New(os.DirFS(t.TempDir()))
	w, err := l.Work(context.Background(), c)
	check(t, err)
	order, sampler := w.Order(), data.NewSampler(new(nn.Arena), w.Data.Train, c.Seed)
	if want := c.Train.Steps * c.Train.Accumulate * c.Train.Batch; len(order) != want {
		t.Fatalf("%d places, want %d", len(order), want)
	}
	var want, got nn.Batch
	for i := range c.Train.Steps * c.Train.Accumulate {
		sampler.Batch(&want, i, c.Train.Batch)
		var part []data.Sequence
		for _, place := range order[i*c.Train.Batch:][:c.Train.Batch] {
			part = append(part, w.Data.Train[place])
		}
		data.Fill(&got, part)
		if string(asBytes(got.Tokens)) != string(asBytes(want.Tokens)) {
			t.Errorf("batch %d has other tokens", i)
		}
	}
	if len(w.Probe) != c.Measure.Probe || len(w.Targets) != 14 {
		t.Errorf("%d probe sequences, %d targets", len(w.Probe), len(w.Targets))
	}
	c.Data.Validation = 1000
	if _, err := l.Work(context.Background(), c); err == nil {
		t.Error("nothing to train on passes")
	}
}

func asBytes(tokens []int32) (text []byte) {
	for _, t := range tokens {
		text = append(text, byte(t), byte(t>>8))
	}
	return text
}

// TestFolder: an embedded model is written as a folder that gives the same model; a folder is
// itself; a GGUF file has none.
func TestFolder(t *testing.T) {
	dir := testModel(t)
	l := New(os.DirFS(filepath.Dir(dir)))
	written := filepath.Join(t.TempDir(), "written")
	path, err := l.Folder("model", written)
	check(t, err)
	if path != written {
		t.Errorf("the embedded model is in %s, want %s", path, written)
	}
	was, now := must(checkpoint.Load(dir)), must(checkpoint.Load(path))
	if was.Hash != now.Hash {
		t.Error("the folder has another model")
	}
	if path, err := l.Folder(dir, t.TempDir()); path != dir || err != nil {
		t.Errorf("the folder %s is in %s, %v", dir, path, err)
	}
	file := filepath.Join(t.TempDir(), "m.gguf")
	check(t, os.WriteFile(file, nil, 0o666))
	if _, err := l.Folder(file, t.TempDir()); err == nil || !strings.Contains(err.Error(), "must be a folder") {
		t.Errorf("a GGUF file: %v", err)
	}
}
