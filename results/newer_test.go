package results

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ranksweep/grid"
)

// later are changes that make a record one of a newer program, which this program cannot
// read.
var later = []struct{ file, old, new, unknown string }{
	{runFile, `"rank": 4`, `"rank": 4, "budget": 7, "arena": 1`, `run.json: unknown fields ["arena" "budget"]`},
	{runFile, `"rank": 4`, `"format": 2, "rank": [4, 8]`, "run.json: format 2: must be at most 1"},
	{runFile, `"rank": 4`, `"format": "b", "rank": 4`, "run.json: json: cannot unmarshal string"},
	{runFile, `"rank": 4`, `"rank": "four"`, "run.json: json: cannot unmarshal string"},
	{runFile, `"done"`, `"paused"`, `run.json: status "paused": must be`},
	{runFile, `"scaling": "lora"`, `"scaling": "hyper"`, `run.json: lora: scaling "hyper"`},
	{curveFile, "step,", "update,", "curve.csv: header"},
	{curveFile, "\n1,100,", "\none,100,", "curve.csv: line 3"},
	{curveFile, "\n1,100,", "\n1,lots,", "curve.csv: line 3"},
	{curveFile, "\n1,100,,1.6666666666666667,", "\n1,100,,NaN,", `curve.csv: line 3: "NaN"`},
	{curveFile, "\n1,100,", "\n1,100,,", "wrong number of fields"},
	{curveFile, "\n1,100,", "\n1,\"100,", "curve.csv"},
	{curveFile, "\n2,200,", "\n1,200,", "ends at step 1: a run that is done goes to its last one, 2"},
	{modulesFile, "layers.0.q,", "layers.0.q,x", "modules.csv: line 2"},
	{validationFile, "batch,", "bunch,", "validation.csv: header"},
	{validationFile, "\n1,7,", "\n2,7,", `validation.csv: line 3: batch "2": must be 1`},
	{validationFile, "\n1,7,", "\n1,many,", "validation.csv: line 3"},
	{validationFile, "250.5", "Inf", "validation.csv: line 2"},
}

// A record that agrees with its checksums and cannot be read is of a newer program, is
// never damage, and stays whatever is put.
func TestRecordsFromTheFuture(t *testing.T) {
	for _, test := range later {
		s, id, dir := stored(t)
		resign(t, dir, test.file, test.old, test.new)
		_, err := s.Get(id)
		newer, ok := errors.AsType[*NewerError](err)
		if !ok || errors.Is(err, ErrDamaged) || newer.ID != id || newer.Program != "v0" ||
			!strings.Contains(newer.Unknown, test.unknown) {
			t.Errorf("%s with %q: %v, want %q", test.file, test.new, err, test.unknown)
		}
		if settled, err := s.Settled(id); !settled || err != nil {
			t.Errorf("%s with %q: settled is %t, %v", test.file, test.new, settled, err)
		}
		stays(t, s, dir)
		runs, problems := s.Runs()
		if found := Newer(grid.Grid{}, problems); len(runs) != 0 || len(found) != 1 || found[0].ID != id {
			t.Errorf("%s with %q: %d runs, newer %v", test.file, test.new, len(runs), found)
		}
	}
}

// stays reports an error if a Put by this program changes the record in dir.
func stays(t *testing.T, s *Store, dir string) {
	t.Helper()
	was := files(t, dir)
	r := testRun("lora", 1, 4, 0)
	r.Provenance.Program = "older"
	if err := s.Put(r); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(files(t, dir), was) {
		t.Errorf("%s was replaced", dir)
	}
	if n, folder := s.Replaced(); n > 0 {
		t.Errorf("%d records were moved to %s", n, folder)
	}
}

// A format that this program does not know may have any files beside the two that stay.
func TestALaterFormat(t *testing.T) {
	s, id, dir := stored(t)
	for _, name := range []string{curveFile, modulesFile, timingFile, validationFile} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	run := `{"format": 9, "provenance": {"program": "v9"}}`
	for name, text := range map[string]string{runFile: run, "curves.parquet": "PAR1"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	sign(t, dir)
	_, err := s.Get(id)
	want := `results: run lora-4-0: written by a newer program, "v9", which can read it: run.json: ` +
		"format 9: must be at most 1"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	stays(t, s, dir)
}

// Columns and files that a newer program measured beside the others are named and kept, and
// so are fields of the provenance.
func TestWhatIsMeasuredBesideIsKept(t *testing.T) {
	s, id, dir := stored(t)
	want, err := s.Get(id)
	if err != nil {
		t.Fatal(err)
	}
	resign(t, dir, runFile, `"program"`, `"cluster": "c", "program"`)
	resign(t, dir, curveFile, "module,", "module,sharpness,")
	for _, row := range []string{"\n0,0,", "\n1,100,", "\n2,200,"} {
		resign(t, dir, curveFile, row, row+",0.5")
	}
	resign(t, dir, validationFile, "batch,scored,nats\n0,100,250.5\n1,7,20\n",
		"batch,scored,nats,hits\n0,100,250.5,x\n1,7,20,y\n")
	if err := os.WriteFile(filepath.Join(dir, "experts.csv"), []byte("expert,load\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	sign(t, dir)
	got, err := s.Get(id)
	unknown := []string{`column "sharpness" of curve.csv`, `file "experts.csv"`, `column "hits" of validation.csv`}
	if err != nil || !slices.Equal(got.Unknown, unknown) {
		t.Errorf("unknown: %q, %v, want %q", got.Unknown, err, unknown)
	}
	if got.Unknown = nil; !sameRun(got, want) {
		t.Errorf("read\n%+v\nwant\n%+v", got, want)
	}
	stays(t, s, dir)
}

// A flipped bit in a file that only a newer program knows is damage all the same.
func TestDamageOfAnUnknownFile(t *testing.T) {
	s, id, dir := stored(t)
	path := filepath.Join(dir, "experts.csv")
	for _, text := range []string{"expert\n", "expert\v"} {
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if text == "expert\n" {
			sign(t, dir)
		}
	}
	if _, err := s.Get(id); !isDamaged(err, "experts.csv: does not have its checksum") {
		t.Errorf("got %v", err)
	}
}

// Runs that the grid does not ask for do not count.
func TestGridNewer(t *testing.T) {
	problems := []error{&NewerError{ID: "a"}, &NewerError{ID: "b"}, &NewerError{ID: "c"}, ErrDamaged}
	g := grid.Grid{Runs: []grid.Planned{{ID: "a"}}, Tuning: []grid.Planned{{ID: "c"}}}
	if found := Newer(g, problems); len(found) != 2 || found[0].ID != "a" || found[1].ID != "c" {
		t.Errorf("got %v", found)
	}
}
