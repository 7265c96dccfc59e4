package page

import (
	"fmt"
	"strings"

	"ranksweep/results"
)

// A step is one thing to do to make the runs and the page again.
type step struct {
	Does    string
	Command string // may be empty
}

// again are the steps that make the runs of stores and the page again.
func again(stores []setting, imported bool) (steps []step) {
	var dirs []string
	for _, s := range stores {
		dirs = append(dirs, quoted(s.Dir))
	}
	all := strings.Join(dirs, " ")
	page := step{"Write this page.", fmt.Sprintf("sweep report %s --out report.html", all)}
	if imported {
		page.Does = "These runs were trained elsewhere: the provenance names their files. This writes the page."
		return []step{page}
	}
	steps = append(steps, step{"The program is ranksweep, and its command is called sweep. Its source has to be at " +
		"the revision that trained the runs: the last word of the column program in the provenance. The embedded " +
		"model and the data go-functions are parts of the program; any other model or data must be at hand. Go " +
		"builds it:",
		"go build ./cmd/sweep"})
	for _, s := range stores {
		steps = append(steps, step{
			fmt.Sprintf("Save the experiment file of this page as %s, and train its runs. With the same program, "+
				"model, data and kernel they have the same bytes.", s.File),
			fmt.Sprintf("sweep run %s --out %s", quoted(s.File), quoted(s.Dir)),
		})
	}
	steps = append(steps, step{"Print the tables and the findings.", "sweep table " + all}, page)
	for _, dir := range dirs {
		steps = append(steps, step{"Train runs a second time and compare them with the stored ones.",
			"sweep verify " + dir})
	}
	return steps
}

// trainedElsewhere reports whether all runs were imported.
func trainedElsewhere(runs []results.Run) bool {
	for _, r := range runs {
		if r.Imported == nil {
			return false
		}
	}
	return len(runs) > 0
}
