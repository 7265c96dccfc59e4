package main

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestReadmeListsCommands: README.md's table lists the program's commands, and each command
// with existing flags.
func TestReadmeListsCommands(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	check(t, err)
	for _, d := range misprints(string(readme)) {
		t.Errorf("README.md: %s", d)
	}
}

// A row of the table shows one command or several.
var (
	row      = regexp.MustCompile("(?m)^\\| `sweep .*$")
	rowNames = regexp.MustCompile("`sweep ([a-z-]+)")
	rowFlags = regexp.MustCompile("--([a-z-]+)")
)

// misprints lists the differences between a README's table of commands and the program.
func misprints(readme string) (list []string) {
	missing := make(map[string]*cobra.Command) // commands that the table has not listed so far
	for _, c := range newRoot().Commands() {
		if c.Runnable() && !c.Hidden { // and no topic of help
			missing[c.Name()] = c
		}
	}
	for _, line := range row.FindAllString(readme, -1) {
		var shown []*cobra.Command
		for _, m := range rowNames.FindAllStringSubmatch(line, -1) {
			c := missing[m[1]]
			if c == nil {
				list = append(list, fmt.Sprintf("sweep %s is in the table, but is no command, or is there twice", m[1]))
				continue
			}
			delete(missing, m[1])
			shown = append(shown, c)
		}
		for _, m := range rowFlags.FindAllStringSubmatch(line, -1) {
			if !slices.ContainsFunc(shown, func(c *cobra.Command) bool { return c.Flags().Lookup(m[1]) != nil }) {
				list = append(list, fmt.Sprintf("--%s is no flag of the command in its row", m[1]))
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		list = append(list, fmt.Sprintf("sweep %s is not in the table", name))
	}
	return list
}

// TestMisprintsSees begins with a correct table, made from the program.
func TestMisprintsSees(t *testing.T) {
	var table strings.Builder
	unlisted := func(c *cobra.Command) bool { return !c.Runnable() || c.Hidden }
	for _, c := range slices.DeleteFunc(newRoot().Commands(), unlisted) {
		fmt.Fprintf(&table, "| `sweep %s` | %s |\n", c.Use, c.Short)
	}
	if list := misprints(table.String()); len(list) > 0 {
		t.Errorf("the program's own table: %q", list)
	}
	for _, edit := range [][3]string{
		{"`sweep list`", "`sweep lists`", "sweep lists is in the table, but"},
		{"`sweep list`", "list", "sweep list is not in the table"},
		{"`sweep plot DIR… [FIGURE…]`", "`sweep table DIR`", "sweep plot is not in the table"},
		{"`sweep plot DIR… [FIGURE…]`", "`sweep plot DIR`, `sweep table DIR`", "sweep table is in the table, but"},
		{"--out DIR", "--into DIR", "--into is no flag"},
	} {
		got := misprints(strings.Replace(table.String(), edit[0], edit[1], 1))
		if !strings.Contains(strings.Join(got, "\n"), edit[2]) {
			t.Errorf("%q for %q: %q, want %q", edit[1], edit[0], got, edit[2])
		}
	}
}
