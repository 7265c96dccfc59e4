package foreign

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"ranksweep/metrics"
	"ranksweep/results"
)

// TestTrainerState reads folders of Hugging Face's trainer, and the last checkpoint of one that has only those.
func TestTrainerState(t *testing.T) {
	m := &Map{Values: map[string]string{"seed": "3", "optimizer": "adamw_torch"}}
	in, err := Read([]string{"testdata/r16", "testdata/r64"}, m)
	if err != nil {
		t.Fatal(err)
	}
	a, b := in.Runs[0], in.Runs[1]
	if a.Rank != 16 || a.Scheme != "lora" || a.Gamma != 2 || a.LR != 2e-4 || a.Seed != 3 || a.Steps != 20 ||
		a.Optimizer != "adamw" || a.Statistic(metrics.ValLossFinal) != 1.75 ||
		a.Statistic(metrics.GradNormMean) != 1.125 {
		t.Errorf("%+v", a)
	}
	if b.Rank != 64 || b.Scheme != "rslora" || b.Gamma != 4 || b.Status != results.Diverged || b.Steps != 12-2 {
		t.Errorf("%+v", b)
	}
	if v := a.Curve[0].Values[metrics.TrainLoss]; v != 2.5 || len(a.Curve) != 2 {
		t.Errorf("training loss %g of %d points", v, len(a.Curve))
	}
	for _, want := range []string{"largest that was logged", "means since the value before"} {
		if !strings.Contains(strings.Join(a.Warnings, "\n"), want) {
			t.Errorf("no warning has %q: %q", want, a.Warnings)
		}
	}
	_, err = Read([]string{"testdata/r16", "testdata/r16/checkpoint-20/trainer_state.json"}, m)
	refused(t, "one run twice", err, "checkpoint-20/trainer_state.json", "two rows of one cell")
	for text, want := range map[string]string{
		`{"log_history": [{"loss": "low", "step": 1}]}`:                     `step 1: loss "\"low\"": must be a number`,
		`{"log_history": [{"loss": 1, "step": -1}]}`:                        "must be a whole number",
		`{"log_history": [{"loss": 1, "step": 1e99}]}`:                      "must be a whole number",
		`{"log_history": {"loss": 1}}`:                                      "cannot unmarshal",
		`{"log_history": [{"loss": 1, "step": 1}, {"loss": 2, "step": 1}]}`: "has a value of train_loss already",
	} {
		_, err := Read([]string{written(t, stateFile, text)}, m)
		refused(t, text, err, want)
	}
	alone := written(t, stateFile, `{"global_step": 1, "log_history": [{"loss": 1, "step": 1}]}`)
	_, err = Read([]string{alone}, m)
	refused(t, "no adapter", err, "has no settings of an adapter beside it")
}

// TestPEFTComparison: each of PEFT's results is imported, or is named with its reason.
func TestPEFTComparison(t *testing.T) {
	paths := shared(t, "peft-method-comparison/*.json")
	in, err := Read(paths, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(in.Runs) != 9 || len(in.Runs)+len(in.LeftOut) != len(paths) || len(paths) != 63 {
		t.Errorf("%d runs of %d files, %d left out", len(in.Runs), len(paths), len(in.LeftOut))
	}
	for _, path := range paths {
		name, told := filepath.Base(path), 0
		for _, r := range in.Runs {
			if r.Imported.Source == name {
				told++
			}
		}
		for _, text := range in.LeftOut {
			if strings.HasPrefix(text, name+": peft_type ") {
				told++
			}
		}
		if told != 1 {
			t.Errorf("%s is told of %d times", name, told)
		}
	}
	for _, r := range in.Runs {
		if r.Imported.Source != "lora--llama-3.2-3B-rank64-rslora.json" {
			continue
		}
		if r.Scheme != "rslora" || r.Alpha != 64 || r.Gamma != 8 || r.Rank != 64 || len(r.Curve) != 20 ||
			math.Abs(r.Curve[19].Values[metrics.TrainLoss]-0.5663226752281189) > 1e-15 || r.Seed != 0 ||
			r.Lacks("seed") {
			t.Errorf("%+v", r)
		}
	}
}

// TestTinkerPage: each row of the tables is a run, and each cell without a row diverged or is named.
func TestTinkerPage(t *testing.T) {
	in, err := Read(shared(t, "tinker/sft_sweep.md"), nil)
	if err != nil {
		t.Fatal(err)
	}
	models, cells, done, diverged := map[string]bool{}, map[string]bool{}, 0, 0
	for _, r := range in.Runs {
		model := r.Axes[0].Value
		models[model] = true
		cells[model+results.FormatFloat(r.LR)+"/"+string(rune(r.Rank))] = true
		if r.Status == results.Done {
			done++
		} else {
			diverged++
		}
	}
	open := 0
	for _, text := range in.LeftOut {
		if strings.Contains(text, "its grid has the cell") {
			open++
		}
	}
	// 548 rows, 66 of them second rows of a cell; 101 of the runs that notes count as diverged can be placed
	if len(models) != 35 || done != 548 || diverged != 101 || len(cells) != 548-66+101 {
		t.Errorf("%d models, %d done, %d diverged, %d cells", len(models), done, diverged, len(cells))
	}
	if asked := len(cells) + open; open != 35 || asked != 618 { // rates times ranks, over all models
		t.Errorf("%d cells are left out, of %d", open, asked)
	}
}
