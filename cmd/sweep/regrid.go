package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"ranksweep/experiments"
	"ranksweep/paper/number"
	"ranksweep/results"
	"ranksweep/sweep"
	"ranksweep/userfile"
)

// keepEdited moves the experiment file of a store aside and says so, if it is not as this program
// writes it: somebody edited it, or another version of the program wrote it.
func keepEdited(w io.Writer, file string, there *experiments.Experiment) error {
	text, err := userfile.Read(file, userfile.Settings)
	if err != nil {
		return err
	}
	was, err := there.Resolved()
	if err != nil || bytes.Equal(text, was) {
		return err
	}
	aside := file + ".edited"
	for i := 2; ; i++ {
		if _, err := os.Lstat(aside); errors.Is(err, fs.ErrNotExist) {
			break
		}
		aside = fmt.Sprintf("%s.edited-%d", file, i)
	}
	fmt.Fprintf(w, "sweep: %s was edited, or another version of the program wrote it: it is written anew, and what "+
		"was there is kept as %s\n", file, aside)
	return os.Rename(file, aside)
}

// tellChange says how the experiment that a store was filled for differs from the one that
// is to fill it now, and what becomes of the runs and figures that are there. If they are
// the same, it says nothing and returns false.
func tellChange(w io.Writer, dir string, before *experiments.Experiment, p *sweep.Plan, resolved []byte) (
	changed bool, err error) {
	before.Figures = p.Experiment.Figures // which are no part of the grid
	old, err := before.Resolved()
	if err != nil {
		return false, err
	}
	gone, come := differingLines(string(old), string(resolved))
	if len(gone)+len(come) == 0 {
		return false, nil
	}
	fmt.Fprintf(w, "sweep: %s was filled for a different grid: it had %s; this one has %s\n",
		dir, inWords(gone), inWords(come))
	ids, err := results.Open(dir).IDs()
	asked := p.Grid().IDs()
	n := len(slices.DeleteFunc(ids, func(id string) bool { return asked[id] }))
	if n > 0 && !p.Tunes() {
		fmt.Fprintf(w, "sweep: %s in %s of other grids: they stay there, and tables and figures will leave "+
			"them out; to keep both grids in view, name another folder by --out\n", number.Count(n, "run"), dir)
	}
	return true, err
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
