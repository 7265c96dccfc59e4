package main

import (
	"strings"
	"testing"
)

func TestPythonVersion(t *testing.T) {
	for v, want := range map[string]string{
		"v1.2.0":         "1.2.0",
		"v1.2.0+dirty":   "1.2.0+dirty",
		"v1.2.0-alpha.1": "1.2.0a1",
		"v1.2.0-beta2":   "1.2.0b2",
		"v1.2.0-rc.10":   "1.2.0rc10",
		// The three forms of go.dev/ref/mod#pseudo-versions: without a tag, after a tag, after a
		// tag of a version to come.
		"v0.0.0-20261130030548-d649d98abcde":         "0.0.0.post20261130030548+gd649d98abcde",
		"v0.0.0-20261130030548-d649d98abcde+dirty":   "0.0.0.post20261130030548+gd649d98abcde.dirty",
		"v1.2.1-0.20261130030548-d649d98abcde":       "1.2.0.post20261130030548+gd649d98abcde",
		"v1.2.0-rc.1.0.20261130030548-d649d98abcde":  "1.2.0rc1.post20261130030548+gd649d98abcde",
		"v2.0.0-alpha.0.20261130030548-d649d98abcde": "",
		"v1.2.0-preview": "",
		"v1.2.0-preview.0.20261130030548-d649d98abcde": "",
		"(devel)":       "",
		"":              "",
		"v1.2.0-rc.1.2": "",
	} {
		got, err := pythonVersion(v)
		if got != want || (err != nil) != (want == "") {
			t.Errorf("%q: got %q, %v, want %q", v, got, err, want)
		}
	}
}

func TestPythonVersionSaysWhatToDo(t *testing.T) {
	for v, want := range map[string]string{"(devel)": "build in a git checkout", "v1.0.0-x": "use -alpha.N"} {
		if _, err := pythonVersion(v); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q in it", v, err, want)
		}
	}
}
