package paper

import (
	"fmt"
	"slices"
	"strings"
)

// rebased is a program that was built from a commit of which no branch is left.
type rebased struct{ program, successor, since string }

// rebasedTo are the commits that took the place of these programs' commits, and when they were committed.
var rebasedTo = []rebased{{"9f9a228dd774", "40ecb567293f", "2026-11-30 08:49"}}

// rebasedPrograms names the studies whose program is no commit of this repository; empty if there are none.
func rebasedPrograms(made []Finding) (text string) {
	for _, r := range rebasedTo {
		i := slices.IndexFunc(made, func(f Finding) bool { return strings.Contains(f.made.Program, r.program) })
		if i < 0 {
			continue
		}
		text += fmt.Sprintf(" The program %s of %s is no commit of this repository either: it was rebased, and %s "+
			"took its "+
			"place at %s UTC, when most of these runs had begun. That their rule and grid came first, the repository "+
			"itself cannot show.", r.program, made[i].made.Name, r.successor, r.since)
	}
	return text
}

// rebasedNote is said beside the standing of a claim whose runs such a program made; empty of other programs.
func rebasedNote(program string) string {
	if !slices.ContainsFunc(rebasedTo, func(r rebased) bool { return strings.Contains(program, r.program) }) {
		return ""
	}
	return " That its rule and grid came before its runs, this repository cannot show: the end of REPRODUCTION.md " +
		"says why."
}
