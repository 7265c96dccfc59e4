package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSafeText(t *testing.T) {
	for text, want := range map[string]string{
		"α, \t rank^½\n": "α, \t rank^½\n", "\x1b[31mred\x07\r\x7f": `\x1b[31mred\x07\x0d\x7f`, "\u009b2J": `\x9b2J`,
	} {
		var b bytes.Buffer
		n, err := safeWriter{&b}.Write([]byte(text))
		if b.String() != want || n != len(text) || err != nil {
			t.Errorf("%q: %q, %d bytes (%v), want %q", text, &b, n, err, want)
		}
	}
}

// Whatever stands in a user's files or arguments, nothing of it controls the terminal.
func TestNothingControlsTheTerminal(t *testing.T) {
	const escape = "\x1b]0;owned\x07\x1b[2J"
	dir := t.TempDir()
	store := filepath.Join(dir, "store")
	record := filepath.Join(store, "runs", "0123456789abcdef")
	check(t, os.MkdirAll(record, 0o777))
	check(t, os.WriteFile(filepath.Join(record, "run.json"), []byte("{}"), 0o666))
	check(t, os.WriteFile(filepath.Join(record, "SHA256SUMS"), []byte("00  "+escape+"\n"), 0o666))
	file := filepath.Join(dir, "x.yaml")
	check(t, os.WriteFile(file, []byte("name: x\nquestion: \"a\\e[2J\"\nmodel: \"b\\e[2J\"\ngrid: {rank: [1]}\n"),
		0o666))
	for _, args := range [][]string{
		{"status", store}, {"table", store}, {"show", file}, {"show", file, "--set", "data=" + escape},
		{"run", escape}, {escape}, {"status", escape}, {"explain", escape}, {"eval", escape}, {"list", escape},
	} {
		var out, said bytes.Buffer
		if code := run(t.Context(), args, &out, &said); code == 0 {
			t.Errorf("%q: exit status 0", args)
		}
		if text := out.String() + said.String(); strings.ContainsAny(text, "\x1b\x07\u009b") || said.Len() == 0 {
			t.Errorf("%q: %q", args, text)
		}
	}
}
