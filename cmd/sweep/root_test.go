package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestExamplesParse: every command's help describes it and shows an example that the program
// understands.
func TestExamplesParse(t *testing.T) {
	root := newRoot()
	for _, c := range append(root.Commands(), root) {
		if c.Long == "" || c.Example == "" && c.Runnable() {
			t.Errorf("%s: help without a long text or an example", c.Name())
		}
		for line := range strings.Lines(c.Example) {
			if err := understood(c, line); err != nil {
				t.Errorf("%s: %s: %v", c.Name(), strings.TrimSpace(line), err)
			}
		}
	}
}

// understood reports what is wrong with a line of a command's examples.
func understood(c *cobra.Command, line string) error {
	line, _, _ = strings.Cut(line, " # ")
	args := strings.Fields(strings.ReplaceAll(line, "'", ""))
	if len(args) == 0 || args[0] != "sweep" {
		return fmt.Errorf("is no sweep")
	}
	shown, rest, err := newRoot().Find(args[1:])
	switch {
	case err != nil:
		return err
	case c.HasParent() && shown.Name() != c.Name():
		return fmt.Errorf("is of another command, %s", shown.Name())
	}
	if err := shown.ParseFlags(rest); err != nil {
		return err
	}
	return shown.ValidateArgs(shown.Flags().Args())
}

func TestUnderstoodSees(t *testing.T) {
	run, _, err := newRoot().Find([]string{"run"})
	check(t, err)
	for line, want := range map[string]string{
		"":                            "is no sweep",
		"rank run quickstart":         "is no sweep",
		"sweep show quickstart":       "another command, show",
		"sweep run":                   "EXPERIMENT is missing",
		"sweep run a b":               "one argument too many",
		"sweep run a --wrokers 2":     "unknown flag",
		"sweep run a --workers two":   "invalid argument",
		"sweep rnu a":                 "another command, sweep",
		"sweep run a --set rank # hm": "",
	} {
		err := understood(run, line)
		if got := fmt.Sprint(err); want == "" && err != nil || !strings.Contains(got, want) {
			t.Errorf("%q: %v, want %q", line, err, want)
		}
	}
}
