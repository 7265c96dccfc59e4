package resume

import "ranksweep/wholefile"

// Summary says what a checkpoint is, to people.
type Summary struct {
	Identity
	Writer wholefile.Writer // the process that wrote it; empty if the file does not say
	Step   int              // number of updates made
	Steps  int              // number of updates that the whole run has; 0 if the file does not say
}

// Summarize reads the content of a checkpoint. It returns an error for one that no run can go on from.
func Summarize(content []byte) (Summary, error) {
	a, all, err := parse(content)
	if err != nil {
		return Summary{}, err
	}
	_, err = a.state(all)
	return Summary{a.Identity, a.Writer, a.Step, a.Steps}, err
}
