package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"ranksweep/experiments"
	"ranksweep/paper"
	"ranksweep/paper/table"
)

// narrowest is the fewest characters that a line of tables may be asked to have.
const narrowest = 20

// A layout says how tables are shown.
type layout struct {
	format  table.Format
	detail  paper.Detail
	width   int      // characters of a line; 0 is any number
	against []string // chosen references of comparisons
}

// tableFlags are the flags that say how tables are shown.
type tableFlags struct {
	format           string
	json, brief, all bool
	width            int
	against          []string
}

func newTable() *cobra.Command {
	var f tableFlags
	cmd := &cobra.Command{
		Use:   "table DIR…",
		Short: "Print what stores show, and their tables: as text, Markdown, LaTeX, HTML, CSV or JSON",
		Long: "Table prints what the runs of stores show, in sentences, and then the tables behind\n" +
			"them: a summary with a row for each scheme and rank, the fitted powers of rank beside\n" +
			"those of theory, and comparisons: of schemes, of ranks, and of the values on each other\n" +
			"axis. --against chooses what they are compared with, in place of the first scheme, the\n" +
			"smallest rank and the first value. Nothing is trained. All tables are also written to\n" +
			"DIR/tables as CSV.\n\n" +
			"Text fits the terminal or --width. Where that has no room, it leaves out columns that few\n" +
			"readers need, and names them. latex is a file for \\input, and needs the packages booktabs,\n" +
			"longtable and siunitx. csv is one table, whose first column names the table that a row is\n" +
			"of. csv and json have everything that --all shows.\n\n" + storesHelp,
		Example: "  sweep table runs/quickstart\n  sweep table runs/quickstart runs/longer\n" +
			"  sweep table runs/quickstart --format latex --brief > tables.tex\n" +
			"  sweep table runs/mine --against scaling=rslora --against rank=32",
		Args:    atLeastOne("DIR"),
		PreRunE: ofStores,
	}
	flags := cmd.Flags()
	flags.StringVar(&f.format, "format", string(table.TextFormat),
		"`FORMAT` of what is printed: text, markdown, latex, csv, json or html")
	flags.BoolVar(&f.json, "json", false, "the same as --format json")
	flags.BoolVar(&f.brief, "brief", false, "leave out columns that few readers need, and explanations")
	flags.BoolVar(&f.all, "all", false, "show powers of rank without a prediction too, and how cells were tuned")
	flags.IntVar(&f.width, "width", 0, "`CHARACTERS` of a line of text or LaTeX (default the terminal)")
	flags.StringArrayVar(&f.against, "against", nil, "compare with this `AXIS=VALUE`: scaling=rslora, rank=64, "+
		"optimizer=sgd; may be given for several axes")
	completeTables(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		l, err := f.layout(cmd)
		if err != nil {
			return usageError{err}
		}
		dir, err := viewFolder(args)
		if err != nil {
			return err
		}
		defer boundMemory()()
		h, err := storedIn(cmd, args, summaries)
		if err != nil {
			return err
		}
		return cmp.Or(showTables(cmd.OutOrStdout(), h, dir, l), h.missing)
	}
	return cmd
}

// layout is what the flags ask for, or an error that says which of them do not go together.
func (f tableFlags) layout(cmd *cobra.Command) (l layout, err error) {
	asked := cmd.Flags().Changed
	if l.format, err = table.ParseFormat(f.format); err != nil {
		return l, err
	}
	if f.json && asked("format") && l.format != table.JSONFormat {
		return l, fmt.Errorf("table: --json and --format %s: name one format", l.format)
	}
	if f.json {
		l.format = table.JSONFormat
	}
	switch {
	case f.brief && f.all:
		return l, errors.New("table: --brief and --all: leave one of the two out")
	case f.brief:
		l.detail = paper.Brief
	case f.all || l.format.IsForPrograms():
		l.detail = paper.Whole
	}
	l.against = f.against
	switch l.width = f.width; {
	case asked("width") && l.format != table.TextFormat && l.format != table.LaTeXFormat:
		return l, fmt.Errorf("table: --width: %s has no width: leave it out", l.format)
	case asked("width") && f.width < narrowest:
		return l, fmt.Errorf("table: --width %d: must be at least %d characters", f.width, narrowest)
	case !asked("width") && l.format == table.TextFormat:
		l.width = textWidth(cmd.OutOrStdout())
	}
	return l, nil
}

// showTables prints what a store shows, and its tables; and writes all of them below dir as CSV.
func showTables(w io.Writer, h holdings, dir string, l layout) error {
	view, err := chosen(h.view(), l.against)
	if err != nil {
		return err
	}
	tables, err := paper.Tables(view)
	if err != nil {
		return err
	}
	page, err := paper.NewPage(view, titleOf(dir), l.detail)
	if err != nil {
		return err
	}
	return errors.Join(page.Write(w, l.format, l.width), paper.WriteTables(tables, dir))
}

// chosen is the view with the chosen references of comparisons.
func chosen(v paper.View, against []string) (_ paper.View, err error) {
	for _, choice := range against {
		if v, err = v.Against(choice); err != nil {
			return v, usageError{err}
		}
	}
	return v, nil
}

// titleOf is the question that a store answers or, if it has none, the name of its folder.
func titleOf(dir string) string {
	if e, err := experiments.Load(filepath.Join(dir, experimentFile)); err == nil && e.Question != "" {
		return e.Question
	}
	path, _ := filepath.Abs(dir) // without it the title is empty
	return filepath.Base(path)
}

// textWidth is how many characters a line has: as COLUMNS says, or the terminal; 0 if it may have any number.
func textWidth(w io.Writer) int {
	if columns, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && columns > 0 {
		return max(columns, narrowest)
	}
	if s := newScreen(w); s.live {
		return max(s.size().width, narrowest)
	}
	return 0
}
