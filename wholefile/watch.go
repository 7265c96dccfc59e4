package wholefile

import (
	"sync"
	"time"
)

// Watch measures for how long things stay as they are. It uses the clock of this process
// alone, since the clocks of hosts differ. The zero Watch has seen nothing.
type Watch struct {
	mu   sync.Mutex
	seen map[string]sighting
}

// sighting is a state in which a thing was seen, when it was first seen so, and whether it was seen in
// another one before.
type sighting struct {
	state   string
	since   time.Time
	changed bool
}

// Unchanged returns the time since a thing was first seen in the given state, if it was in
// no other state whenever Unchanged was called since. Otherwise it returns 0.
func (w *Watch) Unchanged(thing, state string) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	last, before := w.seen[thing]
	if before && last.state == state {
		return time.Since(last.since)
	}
	if w.seen == nil {
		w.seen = make(map[string]sighting)
	}
	w.seen[thing] = sighting{state, time.Now(), before}
	return 0
}

// Changed reports whether the thing was ever seen to change.
func (w *Watch) Changed(thing string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seen[thing].changed
}
