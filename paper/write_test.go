package paper

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestWritesItsFiles(t *testing.T) {
	dir := t.TempDir()
	if err := WriteFigures(sweep(), dir); err != nil {
		t.Fatal(err)
	}
	if err := WriteTables(sweep(), nil, dir); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, name := range []string{"differences", "gradient-norm", "loss", "onset"} {
		for _, extension := range []string{"pdf", "png", "svg", "txt"} {
			want = append(want, filepath.Join(dir, "figures", name+"."+extension))
		}
	}
	want = append(want, filepath.Join(dir, "tables", "comparisons.csv"), filepath.Join(dir, "tables", "exponents.csv"), filepath.Join(dir, "tables", "summary.csv"))
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
	for name, err := range map[string]error{
		"no runs, figures":  WriteFigures(nil, t.TempDir()),
		"no runs, tables":   WriteTables(nil, nil, t.TempDir()),
		"a file in the way": WriteTables(sweep(), nil, occupied),
		"an unknown format": func() error { _, err := lossFigure(sweep()).Encode("gif"); return err }(),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), "paper: ") {
			t.Errorf("%s: error %v, want one of paper", name, err)
		}
	}
}

// The PDF canvas writes fonts to temporary files, once a process: hence a
// process of its own.
func TestPDFWithoutTemporaryFolder(t *testing.T) {
	const child = "RANKSWEEP_PAPER_TEST_CHILD"
	if os.Getenv(child) == "" {
		c := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		c.Env = append(os.Environ(), child+"=1", "TMPDIR="+filepath.Join(t.TempDir(), "absent"))
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	if _, err := lossFigure(sweep()).Encode(PDF); err == nil || !strings.HasPrefix(err.Error(), "paper: loss.pdf: ") {
		t.Errorf("error %v, want one that names the file", err)
	}
}
