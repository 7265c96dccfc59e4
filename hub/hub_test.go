package hub

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"ranksweep/wholefile"
)

const commit = "0123456789abcdef0123456789abcdef01234567"

// server is a hub with one model, org/name. Files of weights are on another host, as on the
// real hub.
type server struct {
	*httptest.Server
	large *httptest.Server

	mu       sync.Mutex
	files    map[string]string
	requests []string
	failing  func(w http.ResponseWriter, r *http.Request) bool // answers instead of the server if it returns true
	cutOff   int                                               // most bytes in an answer with a large file; 0 for all
	sums     map[string]string                                 // wrong checksums
	tokens   []string                                          // tokens that the other host received
}

func newServer(t *testing.T) *server {
	s := &server{sums: map[string]string{}, files: map[string]string{
		"config.json":         `{"a": 1}`,
		"tokenizer.json":      `{}`,
		"model.safetensors":   strings.Repeat("weights ", 1000),
		"pytorch_model.bin":   "a program",
		"README.md":           "read me",
		"sub/model-Q4.gguf":   strings.Repeat("blocks ", 500),
		"original/params.txt": "",
	}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	s.large = httptest.NewServer(http.HandlerFunc(s.serveLarge))
	t.Cleanup(s.Close)
	t.Cleanup(s.large.Close)
	return s
}

func isLarge(name string) bool {
	return strings.HasSuffix(name, ".safetensors") || strings.HasSuffix(name, ".gguf")
}

func (s *server) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r.URL.Path)
	if s.failing != nil && s.failing(w, r) {
		return
	}
	switch path := r.URL.EscapedPath(); {
	case path == "/api/models/org/name/revision/main", path == "/api/models/org/name/revision/refs%2Fpr%2F1":
		json.NewEncoder(w).Encode(map[string]any{"sha": commit})
	case path == "/api/models/org/name/tree/"+commit:
		s.serveTree(w, r)
	case strings.HasPrefix(path, "/org/name/resolve/"+commit+"/"):
		name := strings.TrimPrefix(path, "/org/name/resolve/"+commit+"/")
		if isLarge(name) {
			http.Redirect(w, r, s.large.URL+"/"+name, http.StatusFound)
			return
		}
		fmt.Fprint(w, s.files[name])
	default:
		w.Header().Set("X-Error-Code", "RevisionNotFound")
		w.WriteHeader(http.StatusNotFound)
	}
}

// serveTree gives the list of files on two pages.
func (s *server) serveTree(w http.ResponseWriter, r *http.Request) {
	entries := []map[string]any{{"type": "directory", "path": "sub", "oid": commit}}
	for _, name := range slices.Sorted(maps.Keys(s.files)) {
		content := s.files[name]
		e := map[string]any{"type": "file", "path": name, "size": len(content), "oid": gitSum(content)}
		if isLarge(name) {
			sum := fmt.Sprintf("%x", sha256.Sum256([]byte(content)))
			if wrong := s.sums[name]; wrong != "" {
				sum = wrong
			}
			e["lfs"] = map[string]any{"oid": sum, "size": len(content)}
		} else if wrong := s.sums[name]; wrong != "" {
			e["oid"] = wrong
		}
		entries = append(entries, e)
	}
	half := len(entries) / 2
	if r.URL.Query().Get("cursor") == "" {
		w.Header().Set("Link", fmt.Sprintf(`<%s%s?cursor=1>; rel="next"`, s.URL, r.URL.Path))
		entries = entries[:half]
	} else {
		entries = entries[half:]
	}
	json.NewEncoder(w).Encode(entries)
}

func gitSum(content string) string {
	return fmt.Sprintf("%x", sha1.Sum(fmt.Appendf(nil, "blob %d\x00%s", len(content), content)))
}

func (s *server) serveLarge(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r.URL.Path+" "+r.Header.Get("Range"))
	s.tokens = append(s.tokens, r.Header.Get("Authorization"))
	content := s.files[strings.TrimPrefix(r.URL.Path, "/")]
	from, status := 0, http.StatusOK
	if text, ok := strings.CutPrefix(r.Header.Get("Range"), "bytes="); ok {
		from, _ = strconv.Atoi(strings.TrimSuffix(text, "-"))
		status = http.StatusPartialContent
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(content)-1, len(content)))
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(content)-from))
	w.WriteHeader(status)
	answer := content[from:]
	if s.cutOff > 0 && len(answer) > s.cutOff {
		answer = answer[:s.cutOff] // the connection ends early
	}
	fmt.Fprint(w, answer)
}

