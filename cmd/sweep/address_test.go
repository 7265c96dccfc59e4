package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A web address of the hub is the name of the model there; another one is refused.
func TestWebAddresses(t *testing.T) {
	const hub = "https://huggingface.co/"
	for text, want := range map[string]string{
		hub + "org/name": "org/name", hub + "org/name/": "org/name", hub + "org/name?library=x#top": "org/name",
		hub + "org/name/tree/main": "org/name", hub + "org/name/tree/v1.0": "org/name@v1.0",
		hub + "org/name/blob/main/a/b-Q8_0.gguf":          "org/name/a/b-Q8_0.gguf",
		hub + "org/name/resolve/dev/b.gguf?download=true": "org/name/b.gguf@dev",
		hub + "org/name/blob/main/model.safetensors":      "org/name",
		"https://hf.co/org/name":                          "org/name",
		"org/name@v1":                                     "org/name@v1",
		"./folder":                                        "./folder",
		"https://example.org/m.gguf":                      "",
		"s3://bucket/model":                               "",
		hub + "org":                                       "",
		hub + "datasets/org/name/blob/main/train.jsonl":   "",
	} {
		got, err := ofAddress(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q (%v), want %q", text, got, err, want)
		}
	}
}

// A file of a model or an adapter stands for its folder; other weights and links to nothing do not.
func TestFilesOfFolders(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"config.json", "model.safetensors", "model-00001-of-00002.safetensors",
		"adapter_model.safetensors", "consolidated.safetensors", "pytorch_model.bin", "m.gguf"} {
		check(t, os.WriteFile(filepath.Join(dir, name), nil, 0o666))
	}
	check(t, os.Symlink("/nowhere/at/all", filepath.Join(dir, "link")))
	for name, want := range map[string]string{
		"config.json": dir, "model.safetensors": dir, "model-00001-of-00002.safetensors": dir,
		"adapter_model.safetensors": dir, "m.gguf": filepath.Join(dir, "m.gguf"),
		"absent": filepath.Join(dir, "absent"),
	} {
		if got, err := folderOf(filepath.Join(dir, name)); got != want || err != nil {
			t.Errorf("%s: %q (%v), want %q", name, got, err, want)
		}
	}
	for name, want := range map[string]string{
		"consolidated.safetensors": "is a single file", "pytorch_model.bin": "is a single file",
		"link": `is a link to "/nowhere/at/all", which is not there`,
	} {
		if got, err := folderOf(filepath.Join(dir, name)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q (%v), want %q", name, got, err, want)
		}
	}
}
