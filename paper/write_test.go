package paper

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ranksweep/paper/figure"
)

func TestWritesItsFiles(t *testing.T) {
	dir := t.TempDir()
	figures, err := Figures(view(sweep()))
	if err != nil {
		t.Fatal(err)
	}
	tables, err := Tables(view(sweep()))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(WriteFigures(figures, dir), WriteTables(tables, dir)); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, name := range []string{"differences", "gradient-norm", "loss", "onset"} {
		for _, extension := range []string{"csv", "pdf", "png", "svg", "txt"} {
			want = append(want, filepath.Join(dir, "figures", name+"."+extension))
		}
	}
	want = append(want, filepath.Join(dir, "tables", "comparisons.csv"), filepath.Join(dir, "tables",
		"exponents.csv"), filepath.Join(dir, "tables", "summary.csv"))
	got, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestErrors(t *testing.T) {
	occupied := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(occupied, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	tables, _ := Tables(view(sweep()))
	_, noFigures := Figures(View{})
	_, noTables := Tables(View{})
	_, unknown := Figures(view(sweep()), "lsos")
	_, nothing := Figures(view(sweep()), "phase")
	for name, err := range map[string]error{
		"no runs, figures":            noFigures,
		"no runs, tables":             noTables,
		"no figure of the name":       unknown,
		"a figure with nothing in it": nothing,
		"a file in the way":           WriteTables(tables, occupied),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), "paper: ") {
			t.Errorf("%s: error %v, want one of paper", name, err)
		}
	}
	if _, err := figureOf(t, "loss", view(sweep())).Encode("gif"); err == nil ||
		!strings.HasPrefix(err.Error(), "figure: ") {
		t.Errorf("an unknown format: error %v, want one of figure", err)
	}
}

// Figures need no folder for temporary files. The test has a process of its own, since what a
// file needs may be kept from an earlier one.
func TestFiguresWithoutTemporaryFolder(t *testing.T) {
	const child = "RANKSWEEP_PAPER_TEST_CHILD"
	if os.Getenv(child) == "" {
		c := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		c.Env = append(os.Environ(), child+"=1", "TMPDIR="+filepath.Join(t.TempDir(), "absent"))
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	for _, format := range figure.Formats {
		if _, err := figureOf(t, "loss", view(sweep())).Encode(format); err != nil {
			t.Error(err)
		}
	}
}
