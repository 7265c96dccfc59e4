package foreign

import (
	"strings"
	"testing"

	"ranksweep/metrics"
	"ranksweep/results"
)

// wideText is a chart as W&B exports it: cells of a run are empty at steps that it did not log.
const wideText = `"Step","r16 - lora - val/loss","r16 - lora - val/loss__MIN","r16 - lora - val/loss__MAX",` +
	`"r64 - val/loss","r64 - val/loss__MIN","r64 - val/loss__MAX"
10,2.5,2.5,2.5,,,
20,2.25,2.25,2.25,2.0,1.9,2.1
30,,,,1.5,1.5,1.5
`

const wideMap = `
columns: {step: Step, val_loss: val/loss}
values: {scheme: lora, alpha: 16, optimizer: adamw}
runs:
  r16 - lora: {rank: 16, lr: 1e-3}
  r64: {rank: 64, lr: 2e-3, seed: 7}
`

// A file with a column for each run has the runs that the map names, each with its own steps and values; ends that are
// not the value are a doubt.
func TestWideFile(t *testing.T) {
	in, err := imported(t, wideText, wideMap)
	if err != nil {
		t.Fatal(err)
	}
	if len(in.Runs) != 2 {
		t.Fatalf("%d runs", len(in.Runs))
	}
	for i, want := range []struct {
		rank, steps int
		lr          float64
		curve       []float64
		doubted     bool
	}{{16, 20, 1e-3, []float64{2.5, 2.25}, false}, {64, 30, 2e-3, []float64{2, 1.5}, true}} {
		r := in.Runs[i]
		if r.Rank != want.rank || r.LR != want.lr || r.Steps != want.steps || r.Status != results.Done {
			t.Errorf("run %d: %+v", i, r)
		}
		for j, v := range want.curve {
			if len(r.Curve) != len(want.curve) || r.Curve[j].Values[metrics.ValLoss] != v {
				t.Errorf("run %d: curve %v", i, r.Curve)
			}
		}
		said := strings.Contains(strings.Join(r.Warnings, "\n"), "means over several steps or runs")
		if said != want.doubted {
			t.Errorf("run %d: warnings %q", i, r.Warnings)
		}
	}
	if in.Runs[1].Seed != 7 || in.Runs[1].Lacks("seed") || !in.Runs[0].Lacks("seed") {
		t.Errorf("seeds %d and %d", in.Runs[0].Seed, in.Runs[1].Seed)
	}
}

// What a wide file or its map lacks is said, with what to write.
func TestWideFileRefused(t *testing.T) {
	plain := "columns: {step: Step, rank: rank, lr: lr, val_loss: val/loss}\n"
	for name, c := range map[string]struct {
		text, mapped string
		parts        []string
	}{
		"no runs in the map": {"rank,lr," + wideText, plain, []string{
			`"val/loss" is there once for each run, as W&B exports`,
			`runs: {"r16 - lora": {rank: 16, lr: 1e-4}, ...}`}},
		"a run that is not in the file": {wideText, strings.Replace(wideMap, "  r64:", "  r65:", 1),
			[]string{`unknown run "r65"`, `did you mean "r64"`}},
		"a run that is not in the map": {wideText, strings.Replace(wideMap, "  r64:", "  #", 1),
			[]string{`column "r64 - val/loss" is of a run that is not under runs`}},
		"no rank of a run": {wideText, strings.Replace(wideMap, "rank: 64, ", "", 1), []string{"names no rank"}},
		"no step":          {wideText, strings.Replace(wideMap, "step: Step, ", "", 1), []string{"write step: COLUMN"}},
		"a column of rank": {wideText, strings.Replace(wideMap, "step: Step, ", "step: Step, rank: r, ", 1),
			[]string{"write rank for each run under runs"}},
		"a rank that is none": {wideText, strings.Replace(wideMap, "rank: 64", "rank: many", 1),
			[]string{"runs: r64: rank", "many"}},
		"a loss that is none": {strings.Replace(wideText, "1.5,1.5", "low,1.5", 1), wideMap,
			[]string{"line 4, column", "r64 - val/loss", "low"}},
	} {
		_, err := imported(t, c.text, c.mapped)
		refused(t, name, err, c.parts...)
	}
}
