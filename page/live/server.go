package live

import (
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"ranksweep/page"
)

// A Server answers with the page and the state that it was shown last.
type Server struct {
	listener net.Listener
	token    string // that the path must begin with; empty: none

	once  sync.Once
	shown chan struct{} // is closed when there is something to show

	mu    sync.Mutex
	page  []byte
	state State
}

// A State is how a sweep stands.
type State struct {
	Version string   `json:"version"` // of the page
	Said    []string `json:"said"`    // sentences
	Running []Run    `json:"running"`
}

// A Run is in training.
type Run struct {
	Place    string       `json:"place"` // in its grid
	Progress string       `json:"progress"`
	By       string       `json:"by"`     // who trains it
	Points   [][2]float64 `json:"points"` // steps and training losses, as far as they were told
}

// ShowPage takes another page.
func (s *Server) ShowPage(p page.Page) error {
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.page, s.state.Version = b.Bytes(), p.Version
	s.once.Do(func() { close(s.shown) })
	return nil
}

// ShowState takes another state of the sweep.
func (s *Server) ShowState(said []string, running []Run) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.Said, s.state.Running = said, running
}

// Bounds on those who ask: none may hold a connection open for long, or send much.
const (
	readTime  = 5 * time.Second
	writeTime = time.Minute
	idleTime  = 2 * time.Minute
	mostBytes = 16 << 10 // of a header
)

// Serve answers until ctx ends.
func (s *Server) Serve(ctx context.Context) error {
	server := &http.Server{Handler: s, ReadTimeout: readTime, ReadHeaderTimeout: readTime, WriteTimeout: writeTime,
		IdleTimeout: idleTime, MaxHeaderBytes: mostBytes}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	if err := server.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("live: %w", err)
	}
	return nil
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, ok := s.allowed(r)
	switch {
	case !ok:
		http.Error(w, "Open the address that sweep serve printed.", http.StatusForbidden)
		return
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "This page is only read.", http.StatusMethodNotAllowed)
		return
	}
	for name, value := range map[string]string{
		"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
		"Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
		"Content-Security-Policy": page.Policy(true) + "; frame-ancestors 'none'",
	} {
		w.Header().Set(name, value)
	}
	switch path {
	case "":
		s.sendPage(w, r)
	case "state":
		s.sendState(w)
	default:
		http.NotFound(w, r)
	}
}

// allowed returns the path that is asked for, without the token. Without one, who asks must have opened an address of
// this machine: a page of another site may have a name that leads here (DNS rebinding), but it sends that name.
func (s *Server) allowed(r *http.Request) (path string, ok bool) {
	path = strings.TrimPrefix(r.URL.Path, "/")
	if s.token == "" {
		host, port, err := net.SplitHostPort(r.Host)
		_, own, _ := net.SplitHostPort(s.listener.Addr().String()) // it has both
		return path, err == nil && port == own && isLoopback(host)
	}
	token, path, _ := strings.Cut(path, "/")
	return path, subtle.ConstantTimeCompare([]byte(token), []byte(s.token)) == 1
}

// sendPage waits for the first page.
func (s *Server) sendPage(w http.ResponseWriter, r *http.Request) {
	select {
	case <-s.shown:
	case <-r.Context().Done():
		return
	}
	s.mu.Lock()
	text := s.page
	s.mu.Unlock()
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(text) // who asks may have gone
}

func (s *Server) sendState(w http.ResponseWriter) {
	s.mu.Lock()
	text, err := json.Marshal(s.state)
	s.mu.Unlock()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(text)
}
