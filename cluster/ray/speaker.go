package ray

import (
	"encoding/json"
	"io"
	"sync"
	"time"

	"ranksweep/metrics"
	"ranksweep/results"
	"ranksweep/sweep"
)

// speaker tells of a run on a node, a line of JSON each. Of steps it tells once a second.
type speaker struct {
	mu      sync.Mutex
	w       io.Writer
	stepped time.Time
}

func (s *speaker) say(m message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return json.NewEncoder(s.w).Encode(m)
}

func (s *speaker) Started(_ int, j sweep.Job) { s.say(message{Kind: startedKind, ID: j.ID}) }

func (s *speaker) Stepped(_ int, j sweep.Job, p metrics.Point) {
	if now := time.Now(); now.Sub(s.stepped) > time.Second {
		s.stepped = now
		s.say(stepped(j.ID, p))
	}
}

func (s *speaker) Noted(j sweep.Job, text string) {
	s.say(message{Kind: notedKind, ID: j.ID, Text: text})
}

func (s *speaker) Skipped(sweep.Job)                    {}
func (s *speaker) Finished(int, sweep.Job, results.Run) {}
func (s *speaker) Waiting([]sweep.Job)                  {}
func (s *speaker) Interrupted(int, sweep.Job)           {}
func (s *speaker) Resumed(int, sweep.Job, int)          {}
