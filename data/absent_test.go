package data

import (
	"os"
	"strings"
	"testing"
)

func TestAbsent(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.Mkdir("folder", 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"train.jsonl", "folder/valid.jsonl.gz", "notes.md"} {
		if err := os.WriteFile(name, []byte(`{"text":"x"}`), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const none = ": no such file or directory: "
	for path, want := range map[string]string{
		"other.jsonl":       "open other.jsonl" + none + "a relative path begins in the current folder, " + dir,
		"no/train.jsonl":    "open no/train.jsonl" + none + "a relative path begins in ",
		"/no/train.jsonl":   "open /no/train.jsonl" + none + "correct the path",
		"~/train.jsonl":     none + "~ is no folder here, but a shell's word: write $HOME instead",
		"https://a.b/c.txt": none + "nothing is fetched: download it, ",
		"trian.jsonl":       none + `did you mean "train.jsonl"?`,
		"train.json":        none + `did you mean "train.jsonl"?`,
		"Train.txt":         none + `did you mean "train.jsonl"?`,
		"folder/vaild.txt":  none + `did you mean "folder/valid.jsonl.gz"?`,
		"train":             `unknown source "train": did you mean "train.jsonl"? must be `,
		"go-pros":           `unknown source "go-pros": did you mean "go-prose"? must be `,
		"notes.md":          `unknown source "notes.md": must be `,
		"folder":            "folder: it is a folder: name a file in it",
		"node.jsonl":        none + "a relative path begins in ", // near notes.md, which is no data
	} {
		if err := loadError(path); err == nil || !strings.HasPrefix(err.Error(), "data: ") ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%s:\n got %v\nwant %s", path, err, want)
		}
	}
}
