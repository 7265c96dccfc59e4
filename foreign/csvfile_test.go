package foreign

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ranksweep/metrics"
	"ranksweep/results"
)

const plainMap = `
columns: {rank: r, lr: lr, seed: seed, val_loss: loss}
values: {scheme: lora, alpha: 16, steps: 100, optimizer: adamw_torch}
`

// TestCSVForms: one table in all the forms in which programs write it gives the same runs.
func TestCSVForms(t *testing.T) {
	const text = "r,lr,seed,loss\n4,1e-3,0,0.5\n16,1e-3,0,0.25\n"
	want, err := imported(t, text, plainMap)
	if err != nil {
		t.Fatal(err)
	}
	semicolons := strings.ReplaceAll(text, ",", ";")
	for name, c := range map[string][2]string{
		"a byte order mark":   {"\ufeff" + text, plainMap},
		"CRLF":                {strings.ReplaceAll(text, "\n", "\r\n"), plainMap},
		"no newline":          {strings.TrimSpace(text), plainMap},
		"semicolons":          {semicolons, plainMap},
		"tabs":                {strings.ReplaceAll(text, ",", "\t"), plainMap},
		"decimal commas":      {strings.ReplaceAll(semicolons, "0.", "0,"), plainMap + "decimal: \",\""},
		"quotes":              {strings.ReplaceAll(text, "0.25", `"0.25"`), plainMap},
		"spaces":              {strings.ReplaceAll(text, ",", ", "), plainMap},
		"floats for wholes":   {strings.ReplaceAll(text, "16,", "16.0,"), plainMap},
		"other ways to write": {strings.ReplaceAll(text, "1e-3", "0.001"), plainMap},
		"another column":      {strings.ReplaceAll(strings.ReplaceAll(text, "\n", ",x\n"), "lr,", "lr,"), plainMap},
	} {
		got, err := imported(t, c[0], c[1])
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for i, r := range got.Runs {
			if r.ID != want.Runs[i].ID || results.Difference(r, want.Runs[i]) != "" {
				t.Errorf("%s: run %d is %s, want %s", name, i, r.ID, want.Runs[i].ID)
			}
		}
	}
	r := want.Runs[1]
	if r.Rank != 16 || r.Gamma != 1 || r.LR != 1e-3 || r.Steps != 100 || r.Optimizer != "adamw" ||
		r.Statistic(metrics.ValLossFinal) != 0.25 {
		t.Errorf("%+v", r)
	}
	if !strings.HasPrefix(r.ID, results.ImportedPrefix) || r.Imported.Source != "a.csv:3" {
		t.Errorf("ID %s from %s", r.ID, r.Imported.Source)
	}
	if !strings.Contains(strings.Join(r.Warnings, "\n"), "optimizer adamw_torch is taken for adamw") {
		t.Errorf("warnings %q", r.Warnings)
	}
}

// TestCSVCurves: rows of one run are its curve, whichever quantities each has.
func TestCSVCurves(t *testing.T) {
	const text = "Name,_step,rank,lr,train/loss,eval/loss,grad\n" +
		"a,2,8,1e-4,3,,1\nb,2,8,1e-4,4,,2\na,4,8,1e-4,2,,\na,4,8,1e-4,,1.5,\nb,4,8,1e-4,NaN,,\n"
	const curves = `
columns: {run: Name, step: _step, rank: rank, lr: lr, train_loss: train/loss, val_loss: eval/loss, grad_norm: grad}
axes: [Name]
nan: diverged
`
	in, err := imported(t, text, curves)
	if err != nil {
		t.Fatal(err)
	}
	a, b := in.Runs[0], in.Runs[1]
	if len(in.Runs) != 2 || len(a.Curve) != 2 || a.Steps != 4 || a.Status != results.Done {
		t.Fatalf("%d runs, the first %+v", len(in.Runs), a)
	}
	if v := a.Curve[1].Values; v[metrics.TrainLoss] != 2 || v[metrics.ValLoss] != 1.5 ||
		!math.IsNaN(v[metrics.GradNorm]) {
		t.Errorf("values %v", v)
	}
	if b.Status != results.Diverged || b.Reason != "train_loss is no number at step 4" {
		t.Errorf("b %s: %s", b.Status, b.Reason)
	}
	if a.Scheme != results.NotStated || !math.IsNaN(a.Alpha) || !math.IsNaN(a.Gamma) ||
		a.Optimizer != results.NotStated {
		t.Errorf("what is not stated: %+v", a)
	}
	for _, doubt := range []string{"imported: ", "how gamma depends on rank", "optimizer is not", "seed is not"} {
		if !strings.Contains(strings.Join(a.Warnings, "\n"), doubt) {
			t.Errorf("no warning has %q: %q", doubt, a.Warnings)
		}
	}
}

