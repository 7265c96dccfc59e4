package paper

import "fmt"

// Standing is what became of a claim.
type Standing uint8

// The standings of a claim, from the one that says least.
const (
	NotRun     Standing = iota // there are no runs
	Partial                    // runs are missing
	Unresolved                 // the runs do not tell
	NotSeen
	Seen
)

// standings are what people and files call them.
var standings = [...]struct{ text, code string }{
	NotRun:     {"not run", "not-run"},
	Partial:    {"partial", "partial"},
	Unresolved: {"not resolvable at this size", "unresolved"},
	NotSeen:    {"not seen", "not-seen"},
	Seen:       {"seen", "seen"},
}

// String is the standing in words. Nothing is decided by them.
func (s Standing) String() string { return standings[s].text }

// code is the standing's name in files.
func (s Standing) code() string { return standings[s].code }

// standingOf reads a standing's name in a file.
func standingOf(code string) (Standing, error) {
	for s := range standings {
		if standings[s].code == code {
			return Standing(s), nil
		}
	}
	return NotRun, fmt.Errorf("%q is no standing", code)
}

// worse is the standing of a claim of which two parts must hold.
func worse(a, b Standing) Standing {
	for _, s := range []Standing{NotRun, Partial, NotSeen, Unresolved} {
		if a == s || b == s {
			return s
		}
	}
	return Seen
}
