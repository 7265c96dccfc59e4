package paper

import "fmt"

// Standing says how a claim stands after the runs.
type Standing uint8

// The standings of a claim, in rising order of what they say.
const (
	NotRun     Standing = iota // there are no runs
	Partial                    // runs are missing
	Unresolved                 // the runs cannot tell
	NotSeen
	Seen
)

// standings are their names, for people and in files.
var standings = [...]struct{ text, code string }{
	NotRun:     {"not run", "not-run"},
	Partial:    {"partial", "partial"},
	Unresolved: {"not resolvable at this size", "unresolved"},
	NotSeen:    {"not seen", "not-seen"},
	Seen:       {"seen", "seen"},
}

// String returns the standing in words. No code may decide by them.
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
	return NotRun, fmt.Errorf("standing %q: must be not-run, partial, unresolved, not-seen or seen", code)
}

// worse is the standing of a claim that needs both of two parts.
func worse(a, b Standing) Standing {
	for _, s := range []Standing{NotRun, Partial, NotSeen, Unresolved} {
		if a == s || b == s {
			return s
		}
	}
	return Seen
}