// TestCSVRefused: what cannot be read is refused with its place, its value and what to do.
func TestCSVRefused(t *testing.T) {
	const head = "r,lr,seed,loss\n"
	for name, c := range map[string]struct {
		text, m string
		want    []string
	}{
		"a column that is not there": {"r,lr,sed,loss\n", plainMap,
			[]string{"a.csv: line 1: ", `map.yaml: unknown column "seed": did you mean "sed"?`}},
		"no rank": {head, "columns: {lr: lr, val_loss: loss}\nvalues: {steps: 1}",
			[]string{"names no rank: write"}},
		"no rate": {head, "columns: {rank: r, val_loss: loss}\nvalues: {steps: 1}",
			[]string{"no learning rate"}},
		"no step": {head, "columns: {rank: r, lr: lr, val_loss: loss}", []string{"names no step"}},
		"no measurement": {head, "columns: {rank: r, lr: lr}\nvalues: {steps: 1}",
			[]string{"nothing that was measured"}},
		"two of one cell": {head + "4,1e-3,0,1\n4,0.001,0,2\n", plainMap,
			[]string{"a.csv: line 3, column 11 (loss)", "two rows"}},
		"a decimal comma": {"r;lr;seed;loss\n4;1e-3;0;0,5\n", plainMap,
			[]string{"line 2, column 10 (loss): \"0,5\": has a decimal comma: write decimal: \",\""}},
		"a comma too many": {head + "4,1e-3,0,0,5\n", plainMap,
			[]string{"line 2: has another number of cells", "quotes"}},
		"a formula": {head + "=A1,1e-3,0,1\n", plainMap,
			[]string{"line 2, column 1 (r): rank \"=A1\": is a formula"}},
		"NaN": {head + "4,1e-3,0,NaN\n", plainMap,
			[]string{"a.csv: line 2, column 10", "write nan: diverged into the map"}},
		"infinity":        {head + "4,1e-3,0,-inf\n", plainMap, []string{"line 2, column 10", "is no number"}},
		"rank 0":          {head + "0,1e-3,0,1\n", plainMap, []string{"must be a whole number from 1 to 1048576"}},
		"half a rank":     {head + "4.5,1e-3,0,1\n", plainMap, []string{"must be a whole number"}},
		"a negative rate": {head + "4,-1e-3,0,1\n", plainMap, []string{"lr \"-1e-3\": must be above 0"}},
		"a text": {head + "4,fast,0,1\n", plainMap,
			[]string{"line 2, column 3 (lr): lr \"fast\": must be a number"}},
		"hexadecimal":    {head + "0x10,1e-3,0,1\n", plainMap, []string{"must be a number"}},
		"too large":      {head + "4,1e-3,0,1e999\n", plainMap, []string{"too large"}},
		"an empty rank":  {head + ",1e-3,0,1\n", plainMap, []string{"line 2: rank is empty"}},
		"nothing":        {"", plainMap, []string{"a.csv: is empty"}},
		"a mark alone":   {"\ufeff\r\n", plainMap, []string{"a.csv: is empty"}},
		"a head alone":   {head, plainMap, []string{"a head and no rows"}},
		"UTF-16":         {"\xff\xfer\x00", plainMap, []string{"is no UTF-8"}},
		"a web page":     {"<!DOCTYPE html><html>", plainMap, []string{"is a web page"}},
		"a column twice": {"r,lr,seed,loss,loss\n", plainMap, []string{`column "loss" is there twice`}},
		"an open quote":  {head + "4,1e-3,0,\"1\n", plainMap, []string{"line "}},
		"gamma that is none": {"r,lr,seed,loss,g\n4,1e-3,0,1,3\n",
			strings.Replace(plainMap, "val_loss", "gamma: g, val_loss", 1), []string{"gamma 3: alpha 16 at rank 4"}},
		"an unknown field": {head, strings.Replace(plainMap, "seed: seed", "sed: seed", 1),
			[]string{`unknown field "sed": did you mean "seed"?`}},
		"an unknown key":  {head, plainMap + "colums: {}", []string{"line 4: ", `did you mean "columns"?`}},
		"a field of axes": {head, plainMap + "axes: [seed]", []string{`axes: "seed": is the name of a field`}},
		"a bad value": {head, strings.Replace(plainMap, "lora", "lara", 1),
			[]string{`values: scheme "lara"`}},
		"a field twice": {head, strings.Replace(plainMap, "alpha", "lr: 1, alpha", 1),
			[]string{"lr: is under columns"}},
		"two maps": {head, plainMap + "\n---\nname: b\n", []string{"a second document begins"}},
		"a line break": {"r,lr,seed,loss,m\n4,1e-3,0,1,\"a\nb\"\n",
			strings.Replace(plainMap, "{rank", "{model: m, rank", 1),
			[]string{"(m): model", "has a control character"}},
		"no map": {head, "", []string{"must be keys with values"}},
		"a run that changes": {"n,r,lr,seed,loss\na,4,1e-3,0,1\na,8,1e-3,0,1\n",
			strings.Replace(plainMap, "{rank", "{run: n, rank", 1),
			[]string{"line 3: rank \"8\": the run at a.csv:2 has \"4\""}},
	} {
		_, err := imported(t, c.text, c.m)
		refused(t, name, err, c.want...)
	}
}

// TestFilesRefused: what is no file of a kind that is read.
func TestFilesRefused(t *testing.T) {
	m, err := ReadMap(written(t, "map.yaml", plainMap))
	if err != nil {
		t.Fatal(err)
	}
	large := written(t, "large.csv", "r,lr,seed,loss\n")
	if err := os.Truncate(large, 1<<30); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		large:                               "it has more than 268435456 bytes",
		t.TempDir():                         "is a folder without trainer_state.json",
		filepath.Join(t.TempDir(), "a.csv"): "no such file",
		written(t, "a.json", "{}"):          "is neither a trainer_state.json",
		written(t, "a.json", "{"):           "is no JSON",
		written(t, "a.json", ""):            "is empty",
		written(t, "a.md", "# a\n"):         "has no table with the head",
	} {
		_, err := Read([]string{path}, m)
		refused(t, path, err, want, path)
	}
	_, err = Read([]string{written(t, "a.csv", "r\n")}, nil)
	refused(t, "no map", err, "name it by --map")
}
