package peft

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"ranksweep/nn/nntest"
)

// FuzzRead: a folder of any bytes gives an adapter or an error, but no panic. An adapter that
// was read can be written and read again.
func FuzzRead(f *testing.F) {
	folders, err := filepath.Glob("testdata/llama/adapters/*")
	if err != nil || len(folders) == 0 {
		f.Fatalf("no folders: %v", err)
	}
	doras, err := filepath.Glob("testdata/dora/llama/adapters/*")
	if err != nil || len(doras) == 0 {
		f.Fatalf("no folders of DoRA: %v", err)
	}
	folders = append(folders, doras...)
	m := nntest.Model(f)
	own := write(f, configWith(f, `{"rank_pattern": {"q.*": 4}}`), tensorsOf(attach(f, m, adapter{"k_proj", 3, 2})))
	for _, dir := range append(folders, own) {
		config, err := os.ReadFile(filepath.Join(dir, configFile))
		check(f, err)
		weights, err := os.ReadFile(filepath.Join(dir, weightsFile))
		check(f, err)
		f.Add(config, weights)
	}
	f.Fuzz(func(t *testing.T, config, weights []byte) {
		folder, err := read(fstest.MapFS{configFile: {Data: config}, weightsFile: {Data: weights}}, m)
		if err != nil {
			return
		}
		dir := t.TempDir()
		check(t, folder.Write(dir))
		if _, err := Read(dir, m); err != nil {
			t.Errorf("written and read again: %v", err)
		}
	})
}
