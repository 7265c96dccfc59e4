package hub

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// weights returns the content of the server's weights and the path of their blob in a cache.
func (s *server) weights(c *Client) (content, blob string) {
	content = s.files[weightsFile]
	return content, filepath.Join(c.Cache, "models--org--name", "blobs",
		fmt.Sprintf("%x", sha256.Sum256([]byte(content))))
}

// answerWeights lets the other host answer every request for weights by itself, and counts them.
func (s *server) answerWeights(answer http.HandlerFunc) (asked *int) {
	asked = new(int)
	s.large.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		*asked++
		s.mu.Unlock()
		answer(w, r)
	})
	return asked
}

func fetchError(t *testing.T, c *Client) error {
	t.Helper()
	_, err := c.Fetch(context.Background(), mustParse(t, "org/name"))
	if err == nil {
		t.Fatal("no error")
	}
	return err
}

// trickle answers with some bytes, and then with one at each tick of a clock, without an end.
func trickle(ticks <-chan time.Time, begin string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, begin)
		w.(http.Flusher).Flush()
		for {
			select {
			case <-ticks:
				fmt.Fprint(w, " ")
				w.(http.Flusher).Flush()
			case <-r.Context().Done():
				return
			}
		}
	}
}

// A list that stalls, drips, or drips just fast enough not to be a stall ends with a message.
func TestStalledList(t *testing.T) {
	const short = 50 * time.Millisecond
	drip := time.NewTicker(time.Millisecond)
	defer drip.Stop()
	for _, c := range []struct {
		name          string
		answer        http.HandlerFunc
		stall, listed time.Duration
		want          string
	}{
		{"stalls", trickle(nil, `{"sha": `), short, time.Hour, "bytes have arrived in 50ms: the hub or the line to it"},
		{"drips", trickle(drip.C, `{"sha": `), short, time.Hour,
			"bytes have arrived in 50ms: the hub or the line to it"},
		{"flows", func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := fmt.Fprint(w, strings.Repeat(" ", leastBytes)); err != nil {
					return
				}
				w.(http.Flusher).Flush()
				<-drip.C
			}
		}, time.Hour, short, "the answer is not complete after 50ms"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t)
			s.Config.Handler = c.answer
			client := s.client(t)
			client.stall, client.listed = c.stall, c.listed
			var notes []string
			client.Note = func(text string) { notes = append(notes, text) }
			wantError(t, fetchError(t, client), "hub: org/name: ", c.want, "revision main is not in the cache")
			if len(notes) != attempts-1 || !strings.HasSuffix(notes[0], ": trying again") {
				t.Errorf("notes %q", notes)
			}
		})
	}
}

// A file whose bytes drip ends like one that stalls.
func TestDrippingFile(t *testing.T) {
	drip := time.NewTicker(time.Millisecond)
	defer drip.Stop()
	s := newServer(t)
	asked := s.answerWeights(trickle(drip.C, ""))
	c := s.client(t)
	c.stall = 50 * time.Millisecond
	fetched := make(chan error, 1)
	go func() {
		_, err := c.Fetch(context.Background(), mustParse(t, "org/name"))
		fetched <- err
	}()
	select {
	case err := <-fetched:
		wantError(t, err, "model.safetensors: ", "is stalled")
	case <-time.After(time.Minute):
		t.Fatalf("still fetching after %d requests", *asked)
	}
}

// A hub that promises more bytes than it sends, or always begins again, is asked only a few times.
func TestNoProgress(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer func(content string) http.HandlerFunc
		want   string
	}{
		{"sends less than it lists", func(content string) http.HandlerFunc {
			return func(w http.ResponseWriter, _ *http.Request) {
				fmt.Fprint(w, content[:7000])
				w.(http.Flusher).Flush() // without a Content-Length
			}
		}, "cut off after 7000 of 8000 bytes; 7000 of 8000 bytes are kept"},
		{"begins again each time", func(content string) http.HandlerFunc {
			n := 0
			return func(w http.ResponseWriter, _ *http.Request) {
				n++
				w.Header().Set("Content-Length", "8000")
				fmt.Fprint(w, content[:5000-n])
			}
		}, "cut off after"},
		{"knows no more bytes", func(content string) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Range") != "" {
					w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
					return
				}
				fmt.Fprint(w, content[:7000])
				w.(http.Flusher).Flush()
			}
		}, "(HTTP status 416)"},
		{"goes on from another byte", func(content string) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Range", "bytes 1-7999/8000")
				w.WriteHeader(http.StatusPartialContent)
				fmt.Fprint(w, content[1:100])
				w.(http.Flusher).Flush()
			}
		}, "model.safetensors: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t)
			client := s.client(t)
			content, _ := s.weights(client)
			asked := s.answerWeights(c.answer(content))
			wantError(t, fetchError(t, client), "model.safetensors: ", c.want)
			if *asked > 2*attempts {
				t.Errorf("%d requests", *asked)
			}
			if dir := client.snapshot(mustParse(t, "org/name"), commit); isFile(filepath.Join(dir, weightsFile)) {
				t.Error("the model is there")
			}
		})
	}
}

