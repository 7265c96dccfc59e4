package results

import (
	"errors"
	"io/fs"
	"math"
	"path/filepath"
	"strings"
	"time"

	"ranksweep/wholefile"
)

// Progress is how far a run is, as its lease says it.
type Progress struct {
	Step  int      `json:"step,omitempty"`  // updates made
	Steps int      `json:"steps,omitempty"` // updates of the whole run; 0: not known yet
	Loss  *float64 `json:"loss,omitempty"`  // training loss of the last step; nil: none, or no finite one
}

// told is what a holder said last.
type told struct {
	step, steps int
	loss        float64
}

// Tell says how far the run is, with a loss of NaN if there is none. It is cheap, and may be called at
// each step: the file of the lease has it from the next beat on. A nil Lease takes it too.
func (l *Lease) Tell(step, steps int, loss float64) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = told{step, steps, loss}
}

// progress returns what the holder told last.
func (l *Lease) progress() Progress {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := Progress{Step: l.last.step, Steps: l.last.steps}
	if loss := l.last.loss; p.Step > 0 && !math.IsNaN(loss) && !math.IsInf(loss, 0) {
		p.Loss = &loss
	}
	return p
}

// Holder is a process that trains a run, as the run's lease says it.
type Holder struct {
	Run string // its ID
	wholefile.Writer
	Task    string  // what a cluster calls the process; may be empty
	Seconds float64 // for how long it had the run at its last beat
	Progress

	// Silent is the time since its last beat. Once this store saw two beats, that is by the clock of this
	// process; before, by the time of the file and the clock of its disk.
	Silent time.Duration
}

// Lost reports whether others may take the run over.
func (h Holder) Lost() bool { return h.Silent >= leaseTerm }

// Holders returns who trains which run, in order of ID. It leaves out processes of this host that have
// ended, and leases that cannot be read.
func (s *Store) Holders() (all []Holder, err error) {
	entries, err := s.files.ReadDir(s.runs)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, e := range entries {
		id, lease := strings.CutSuffix(strings.TrimPrefix(e.Name(), "."), leaseSuffix)
		if !lease {
			continue
		}
		if h, ok := s.holder(id, e); ok {
			all = append(all, h)
		}
	}
	return all, nil
}

func (s *Store) holder(id string, e fs.DirEntry) (h Holder, ok bool) {
	text, err := s.readLease(s.leasePath(id))
	l := decodeLease(text)
	for n := 0; n < 3 && err == nil && l.Claim == ""; n++ { // it is just being written
		time.Sleep(20 * time.Millisecond)
		text, err = s.readLease(s.leasePath(id))
		l = decodeLease(text)
	}
	if err != nil || l.Claim == "" || l.Ended() {
		return h, false
	}
	h = Holder{Run: id, Writer: l.Writer, Task: l.Task, Seconds: l.Seconds, Progress: l.Progress}
	h.Silent = s.leases.Unchanged(id, seen(text, nil))
	if info, err := e.Info(); err == nil && !s.leases.Changed(id) {
		h.Silent = max(h.Silent, s.age(info.ModTime()))
	}
	return h, true
}

// age is the time since a lease was written. If by the clock of this host its holder does not live, or will
// write it, the two clocks may differ, and the disk's own is asked.
func (s *Store) age(written time.Time) time.Duration {
	age := time.Since(written)
	if age < 0 || age >= leaseTerm {
		age += s.ahead()
	}
	return age
}

// diskAhead returns how far the clock of a disk is ahead of this host's, by the time of a file that it makes
// in a folder; 0 if it cannot make one.
func diskAhead(files FileSystem, folder string) time.Duration {
	own := filepath.Join(folder, wholefile.PartialName("clock"))
	defer files.RemoveAll(own)
	if errors.Join(files.MkdirAll(own), files.Create(filepath.Join(own, "now"), nil)) != nil {
		return 0
	}
	made, err := files.ReadDir(own)
	if err != nil || len(made) != 1 {
		return 0
	}
	info, err := made[0].Info()
	if err != nil {
		return 0
	}
	return time.Until(info.ModTime())
}
