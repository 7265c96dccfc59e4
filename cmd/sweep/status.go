package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"ranksweep/results"
)

// status counts what a store has of what its experiment asks for.
type status struct {
	Planned  int      `json:"planned"`
	Tuning   int      `json:"tuning,omitempty"` // of those planned, the ones that only choose nuisance values
	Done     int      `json:"done"`
	Diverged int      `json:"diverged"`
	Failed   int      `json:"failed"`
	Missing  int      `json:"missing"`
	Damaged  []string `json:"damaged"` // reasons; these count as missing
}

func newStatus() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "status DIR",
		Short: "Count the runs of a store that are done, diverged, failed and missing",
		Long: "Status counts the runs of a store that its experiment asks for. The exit status is\n" +
			"0 where none failed and none is missing. A run whose loss was no longer a number is\n" +
			"diverged, which is a result.\n\n" + storeHelp,
		Example: "  sweep status runs/quickstart --json",
		Args:    exactly("DIR"),
	}
	asJSON := cmd.Flags().Bool("json", false, "print JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		s, err := count(args[0])
		if err != nil {
			return err
		}
		w := cmd.OutOrStdout()
		if *asJSON {
			err = json.NewEncoder(w).Encode(s)
		} else {
			tuning := ""
			if s.Tuning > 0 {
				tuning = fmt.Sprintf(", %d of them tuning", s.Tuning)
			}
			_, err = fmt.Fprintf(w, "planned   %d%s\ndone      %d\ndiverged  %d\nfailed    %d\nmissing   %d\n",
				s.Planned, tuning, s.Done, s.Diverged, s.Failed, s.Missing)
		}
		for _, d := range s.Damaged {
			fmt.Fprintf(cmd.ErrOrStderr(), "sweep: missing: %s\n", d)
		}
		if err == nil && s.Failed+s.Missing > 0 {
			err = fmt.Errorf("%s is not complete: sweep run again trains the rest", args[0])
		}
		return err
	}
	return cmd
}

func count(dir string) (status, error) {
	runs, problems := results.Open(dir).Runs()
	grid, err := results.ReadGrid(dir)
	if err != nil {
		return status{}, err
	}
	runs = grid.Planned(runs)
	s := status{Planned: max(grid.Len(), len(runs)), Tuning: len(grid.Tuning), Damaged: []string{}}
	if s.Planned == 0 {
		return s, fmt.Errorf("%s holds no runs and no grid: sweep run EXPERIMENT --out %s makes them", dir, dir)
	}
	for _, r := range runs {
		switch r.Status {
		case results.Done:
			s.Done++
		case results.Diverged:
			s.Diverged++
		case results.Failed:
			s.Failed++
		}
	}
	s.Missing = s.Planned - len(runs)
	for _, p := range problems {
		s.Damaged = append(s.Damaged, p.Error())
	}
	return s, nil
}
