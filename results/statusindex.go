package results

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"ranksweep/wholefile"
)

// statusFile, in runs, is an index of the runs that have a folder: how each ended, and the stamp that
// its record had when it was read. What it says of a run counts as long as the record has that stamp.
// It may be removed at any time, and what is not in it is read from the record.
const statusFile = ".statuses"

// statusFormat is the version of the form of that file, and of which values make a record readable. Who changes
// either raises it.
const statusFormat = 1

// indexing says when an index is worth its while.
type indexing struct {
	least int           // records that it has to save from being read
	still time.Duration // for which a record was not changed, by the clock of its disk: longer than any tick
}

var worthwhile = indexing{1000, 3 * time.Second}

// statusIndex is the index while a store is looked at.
type statusIndex struct {
	indexing
	files  stamping
	folder string
	known  map[string]indexed // by ID, as it was stored

	mu      sync.Mutex
	read    map[string]indexed // by ID, what has to be added
	partial string             // the file of the next index; empty until a record is read
	began   int64              // when that was made, by the clock of its disk; 0 if nothing may be written
}

// indexed is what the index says of a run.
type indexed struct {
	stamp  string
	status Status
}

// index returns the index of a store with so many folders of runs; nil if an index is not worthwhile
// or the file system has no stamps.
func (s *Store) index(folders int) *statusIndex {
	files, ok := s.files.(stamping)
	if !ok || folders < s.indexing.least {
		return nil
	}
	text, _ := files.ReadFile(filepath.Join(s.runs, statusFile)) // none is as good as a damaged one
	return &statusIndex{indexing: s.indexing, files: files, folder: s.runs, known: decodeStatuses(text),
		read: make(map[string]indexed)}
}

// status returns how a run with a folder ended, from the index if the record has not changed since it was read.
func (x *statusIndex) status(id string, read func() (Run, error)) (Run, error) {
	dir := filepath.Join(x.folder, id)
	stamp, _ := recordStamp(x.files, dir)
	if known, ok := x.known[id]; ok && stamp != "" && stamp == known.stamp {
		return Run{ID: id, Status: known.status}, nil
	}
	began := x.begin()
	stamp, changed := recordStamp(x.files, dir) // after began: who changes the record later changes the stamp
	r, err := read()
	if err == nil && stamp != "" && len(r.Unknown) == 0 && changed+x.still.Nanoseconds() < began {
		x.mu.Lock()
		defer x.mu.Unlock()
		x.read[id] = indexed{stamp, r.Status}
	}
	return r, err
}

// begin makes the file of the next index, once, and returns when that was.
func (x *statusIndex) begin() int64 {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.partial == "" {
		x.partial = filepath.Join(x.folder, wholefile.PartialName(statusFile))
		if x.files.Create(x.partial, nil) == nil {
			at, _ := x.files.stamp(x.partial)
			x.began = at.changed
		}
	}
	return x.began
}

// close stores the next index if enough records were read that the last one lacks. It keeps nothing of
// runs without a folder. That it fails costs time and nothing else.
func (x *statusIndex) close(folder map[string]bool) {
	if x.partial == "" {
		return
	}
	defer x.files.RemoveAll(x.partial) // there is none after it was renamed
	if len(x.read) < x.least {
		return
	}
	maps.Copy(x.known, x.read)
	maps.DeleteFunc(x.known, func(id string, _ indexed) bool { return !folder[id] })
	if x.files.Write(x.partial, encodeStatuses(x.known)) == nil {
		x.files.Rename(x.partial, filepath.Join(x.folder, statusFile))
	}
}

// encodeStatuses writes an index: a checksum, who wrote it, and a line a run.
func encodeStatuses(all map[string]indexed) []byte {
	var b strings.Builder
	b.WriteString(indexWriter())
	for _, id := range slices.Sorted(maps.Keys(all)) {
		if !strings.Contains(id, "\n") {
			fmt.Fprintf(&b, "%s %s %s\n", all[id].stamp, all[id].status, id)
		}
	}
	return []byte(hashOf([]byte(b.String())) + "\n" + b.String())
}

// decodeStatuses reads an index. One that is damaged, or of a program that knows other records,
// says nothing.
func decodeStatuses(text []byte) map[string]indexed {
	all := make(map[string]indexed)
	hash, lines, _ := strings.Cut(string(text), "\n")
	if hash != hashOf([]byte(lines)) || !strings.HasPrefix(lines, indexWriter()) {
		return all
	}
	for line := range strings.Lines(lines[len(indexWriter()):]) {
		if words := strings.SplitN(strings.TrimSuffix(line, "\n"), " ", 3); len(words) == 3 {
			all[words[2]] = indexed{words[0], Status(words[1])}
		}
	}
	return all
}

// indexWriter is a line that tells programs apart which may read the same record differently: by their format of
// records, and by the files, fields and columns that they know. Builds that agree in these share an index.
var indexWriter = sync.OnceValue(func() string {
	known := fmt.Sprintln(format, recordFiles, runFieldNames, knownColumns()) // a map is printed in order of its keys
	return fmt.Sprintf("statuses %d by %s\n", statusFormat, hashOf([]byte(known)))
})