// What an answer says of itself must be what the list says of the file.
func TestOtherLength(t *testing.T) {
	for _, c := range []struct{ header, value, want string }{
		{"Content-Length", "9000", "9000 bytes are going to arrive, but by the hub's list of files it must be 8000"},
		{"Content-Length", "100", "100 bytes are going to arrive"},
		{"Content-Encoding", "gzip", `arrives compressed (Content-Encoding "gzip"), which was not asked for`},
	} {
		s := newServer(t)
		asked := s.answerWeights(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set(c.header, c.value) })
		client := s.client(t)
		wantError(t, fetchError(t, client), "model.safetensors: ", c.want)
		if *asked != 1 {
			t.Errorf("%s: %d requests", c.want, *asked)
		}
	}
}

// A model that does not fit on the disk is refused before its first byte.
func TestFullDisk(t *testing.T) {
	s := newServer(t)
	asked := s.answerWeights(s.serveLarge)
	c := s.client(t)
	c.free = func(string) (int64, bool) { return 8009, true } // 8000 of weights, 8 and 2 of JSON
	wantError(t, fetchError(t, c), "8010 bytes are missing, but the disk of "+c.Cache+" has room for 8009: make room")
	if *asked > 0 {
		t.Errorf("%d requests", *asked)
	}
	c.free = func(string) (int64, bool) { return 8010, true }
	mustFetch(t, c, "org/name")
	c.free = func(string) (int64, bool) { return 0, true } // nothing is missing
	mustFetch(t, c, "org/name")
	if free, known := freeSpace(t.TempDir()); known && free <= 0 {
		t.Errorf("%d bytes are free", free)
	}
}

// Sizes of 2^62 bytes are refused by the disk's real size, and their sum does not overflow.
func TestHugeSize(t *testing.T) {
	s := newServer(t)
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/tree/") {
			fmt.Fprintf(w, `[{"type": "file", "path": "config.json", "size": %d, "oid": %q},
				{"type": "file", "path": "model.safetensors", "size": %[1]d, "oid": %[2]q}]`, 1<<62, gitSum("a"))
			return
		}
		s.serve(w, r)
	})
	c := s.client(t)
	if _, known := freeSpace(c.Cache); !known {
		t.Skip("the free space is not known on this system")
	}
	wantError(t, fetchError(t, c), "9223372036854775807 bytes are missing, but the disk of ")
}

// A bit that flipped in the cache is noticed, online and offline, and the file is kept.
func TestFlippedBit(t *testing.T) {
	s := newServer(t)
	c := s.client(t)
	mustFetch(t, c, "org/name")
	content, blob := s.weights(c)
	for _, offline := range []bool{false, true} {
		for _, path := range []string{blob, filepath.Join(filepath.Dir(blob), gitSum(s.files["config.json"]))} {
			was, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			flipped := append([]byte{was[0] ^ 4}, was[1:]...)
			write(t, path, flipped)
			fresh := s.client(t)
			fresh.Cache, fresh.Offline = c.Cache, offline
			wantError(t, fetchError(t, fresh), "the copy in the cache has the checksum ",
				"but must have "+filepath.Base(path),
				"it was damaged or edited: remove "+path)
			if got, err := os.ReadFile(path); err != nil || string(got) != string(flipped) {
				t.Errorf("the file was changed: %v", err)
			}
			write(t, path, was)
			mustFetch(t, fresh, "org/name")
		}
	}
	if len(content) != 8000 {
		t.Fatalf("%d bytes", len(content))
	}
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o666); err != nil {
		t.Fatal(err)
	}
}

