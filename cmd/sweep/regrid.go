package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"ranksweep/experiments"
	"ranksweep/paper/number"
	"ranksweep/results"
	"ranksweep/sweep"
)

// tellChange says how the experiment that a store was filled for differs from the one that
// is to fill it now, and what becomes of the runs and figures that are there. It says
// nothing if they are the same.
func tellChange(w io.Writer, dir string, before *experiments.Experiment, p *sweep.Plan, resolved []byte) error {
	old, err := before.Resolved()
	if err != nil {
		return err
	}
	gone, come := differingLines(string(old), string(resolved))
	if len(gone)+len(come) == 0 {
		return nil
	}
	fmt.Fprintf(w, "sweep: %s was filled for a different grid: it had %s; this one has %s\n",
		dir, inWords(gone), inWords(come))
	runs, _ := results.Open(dir).Runs()
	if n := len(runs) - len(results.Planned(p.Grid(), runs)); n > 0 && !p.Tunes() {
		fmt.Fprintf(w, "sweep: %s in %s of other grids: they stay there, and tables and figures will leave "+
			"them out; to keep both grids in view, name another folder by --out\n", number.Count(n, "run"), dir)
	}
	return nil
}

// differingLines are the lines of two texts that the other lacks, without their indents.
func differingLines(a, b string) (onlyA, onlyB []string) {
	lacking := func(a, b string) (lines []string) {
		there := strings.Split(b, "\n")
		for line := range strings.SplitSeq(a, "\n") {
			if !slices.Contains(there, line) {
				lines = append(lines, strings.TrimSpace(line))
			}
		}
		return lines
	}
	return lacking(a, b), lacking(b, a)
}

// inWords writes lines as a list.
func inWords(lines []string) string {
	if len(lines) == 0 {
		return "nothing else"
	}
	return strings.Join(lines, ", ")
}
