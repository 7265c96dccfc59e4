package checkpoint

import (
	"encoding/json"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"ranksweep/nn"
	"ranksweep/tokenizer"
	"ranksweep/wholefile"
)

// tiny returns a small model with random weights whose tokens are bytes.
func tiny(t *testing.T, tied bool) *Checkpoint {
	t.Helper()
	m, err := nn.New(nn.Config{
		Vocab: 257, Dim: 8, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 2, Hidden: 6,
		Context: 16, NormEps: 1e-5, RopeTheta: 500000, TiedHead: tied,
	})
	if err != nil {
		t.Fatal(err)
	}
	m.Init(rand.New(rand.NewPCG(1, 2)))
	return &Checkpoint{Model: m, Tokenizer: tokenizer.NewByteTokenizer()}
}

// saved returns the folder that Save writes for c.
func saved(t *testing.T, c *Checkpoint, dtype DType) fstest.MapFS {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "model")
	if err := Save(dir, c, dtype); err != nil {
		t.Fatal(err)
	}
	files := make(fstest.MapFS)
	entries, err := fs.ReadDir(os.DirFS(dir), ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = &fstest.MapFile{Data: content}
	}
	return files
}

func mustLoad(t *testing.T, files fs.FS) *Checkpoint {
	t.Helper()
	c, err := LoadFS(files, "tiny")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// setTensors stores tensors as the given file of the folder.
func setTensors(t *testing.T, files fstest.MapFS, name string, tensors []nn.Tensor) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := WriteTensors(path, tensors, F32, nil); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	files[name] = &fstest.MapFile{Data: content}
}

// setConfig sets one field of config.json to a JSON value; "" deletes it.
func setConfig(t *testing.T, files fstest.MapFS, key, value string) {
	t.Helper()
	fields := make(map[string]json.RawMessage)
	if err := json.Unmarshal(files[configFile].Data, &fields); err != nil {
		t.Fatal(err)
	}
	delete(fields, key)
	if value != "" {
		fields[key] = json.RawMessage(value)
	}
	content, err := wholefile.JSON(fields)
	if err != nil {
		t.Fatal(err)
	}
	files[configFile] = &fstest.MapFile{Data: content}
}

// renamed returns tensors with their names changed by f.
func renamed(tensors []nn.Tensor, f func(string) string) []nn.Tensor {
	tensors = slices.Clone(tensors)
	for i := range tensors {
		tensors[i].Name = f(tensors[i].Name)
	}
	return tensors
}

// stories260K returns the folder of a small real model, which is not part of the repository.
func stories260K(t *testing.T) string {
	const dir = "../../shared/models/stories260K"
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("needs the model stories260K: %v", err)
	}
	return dir
}

func readJSONFile(t *testing.T, path string, v any) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(content, v)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// wantError fails the test unless the text of err contains every one of want.
func wantError(t *testing.T, err error, want ...string) {
	t.Helper()
	for _, w := range want {
		if err == nil || !strings.Contains(err.Error(), w) {
			t.Errorf("error is %v, want one with %q", err, w)
		}
	}
}