// A blob is compared once: what a client fetched or compared is not read again.
func TestBlobIsComparedOnce(t *testing.T) {
	s := newServer(t)
	c := s.client(t)
	mustFetch(t, c, "org/name")
	_, blob := s.weights(c)
	write(t, blob, []byte("other"))
	mustFetch(t, c, "org/name")
}

// The token stays with the hub when lists or files are redirected, over several hosts and back.
func TestRedirectsKeepNoToken(t *testing.T) {
	s := newServer(t)
	var shown []string
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		shown = append(shown, r.Header.Get("Authorization"))
		http.Redirect(w, r,
			s.URL+r.URL.Path+"?back="+r.URL.Query().Get("cursor")+"&cursor="+r.URL.Query().Get("cursor"),
			http.StatusTemporaryRedirect)
	}))
	defer other.Close()
	elsewhere := strings.Replace(other.URL, "127.0.0.1", "localhost", 1)
	s.failing = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Query().Has("back") {
			shown = append(shown, r.Header.Get("Authorization"))
			return false
		}
		http.Redirect(w, r, elsewhere+r.URL.Path+"?cursor="+r.URL.Query().Get("cursor"), http.StatusFound)
		return true
	}
	c := s.client(t)
	c.Token = "hf_secret"
	mustFetch(t, c, "org/name")
	if len(shown) < 8 || strings.Join(append(shown, s.tokens...), "") != "" {
		t.Errorf("other hosts, and redirects from them, show %q %q", shown, s.tokens)
	}
}

// A lock can be taken by all whom the umask allows to write.
func TestLocksAreShared(t *testing.T) {
	s := newServer(t)
	c := s.client(t)
	mustFetch(t, c, "org/name")
	_, blob := s.weights(c)
	lock := filepath.Join(c.Cache, ".locks", "models--org--name", filepath.Base(blob)+".lock")
	info, err := os.Stat(lock)
	if err != nil {
		t.Fatal(err)
	}
	model, err := os.Stat(blob)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != model.Mode() {
		t.Errorf("the lock has mode %v, the file %v", info.Mode(), model.Mode())
	}
}

// Who waits for another process says so, and stops when its context ends.
func TestWaitingForAnother(t *testing.T) {
	s := newServer(t)
	c := s.client(t)
	_, blob := s.weights(c)
	lock := filepath.Join(c.Cache, ".locks", "models--org--name", filepath.Base(blob)+".lock")
	if err := os.MkdirAll(filepath.Dir(lock), 0o777); err != nil {
		t.Fatal(err)
	}
	release, err := c.lock(context.Background(), lock)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	ctx, stop := context.WithCancel(context.Background())
	c.Note = func(text string) {
		wantError(t, fmt.Errorf("%s", text), "waiting for another process that fetches the same file: it holds "+lock)
		stop()
	}
	_, err = c.Fetch(ctx, mustParse(t, "org/name"))
	wantError(t, err, "waiting for another process: "+lock, "context canceled")
}

// Lists without an end are refused.
func TestEndlessList(t *testing.T) {
	s := newServer(t)
	s.failing = func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, "/tree/") {
			return false
		}
		page, _ := strconv.Atoi(r.URL.Query().Get("page"))
		w.Header().Set("Link", fmt.Sprintf(`<%s%s?page=%d>; rel="next"`, s.URL, r.URL.Path, page+1))
		fmt.Fprint(w, "[]")
		return true
	}
	wantError(t, fetchError(t, s.client(t)), "the list of files has more than 100 pages")
	s.failing = func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, "/tree/") {
			return false
		}
		w.Write([]byte("["))
		for i := range maxFiles + 1 {
			fmt.Fprintf(w, `{"type": "file", "path": "%d"},`, i)
		}
		w.Write([]byte("{}]"))
		return true
	}
	wantError(t, fetchError(t, s.client(t)), "the list of files has more than 200000 of them")
	s.failing = func(w http.ResponseWriter, r *http.Request) bool {
		for range maxJSON/(1<<20) + 1 {
			w.Write(make([]byte, 1<<20))
		}
		return true
	}
	wantError(t, fetchError(t, s.client(t)), "the answer has more than 67108864 bytes")
}
