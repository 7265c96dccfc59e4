package results

import (
	"encoding/csv"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ranksweep/grid"
	"ranksweep/metrics"
)

// exportedRows writes runs in a form, as the outlines of a store, and reads a table back.
func exportedRows(t *testing.T, f Form, file string, runs ...Run) (header []string, rows [][]string) {
	t.Helper()
	dir := t.TempDir()
	o, _, problems := fill(t, Open(t.TempDir()), runs).Outlines(grid.Grid{}, newRest(t))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if _, err := o.Write(dir, f, grid.Grid{}, nil); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(files(t, dir)[file]))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[0], rows[1:]
}

// pointsOf are all points of a run, as tables have them.
func pointsOf(r Run) []metrics.Point { return append(slices.Clone(r.Curve), r.Modules...) }

// modulesCSV has a row for each step and map, whatever the maps are called and whatever other runs measured.
func TestExportedModules(t *testing.T) {
	a, b := nasty(), testGrid()[0]
	a.ID, b.ID = "a", "b"
	a.Modules = nil
	for i, name := range []string{"=cmd|calc!A1", "@SUM(1)", "a,b", `say "so"`, "'tis", "two\nlines", "blocks.0.q"} {
		p := metrics.Point{Step: i, Tokens: int64(10 * i), Module: name, Values: metrics.NoValues()}
		p.Values[metrics.GradNorm], p.Values[metrics.GradNormM] = 1e-300/3, float64(i)
		p.Values[metrics.DeltaW] = math.Inf(1)
		a.Modules = append(a.Modules, p)
	}
	b.Modules = []metrics.Point{{Step: 1, Tokens: 2, Module: "blocks.1.q", Values: metrics.NoValues()}}
	header, rows := exportedRows(t, CSV, modulesTable, a, b)
	of := map[string]Run{"a": a, "b": b}
	next := map[string]int{}
	for _, row := range rows {
		p := of[row[0]].Modules[next[row[0]]]
		next[row[0]]++
		want := slices.Concat([]string{row[0]}, stepCells(p), []string{TextCell(p.Module)})
		for _, name := range header[len(want):] {
			q, _ := metrics.QuantityNamed(name)
			want = append(want, FormatFloat(p.Values[q]))
		}
		if !slices.Equal(row, want) {
			t.Errorf("row %q, want %q", row, want)
		}
	}
	if next["a"] != len(a.Modules) || next["b"] != 1 {
		t.Errorf("rows %v", next)
	}
	if header[len(header)-1] != metrics.GradNormM.Name() {
		t.Errorf("no column of what one run alone measured: %q", header)
	}
}

// long.csv has a row for each finite value of a curve or of a map, and no other.
func TestExportedLong(t *testing.T) {
	r := testGrid()[0]
	r.ID, r.Status, r.Reason = "d", Diverged, "loss is Inf"
	r.Curve[len(r.Curve)-1].Values[metrics.TrainLoss] = math.Inf(1)
	r.Modules = []metrics.Point{{Step: 1, Tokens: metrics.TokensUnknown, Module: "=x", Values: metrics.NoValues()}}
	r.Modules[0].Values[metrics.StableRank] = 1.0 / 3
	header, rows := exportedRows(t, Long, longTable, r)
	at := func(row []string, name string) string { return row[slices.Index(header, name)] }
	n := 0
	for _, p := range pointsOf(r) {
		for q, v := range p.Values {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				continue
			}
			row := rows[n]
			n++
			if at(row, "run") != "d" || at(row, "status") != "diverged" || at(row, "phase") != reported ||
				at(row, "step") != strconv.Itoa(p.Step) || at(row, "tokens") != formatTokens(p.Tokens) ||
				at(row, "module") != TextCell(p.Module) || at(row, "value") != FormatFloat(v) ||
				at(row, "quantity") != metrics.Quantity(q).Name() || at(row, "scheme") != r.Scheme {
				t.Errorf("row %q is not %s of %+v", row, metrics.Quantity(q).Name(), p)
			}
		}
	}
	if n != len(rows) || n == 0 {
		t.Errorf("%d rows of %d values", len(rows), n)
	}
}

func TestParseForms(t *testing.T) {
	for text, want := range map[string][]Form{"csv": {CSV}, "long,csv": {Long, CSV}, "csv,csv": {CSV}} {
		if got, err := ParseForms(text); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "CSV", "csv,", "xlsx"} {
		if _, err := ParseForms(text); err == nil || !strings.Contains(err.Error(), FormNames()) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// A disk that is full ends each form with an error that says so, and leaves what was there before.
func TestExportOntoAFullDisk(t *testing.T) {
	for _, f := range []Form{CSV, Parquet, Long} {
		full := errors.New("no space left on device")
		rows := func(w io.Writer) error {
			table := streamedTable{Table: Table{File: "x"}, to: w}
			return writeTexts([]streamedTable{table, table}, [][]byte{[]byte("1\n"), []byte("2\n")})
		}
		err := f.encode(fullWriter{full}, []Column{{"n", "runs", "a number"}}, rows)
		if !errors.Is(err, full) {
			t.Errorf("%s: the error is %v", f, err)
		}
	}
	dir := t.TempDir()
	path := filepath.Join(dir, RunsTable)
	if err := os.WriteFile(path, []byte("before"), 0o666); err != nil {
		t.Fatal(err)
	}
	o := OutlinesOf(testGrid())
	full := errors.New("no space left on device")
	o.rest = func(string) (rest, error) { return rest{}, full }
	if _, err := o.Write(dir, CSV, grid.Grid{}, nil); !errors.Is(err, full) {
		t.Errorf("the error is %v", err)
	}
	if there := files(t, dir); len(there) != 1 || string(there[RunsTable]) != "before" {
		t.Errorf("left are %q", there)
	}
}

type fullWriter struct{ err error }

func (w fullWriter) Write([]byte) (int, error) { return 0, w.err }

// The last columns of an export's runs say what memory a run took and where it comes from, if the store knows; a
// study's files are without them.
func TestExportedMemoryAndSource(t *testing.T) {
	ours, theirs := testGrid()[0], importedRun()
	ours.Timing.Peak, theirs.Imported.Source = 1<<40, "=a.csv:2"
	header, rows := exportedRows(t, CSV, RunsTable, ours, theirs)
	if got := header[len(header)-2:]; !slices.Equal(got, []string{"peak_bytes", "imported"}) {
		t.Errorf("the last columns are %q", got)
	}
	for _, row := range rows {
		want := []string{"1099511627776", ""}
		if row[0] == theirs.ID {
			want = []string{"", "'=a.csv:2"}
		}
		if got := row[len(row)-2:]; !slices.Equal(got, want) {
			t.Errorf("run %s: %q, want %q", row[0], got, want)
		}
	}
	for _, c := range columnsOf(exportFields) {
		if slices.Contains(allRunColumns(nil), c) {
			t.Errorf("a study has %s", c.Name)
		}
	}
}