func (s *server) client(t *testing.T) *Client {
	c := New(s.URL, t.TempDir())
	c.patience = time.Millisecond
	return c
}

func mustParse(t *testing.T, text string) Name {
	t.Helper()
	n, ok := ParseName(text)
	if !ok {
		t.Fatalf("%q is no name", text)
	}
	return n
}

func mustFetch(t *testing.T, c *Client, name string) string {
	t.Helper()
	path, err := c.Fetch(context.Background(), mustParse(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func wantError(t *testing.T, err error, want ...string) {
	t.Helper()
	for _, w := range want {
		if err == nil || !strings.Contains(err.Error(), w) {
			t.Errorf("error is %v, want one with %q", err, w)
		}
	}
}

// listing returns the files of a cache without locks, and the targets of links.
func listing(t *testing.T, cache string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(cache, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(path, ".locks") {
			return err
		}
		text, _ := filepath.Rel(cache, path)
		if to, err := os.Readlink(path); err == nil {
			text += " -> " + to
		}
		all = append(all, filepath.ToSlash(text))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestFetch(t *testing.T) {
	s := newServer(t)
	c := s.client(t)
	dir := mustFetch(t, c, "org/name")
	for _, name := range []string{"config.json", "model.safetensors"} {
		if content, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(content) != s.files[name] {
			t.Errorf("%s: %v", name, err)
		}
	}
	weights := fmt.Sprintf("%x", sha256.Sum256([]byte(s.files["model.safetensors"])))
	config, tokenizer := gitSum(s.files["config.json"]), gitSum(s.files["tokenizer.json"])
	want := []string{
		"models--org--name/blobs/" + config,
		"models--org--name/blobs/" + tokenizer,
		"models--org--name/blobs/" + weights,
		"models--org--name/refs/main",
		"models--org--name/snapshots/" + commit + "/config.json -> ../../blobs/" + config,
		"models--org--name/snapshots/" + commit + "/model.safetensors -> ../../blobs/" + weights,
		"models--org--name/snapshots/" + commit + "/tokenizer.json -> ../../blobs/" + tokenizer,
	}
	slices.Sort(want)
	if got := listing(t, c.Cache); !slices.Equal(got, want) {
		t.Errorf("the cache has\n%s, want\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	// The second time, it requests only the commit and the list.
	s.requests = nil
	if again := mustFetch(t, c, "org/name"); again != dir || len(s.requests) != 3 {
		t.Errorf("%s, after %q", again, s.requests)
	}
}

func TestGGUFAndRevision(t *testing.T) {
	s := newServer(t)
	c := s.client(t)
	path := mustFetch(t, c, "org/name/sub/model-Q4.gguf@refs/pr/1")
	if content, err := os.ReadFile(path); err != nil || string(content) != s.files["sub/model-Q4.gguf"] ||
		filepath.Base(path) != "model-Q4.gguf" {
		t.Errorf("%s: %v", path, err)
	}
	if ref, err := os.ReadFile(filepath.Join(c.Cache, "models--org--name", "refs", "refs", "pr", "1")); err != nil ||
		string(ref) != commit {
		t.Errorf("%s, %v", ref, err)
	}
	if got := listing(t, c.Cache); len(got) != 3 {
		t.Errorf("%q", got)
	}
	_, err := c.Fetch(context.Background(), mustParse(t, "org/name/other.gguf"))
	wantError(t, err,
		"hub: org/name/other.gguf: has no file other.gguf at revision main: name one of org/name/sub/model-Q4.gguf")
	_, err = c.Fetch(context.Background(), mustParse(t, "org/name@v2"))
	wantError(t, err, `hub: org/name@v2: has no revision "v2"`)
}

func TestShards(t *testing.T) {
	s := newServer(t)
	delete(s.files, "model.safetensors")
	s.files["a.safetensors"], s.files["b.safetensors"], s.files["unused.safetensors"] = "a", "b", "c"
	s.files[indexFile] = `{"weight_map": {"x": "a.safetensors", "y": "b.safetensors", "z": "a.safetensors"}}`
	c := s.client(t)
	dir := mustFetch(t, c, "org/name")
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 5 {
		t.Errorf("%v, %v", entries, err)
	}
	s.files[indexFile] = `{"weight_map": {"x": "../../a.safetensors"}}`
	_, err = s.client(t).Fetch(context.Background(), mustParse(t, "org/name"))
	wantError(t, err, `shard "../../a.safetensors": must be a .safetensors file`)
	s.files[indexFile] = `{"weight_map": {"x": "gone.safetensors"}}`
	_, err = s.client(t).Fetch(context.Background(), mustParse(t, "org/name"))
	wantError(t, err, "has no file gone.safetensors")
}

// An adapter and the model beside it are fetched separately.
func TestAdapter(t *testing.T) {
	s := newServer(t)
	c := s.client(t)
	n := mustParse(t, "org/name")
	n.Adapter = true
	_, err := c.Fetch(context.Background(), n)
	wantError(t, err, "hub: org/name: has no file adapter_config.json at revision main: pytorch_model.bin is a pickle")
	s.files["adapter_config.json"], s.files["adapter_model.safetensors"] = `{"r": 8}`, "A and B"
	dir, err := c.Fetch(context.Background(), n)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 || entries[0].Name() != "adapter_config.json" ||
		entries[1].Name() != "adapter_model.safetensors" {
		t.Errorf("%v, %v", entries, err)
	}
	c.Offline = true
	if again, err := c.Fetch(context.Background(), n); again != dir || err != nil {
		t.Errorf("offline: %s, %v", again, err)
	}
	_, err = c.Fetch(context.Background(), mustParse(t, "org/name"))
	wantError(t, err, "config.json is not in the cache")
}

func TestNoWeights(t *testing.T) {
	s := newServer(t)
	delete(s.files, "model.safetensors")
	fetch := func() error {
		_, err := s.client(t).Fetch(context.Background(), mustParse(t, "org/name"))
		return err
	}
	wantError(t, fetch(), "has neither model.safetensors nor", "name one of org/name/sub/model-Q4.gguf")
	delete(s.files, "sub/model-Q4.gguf")
	wantError(t, fetch(), "pytorch_model.bin is a pickle")
}

// A download that was cut off continues where it stopped, and is never taken for complete.
func TestCutOff(t *testing.T) {
	s := newServer(t)
	s.cutOff = 3000
	c := s.client(t)
	var told []int64
	c.Progress = func(file string, have, size int64) {
		if file == "model.safetensors" {
			told = append(told, have)
		}
	}
	dir := mustFetch(t, c, "org/name")
	if content, err := os.ReadFile(filepath.Join(dir, "model.safetensors")); err != nil ||
		string(content) != s.files["model.safetensors"] {
		t.Error(err)
	}
	for _, want := range []string{"/model.safetensors ", "/model.safetensors bytes=3000-",
		"/model.safetensors bytes=6000-"} {
		if !slices.Contains(s.requests, want) {
			t.Errorf("no request %q in %q", want, s.requests)
		}
	}
	if !slices.IsSorted(told) || told[len(told)-1] != 8000 {
		t.Errorf("progress %v", told)
	}
}

// A download continues from the part that another process left, and removes a wrong part.
func TestResumeAfterStop(t *testing.T) {
	s := newServer(t)
	c := s.client(t)
	ctx, stop := context.WithCancel(context.Background())
	c.Progress = func(file string, have, size int64) {
		if file == "model.safetensors" && have > 0 {
			stop()
		}
	}
	s.cutOff = 100
	n := mustParse(t, "org/name")
	_, err := c.Fetch(ctx, n)
	wantError(t, err, "model.safetensors: context canceled", "of 8000 bytes are kept")
	if _, err := c.cached(context.Background(), n); err == nil {
		t.Error("a part is taken for a model")
	}
	s.cutOff, c.Progress = 0, nil
	mustFetch(t, c, "org/name")
	if !slices.Contains(s.requests, "/model.safetensors bytes=100-") {
		t.Errorf("%q", s.requests)
	}

	damaged := s.client(t)
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(s.files["model.safetensors"])))
	part := filepath.Join(damaged.Cache, "models--org--name", "blobs", sum+".incomplete")
	if err := wholefile.WriteBytes(part, []byte("not weights")); err != nil {
		t.Fatal(err)
	}
	_, err = damaged.Fetch(context.Background(), n)
	wantError(t, err, "model.safetensors: checksum", "must be "+sum, "removed")
	if isFile(part) {
		t.Error("the damaged part is still there")
	}
	mustFetch(t, damaged, "org/name")

	// A part that is too long is discarded.
	if err := wholefile.WriteBytes(part, []byte(strings.Repeat("x", 9000))); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(filepath.Dir(part), sum),
		filepath.Join(damaged.snapshot(n, commit), "model.safetensors")} {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	mustFetch(t, damaged, "org/name")
}

func TestWrongChecksum(t *testing.T) {
	for _, file := range []string{"model.safetensors", "config.json"} {
		s := newServer(t)
		wrong := gitSum("other")
		if isLarge(file) {
			wrong = fmt.Sprintf("%x", sha256.Sum256([]byte("other")))
		}
		s.sums[file] = wrong
		c := s.client(t)
		_, err := c.Fetch(context.Background(), mustParse(t, "org/name"))
		wantError(t, err, "hub: org/name: "+file+": checksum", wrong)
		for _, name := range listing(t, c.Cache) {
			if strings.Contains(name, wrong) || strings.Contains(name, "refs") {
				t.Errorf("%s is left", name)
			}
		}
		s.sums[file] = "../../x"
		_, err = c.Fetch(context.Background(), mustParse(t, "org/name"))
		wantError(t, err, `the hub answers with the invalid checksum "../../x"`)
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		status      int
		code, token string
		want        string
	}{
		{401, "RepoNotFound", "", "there is no such model, or it is private: check the name, or set HF_TOKEN"},
		{401, "RepoNotFound", "hf_x", "your token may not read it: check the name and HF_TOKEN (HTTP status 401)"},
		{401, "GatedRepo", "", "is gated: ask for access at http://"},
		{403, "GatedRepo", "hf_x", "your token may not read it: ask for access at http://"},
		{403, "", "hf_x", "your token may not read it"},
		{404, "RepoNotFound", "hf_x", "there is no such model, revision or file"},
		{500, "", "", "the hub answers Internal Server Error (HTTP status 500)"},
	} {
		s := newServer(t)
		s.failing = func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("X-Error-Code", c.code)
			w.WriteHeader(c.status)
			return true
		}
		client := s.client(t)
		client.Token = c.token
		_, err := client.Fetch(context.Background(), mustParse(t, "org/name"))
		wantError(t, err, "hub: org/name: ", c.want)
		tries := 1
		if c.status == 500 {
			tries = attempts
		}
		if len(s.requests) != tries {
			t.Errorf("status %d: %d requests, want %d", c.status, len(s.requests), tries)
		}
	}
}

func TestTokenStaysWithTheHub(t *testing.T) {
	s := newServer(t)
	var shown []string
	s.failing = func(_ http.ResponseWriter, r *http.Request) bool {
		shown = append(shown, r.Header.Get("Authorization"))
		return false
	}
	c := s.client(t)
	c.Token = "hf_secret"
	mustFetch(t, c, "org/name")
	for _, token := range shown {
		if token != "Bearer hf_secret" {
			t.Errorf("the hub is shown %q", token)
		}
	}
	if len(s.tokens) == 0 || slices.ContainsFunc(s.tokens, func(token string) bool { return token != "" }) {
		t.Errorf("the other host is shown %q", s.tokens)
	}
}

func TestOffline(t *testing.T) {
	s := newServer(t)
	c := s.client(t)
	c.Offline = true
	_, err := c.Fetch(context.Background(), mustParse(t, "org/name"))
	wantError(t, err, "hub: org/name: revision main is not in the cache "+c.Cache, "HF_HUB_OFFLINE forbids")
	c.Offline = false
	dir := mustFetch(t, c, "org/name")
	s.requests, c.Offline = nil, true
	for _, name := range []string{"org/name", "org/name@" + commit} {
		if got := mustFetch(t, c, name); got != dir || len(s.requests) > 0 {
			t.Errorf("%s: %s after %q", name, got, s.requests)
		}
	}
	_, err = c.Fetch(context.Background(), mustParse(t, "org/name/sub/model-Q4.gguf"))
	wantError(t, err, "sub/model-Q4.gguf is not in the cache")

	// If the hub cannot be reached, the copy in the cache is used, and a note says so.
	c.Offline = false
	s.Close()
	var noted string
	c.Note = func(text string) { noted = text }
	if got := mustFetch(t, c, "org/name"); got != dir || !strings.Contains(noted, "using the copy in the cache") {
		t.Errorf("%s, %q", got, noted)
	}
	_, err = c.Fetch(context.Background(), mustParse(t, "org/other"))
	wantError(t, err, "hub: org/other: ", "refused")
}

func TestStall(t *testing.T) {
	s := newServer(t)
	release := make(chan bool)
	s.large.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "8000")
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		<-release
	})
	defer close(release)
	c := s.client(t)
	c.stall = 20 * time.Millisecond
	_, err := c.Fetch(context.Background(), mustParse(t, "org/name"))
	wantError(t, err, "0 bytes have arrived in 20ms: the hub or the line to it is stalled")
}

// Processes that want the same file fetch it once.
func TestSideBySide(t *testing.T) {
	s := newServer(t)
	cache := t.TempDir()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			c := s.client(t)
			c.Cache = cache
			if _, err := c.Fetch(context.Background(), mustParse(t, "org/name")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	n := 0
	for _, r := range s.requests {
		if strings.HasPrefix(r, "/model.safetensors") {
			n++
		}
	}
	if n != 1 {
		t.Errorf("the weights are fetched %d times", n)
	}
}

func TestParseName(t *testing.T) {
	for text, want := range map[string]Name{
		"org/name":                 {Repo: "org/name", Revision: "main"},
		"org/Na.me-1_x@v1.0":       {Repo: "org/Na.me-1_x", Revision: "v1.0"},
		"org/name/a/b.gguf":        {Repo: "org/name", File: "a/b.gguf", Revision: "main"},
		"org/name/b.gguf@refs/x/1": {Repo: "org/name", File: "b.gguf", Revision: "refs/x/1"},
	} {
		if n, ok := ParseName(text); !ok || n != want || n.String() != text {
			t.Errorf("%s: %+v, %v, %s", text, n, ok, n)
		}
	}
	for _, text := range []string{
		"", "base", "a/b/c", "../name", "org/..", "org/name@", "org/name@../x", "/org/name", "./name", "org/", "~/name",
		"org/name/../x.gguf", "org/name//x.gguf", `org\name`, "org/na me", "models/x.gguf", "org/name@a//b", "C:/name",
	} {
		if n, ok := ParseName(text); ok {
			t.Errorf("%q is read as %+v", text, n)
		}
	}
}

func FuzzParseName(f *testing.F) {
	f.Add("org/name/a/b.gguf@refs/pr/1")
	f.Add("org/../name@x/../../y")
	f.Fuzz(func(t *testing.T, text string) {
		n, ok := ParseName(text)
		if !ok {
			return
		}
		c := New("http://localhost", "cache")
		for _, path := range []string{c.result(n, commit),
			filepath.Join(c.repo(n), "refs", filepath.FromSlash(n.Revision))} {
			if !filepath.IsLocal(path) || !strings.HasPrefix(path, filepath.Join("cache", "models--")) {
				t.Errorf("%q leads to %s", text, path)
			}
		}
	})
}

func TestFromEnvironment(t *testing.T) {
	home := t.TempDir()
	for _, name := range []string{"HF_HOME", "HF_HUB_CACHE", "HF_TOKEN", "HF_TOKEN_PATH", "HF_ENDPOINT",
		"HF_HUB_OFFLINE", "XDG_CACHE_HOME"} {
		t.Setenv(name, "")
	}
	t.Setenv("HOME", home)
	check := func(cache, token, endpoint string, offline bool) {
		t.Helper()
		c, err := FromEnvironment()
		if err != nil {
			t.Fatal(err)
		}
		if c.Cache != cache || c.Token != token || c.Endpoint != endpoint || c.Offline != offline {
			t.Errorf("%s, %s, %s, %v", c.Cache, c.Token, c.Endpoint, c.Offline)
		}
	}
	const usual = "https://huggingface.co"
	check(filepath.Join(home, ".cache", "huggingface", "hub"), "", usual, false)
	t.Setenv("XDG_CACHE_HOME", filepath.Join(home, "xdg"))
	check(filepath.Join(home, "xdg", "huggingface", "hub"), "", usual, false)
	t.Setenv("HF_HOME", "~/hf")
	if err := wholefile.WriteBytes(filepath.Join(home, "hf", "token"), []byte("hf_file\n")); err != nil {
		t.Fatal(err)
	}
	check(filepath.Join(home, "hf", "hub"), "hf_file", usual, false)
	t.Setenv("HF_HUB_CACHE", filepath.Join(home, "cache"))
	t.Setenv("HF_TOKEN", "hf_variable")
	t.Setenv("HF_ENDPOINT", "http://localhost:1/")
	t.Setenv("HF_HUB_OFFLINE", "yes")
	check(filepath.Join(home, "cache"), "hf_variable", "http://localhost:1", true)
}
