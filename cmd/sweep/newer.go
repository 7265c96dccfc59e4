package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"ranksweep/paper/number"
	"ranksweep/results"
)

// newerRuns are the runs of a store that a newer program wrote, and that this one cannot
// read.
type newerRuns []*results.NewerError

// err says how many runs they are, which program can read them, and what this program does
// not know. It returns nil if there are none.
func (all newerRuns) err(dir string) error {
	if len(all) == 0 {
		return nil
	}
	programs, unknown := make(map[string]bool), make(map[string]bool)
	for _, r := range all {
		programs[strconv.Quote(r.Program)] = true
		unknown[r.Unknown] = true
	}
	return fmt.Errorf("a newer program wrote %d of the runs in %s: this program cannot read them, and neither trains "+
		"them again nor replaces them; read them with %s; what this program does not know: %s",
		len(all), dir, listed(programs), listed(unknown))
}

func listed(texts map[string]bool) string {
	return strings.Join(slices.Sorted(maps.Keys(texts)), "; ")
}

// tellUnread says which records are left out: those that are damaged, those that a newer
// program wrote, if newer is not nil, and parts of the others.
func tellUnread(w io.Writer, problems []error, newer error, runs []results.Run) {
	for _, p := range problems {
		if _, ok := errors.AsType[*results.NewerError](p); !ok {
			fmt.Fprintf(w, "sweep: left out: %v\n", p)
		}
	}
	if newer != nil {
		fmt.Fprintf(w, "sweep: left out: %v\n", newer)
	}
	count := make(map[string]int)
	for _, r := range runs {
		for _, part := range r.Unknown {
			count[part]++
		}
	}
	for _, part := range slices.Sorted(maps.Keys(count)) {
		fmt.Fprintf(w, "sweep: left out: %s, which a newer program wrote for %s\n", part,
			number.Count(count[part], "run"))
	}
}
