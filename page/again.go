package page

import "fmt"

// A step is one thing to do to make the runs and the page again.
type step struct {
	Does    string
	Command string // may be empty
}

// again are the steps that make the runs and the page again.
func again(from Source) (steps []step) {
	if imported(from) {
		return []step{
			{"These runs were trained elsewhere and imported: the provenance names the file. This writes the page.",
				"sweep report " + quoted(from.Dir) + " --out report.html"},
		}
	}
	steps = append(steps, step{Does: "Get the program in the version that the provenance names: its last word is the " +
		"revision in the version control system."})
	file := from.Name + ".yaml"
	if len(from.Config) > 0 {
		steps = append(steps, step{Does: "Save the experiment file of this page, under the name " + file + "."})
	}
	return append(steps,
		step{"Train the runs. With the same program, model, data and kernel they have the same bytes.",
			fmt.Sprintf("sweep run %s --out %s", quoted(file), quoted(from.Dir))},
		step{"Print the tables and the findings.", "sweep table " + quoted(from.Dir)},
		step{"Write this page.", "sweep report " + quoted(from.Dir) + " --out report.html"},
		step{"Train some runs a second time and compare them with the stored ones.",
			"sweep verify " + quoted(from.Dir)},
	)
}

// imported reports whether all runs were trained elsewhere.
func imported(from Source) bool {
	for _, r := range from.All {
		if r.Imported == nil {
			return false
		}
	}
	return len(from.All) > 0
}
