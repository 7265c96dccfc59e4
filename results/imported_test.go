package results

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ranksweep/grid"
	"ranksweep/lora"
	"ranksweep/metrics"
)

// importedRun is a run whose source states neither a scheme nor a seed.
func importedRun() Run {
	v := metrics.NoValues()
	v[metrics.ValLoss] = 0.5
	return Run{
		ID: ImportedPrefix + "0123456789abcdef", Cell: ImportedPrefix + "fedcba9876543210", Experiment: "theirs",
		Scheme: NotStated, Powers: lora.Scheme{P: math.NaN()}, Rank: 8, Alpha: math.NaN(), Gamma: math.NaN(),
		Optimizer: "adamw", LR: 1e-4, Axes: []grid.Coordinate{{Name: "rank", Value: "8"}}, Status: Done, Steps: 10,
		Curve:      []metrics.Point{{Step: 10, Tokens: metrics.TokensUnknown, Values: v}},
		Provenance: Provenance{Program: "v9"},
		Imported: &Imported{"a.csv:2", "00", []string{"scaling", "alpha", "gamma", "seed", "tokens", "flops",
			"factored_flops", "bytes", "seconds"}},
	}
}

// TestImportedRunIsKept: what the source does not state has no field, and is absent when it is read.
func TestImportedRunIsKept(t *testing.T) {
	dir := t.TempDir()
	was := importedRun()
	if err := Open(dir).Put(was); err != nil {
		t.Fatal(err)
	}
	for file, without := range map[string][]string{
		runFile: {`"alpha"`, `"gamma"`, `"seed"`, `"scaling"`, `"flops"`, `"tokens"`, `"bytes"`, `"numerics"`,
			`"go"`},
		timingFile: {"started", "seconds"},
	} {
		text, err := os.ReadFile(filepath.Join(dir, "runs", was.ID, file))
		if err != nil {
			t.Fatal(err)
		}
		fields, _, _ := strings.Cut(string(text), `"imported"`)
		_, after, _ := strings.Cut(string(text), `"config"`)
		for _, name := range without {
			if strings.Contains(fields+after, name+":") {
				t.Errorf("%s has a field %s:\n%s", file, name, text)
			}
		}
	}
	now, err := Open(dir).Get(was.ID)
	if err != nil || !math.IsNaN(now.Alpha) || !math.IsNaN(now.Gamma) || !math.IsNaN(now.Powers.P) {
		t.Errorf("alpha %g, gamma %g, p %g (%v)", now.Alpha, now.Gamma, now.Powers.P, err)
	}
	if now.Curve[0].Tokens != metrics.TokensUnknown || now.Imported.Source != "a.csv:2" || Difference(now, was) != "" {
		t.Errorf("%+v: %s", now, Difference(now, was))
	}
	row := runRow{Run: now, phase: reported}.cells(nil)
	for i, c := range runFields {
		empty := row[i] == ""
		if lacks := now.Lacks(c.Name); lacks && !empty {
			t.Errorf("%s is %q in runs.csv: must be empty", c.Name, row[i])
		}
	}
	if row[9] != "" {
		t.Errorf("p is %q", row[9])
	}
}

// TestOlderProgramRefusesImported: a program that does not know the field names it.
func TestOlderProgramRefusesImported(t *testing.T) {
	defer func(names []string) { runFieldNames = names }(runFieldNames)
	files, err := encodeRecord(importedRun())
	if err != nil {
		t.Fatal(err)
	}
	var older []string
	for _, name := range runFieldNames {
		if name != "imported" {
			older = append(older, name)
		}
	}
	runFieldNames = older
	_, err = decodeRecord(files)
	e, ok := errors.AsType[*NewerError](err)
	if !ok || e.Program != "v9" || !strings.Contains(e.Unknown, `unknown fields ["imported"]`) {
		t.Errorf("an older program says %v", err)
	}
}

// TestImportedIDs: an ID says whether a run is ours.
func TestImportedIDs(t *testing.T) {
	theirs, ours := importedRun(), importedRun()
	theirs.ID, ours.Imported = "0123456789abcdef", nil
	for _, r := range []Run{theirs, ours} {
		if err := Open(t.TempDir()).Put(r); err == nil || !strings.Contains(err.Error(), "must begin with imported-") {
			t.Errorf("run %s, imported %v: %v", r.ID, r.Imported, err)
		}
	}
}

// TestImportedRunIsNotTrainedAgain: whoever would train it again is told why not, and it is in no study.
func TestImportedRunIsNotTrainedAgain(t *testing.T) {
	r := importedRun()
	if err := r.Refused(); err == nil || !strings.Contains(err.Error(), "is imported from a.csv:2") {
		t.Errorf("refused for: %v", err)
	}
	if err := WriteStudy(t.TempDir(), StudyFiles{Runs: []Run{r}}, nil); err == nil {
		t.Error("a study has an imported run")
	}
	if err := testRun("lora", 1, 4, 0).Refused(); err != nil {
		t.Errorf("a run of ours is refused: %v", err)
	}
}
