package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

func TestFindTakesWhatIsHere(t *testing.T) {
	asked := false
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked = true
		w.WriteHeader(http.StatusUnauthorized)
	}))
	defer s.Close()
	t.Setenv("HF_ENDPOINT", s.URL)
	t.Setenv("HF_HOME", t.TempDir())
	t.Chdir(t.TempDir())
	if err := os.MkdirAll("org/name", 0o755); err != nil {
		t.Fatal(err)
	}
	find := func(name string) (string, error) {
		return find(context.Background(), new(bytes.Buffer), name, false)
	}
	for _, name := range []string{"org/name", "a/b/c", "models/x.gguf"} {
		if path, err := find(name); path != name || err != nil || asked {
			t.Errorf("%s: %s, %v; the hub is asked: %v", name, path, err, asked)
		}
	}
	_, err := find("missing")
	if err == nil || asked || !strings.Contains(err.Error(), "a model on the hub is written ORG/NAME") {
		t.Errorf("missing: %v; the hub is asked: %v", err, asked)
	}
	_, err = find("org/other")
	if err == nil || !strings.Contains(err.Error(),
		"there is no file or folder org/other; hub: org/other: there is no such model") {
		t.Error(err)
	}
	t.Setenv("HF_HUB_OFFLINE", "1")
	if _, err := find("org/other"); err == nil || !strings.Contains(err.Error(), "HF_HUB_OFFLINE forbids") {
		t.Error(err)
	}
}

func TestFetchProgress(t *testing.T) {
	var b bytes.Buffer
	p := newFetchProgress(&b)
	p.update("a", 0, 3e6)
	p.update("a", 1e6, 3e6) // too soon
	p.started, p.shown = p.started.Add(-time.Minute), p.shown.Add(-time.Minute)
	p.update("a", 2e6, 3e6)
	p.update("a", 3e6, 3e6)
	p.update("b", 1, 1)
	want := "fetching a: 0.0 of 3.0 MB\nfetching a: 2.0 of 3.0 MB, 0.0 MB/s, 30 s left\nfetching a: 3.0 of 3.0 " +
		"MB\nfetching b: 0.0 of 0.0 MB\n"
	if b.String() != want {
		t.Errorf("%q, want %q", &b, want)
	}
}
