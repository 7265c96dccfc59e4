// Package storetest is a file system in memory for tests of what several hosts do in one
// folder. Hosts see each other's changes late, and a test decides what becomes of each
// operation.
package storetest

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Server keeps the files that hosts share.
type Server struct {
	// Delay is the time after which a change by one host is seen by others.
	Delay time.Duration

	mu      sync.Mutex
	paths   map[string][]version       // what may yet be seen at each path, the newest last
	folders map[string]map[string]bool // the paths in each folder
	removed []removal                  // in order of time
}

// removal is the time at which nothing was left at a path.
type removal struct {
	path string
	at   time.Time
}

// version is what is at a path from some time on.
type version struct {
	by   *Host
	at   time.Time
	node *node // nil: nothing
}

type node struct {
	folder bool
	data   []byte
}

// put makes a change, by a host.
func (s *Server) put(by *Host, path string, n *node) {
	if s.paths == nil {
		s.paths, s.folders = make(map[string][]version), make(map[string]map[string]bool)
	}
	s.forget()
	if up := filepath.Dir(path); s.folders[up] == nil {
		s.folders[up] = map[string]bool{path: true}
	} else {
		s.folders[up][path] = true
	}
	now := time.Now()
	seen := s.paths[path]
	for len(seen) > 1 && now.Sub(seen[1].at) >= s.Delay {
		seen = seen[1:]
	}
	s.paths[path] = append(seen, version{by, now, n})
	if n == nil {
		s.removed = append(s.removed, removal{path, now})
	}
}

// forget drops the paths at which everybody sees nothing.
func (s *Server) forget() {
	for len(s.removed) > 0 && time.Since(s.removed[0].at) >= s.Delay {
		r := s.removed[0]
		s.removed = s.removed[1:]
		if seen := s.paths[r.path]; len(seen) > 0 && seen[len(seen)-1].node == nil && seen[len(seen)-1].at.Equal(r.at) {
			delete(s.paths, r.path)
			delete(s.folders[filepath.Dir(r.path)], r.path)
		}
	}
}

// is returns what is at a path, whether a host sees it or not.
func (s *Server) is(path string) *node {
	if all := s.paths[path]; len(all) > 0 {
		return all[len(all)-1].node
	}
	return nil
}

// seen returns what a host sees at a path, and since when that is so.
func (s *Server) seen(by *Host, path string) (*node, time.Time) {
	for _, v := range slices.Backward(s.paths[path]) {
		if v.by == by || time.Since(v.at) >= s.Delay {
			return v.node, v.at
		}
	}
	return nil, time.Time{}
}

// below returns what is below a folder, at any depth.
func (s *Server) below(dir string) (paths []string) {
	for path := range s.folders[dir] {
		if s.is(path) != nil {
			paths = append(append(paths, path), s.below(path)...)
		}
	}
	return paths
}

// makeAll makes a folder and those above it.
func (s *Server) makeAll(by *Host, dir string) error {
	if n := s.is(dir); n != nil && n.folder {
		return nil
	}
	if s.is(dir) != nil {
		return fs.ErrInvalid
	}
	if up := filepath.Dir(dir); up != dir {
		if err := s.makeAll(by, up); err != nil {
			return err
		}
	}
	s.put(by, dir, &node{folder: true})
	return nil
}

// write makes a file, or replaces its content.
func (s *Server) write(by *Host, name string, data []byte) error {
	if up := s.is(filepath.Dir(name)); up == nil || !up.folder {
		return fs.ErrNotExist
	}
	s.put(by, name, &node{data: slices.Clone(data)})
	return nil
}

// rename moves a file or a folder, unless files are in the way.
func (s *Server) rename(by *Host, old, new string) error {
	moved := s.is(old)
	if moved == nil {
		return fs.ErrNotExist
	}
	if len(s.below(new)) > 0 {
		return fs.ErrExist
	}
	for _, path := range append([]string{old}, s.below(old)...) {
		n := s.is(path)
		s.put(by, path, nil)
		s.put(by, new+strings.TrimPrefix(path, old), n)
	}
	return nil
}

// Files returns the content of every file that is there, by path.
func (s *Server) Files() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	files := make(map[string]string)
	for path := range s.paths {
		if n := s.is(path); n != nil && !n.folder {
			files[path] = string(n.data)
		}
	}
	return files
}
