package results

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"math"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"ranksweep/grid"
	"ranksweep/lora"
	"ranksweep/metrics"
)

// wholeRun has a value in every field, and texts that are hard to write.
func wholeRun() Run {
	r := testRun("lora", 1, 4, 1)
	r.TwinID = "=1+1"
	r.Powers = lora.Scheme{P: 0.75, Init: -0.5, LRA: 0.25, LRB: 0.125, Ratio: 16, ZeroA: true}
	r.Scheme = "'p=0.75,init=-0.5,zero=a@4"
	r.Experiment = "@эксперимент, \"größer\"\r\nand more"
	r.Reason = "\"quoted\", then\na newline,\ta tab\r\nand <&> 🙂"
	r.Warnings = []string{"two\nlines", "", "\r\n", `a "quote", a comma`}
	r.BeyondTheory = "-not predicted"
	r.Expected = map[string]float64{"grad_norm_onset": 0.1, "loss_drop_first": 1e-300}
	r.Seed, r.LR = math.MaxUint64, math.Nextafter(0.3, 1)
	r.Axes = append(r.Axes, axes("data", "a,\"b\"\n+1", "lr", "-1")...)
	r.Config = json.RawMessage(`{"model":"1e5","data":{"source":"=cmd()","loss":"\u003ccompletion\u003e",` +
		`"eos":false},` +
		`"adapter":{"rank":4,"scaling":"'x","targets":["q","v"],"deep":{"a":[{"b":null}]},"empty":{},"none":null},` +
		`"train":{"lr":5e-05,"beta":0.90,"text":"\"\"","blank":"","list":"[1","t":"true","line":"a\r\nb"},` +
		`"unit":{},"seed":18446744073709551615}`)
	r.Curve[0].Values[metrics.ValLoss] = 3.25
	r.Validation = []ValidationBatch{{Scored: 7, Nats: 21.5}, {Scored: 9, Nats: 27.25}}
	return r
}

// testStudy has runs of every status and of both phases, and some are missing.
func testStudy() StudyFiles {
	diverged := testRun("log", 0, 16, 0)
	diverged.Powers = lora.Scheme{Log: true}
	diverged.Status, diverged.Reason, diverged.Steps = Diverged, "loss is Inf at step 2", 7
	diverged.Config = json.RawMessage(`{"data":{"source":"x","late":true,"loss":"all"},"seed":0}`)
	failed := testRun("rslora", 0.5, 64, 3)
	failed.Status, failed.Reason, failed.Steps, failed.Curve, failed.Config = Failed, "out of memory", 0, nil, nil
	failed.Axes, failed.Timing = nil, Timing{}
	tuned := testRun("rslora", 0.5, 4, 100)
	runs := []Run{wholeRun(), diverged, failed, tuned}
	for i := range runs {
		runs[i].Timing.Started = runs[i].Timing.Started.Truncate(time.Second)
	}
	plan := func(runs ...Run) (list []grid.Planned) {
		for _, r := range runs {
			list = append(list, grid.Planned{ID: r.ID, Axes: r.Axes})
		}
		return list
	}
	return StudyFiles{
		About: About{
			Experiment: "test", Question: "does it <rise>?", YAML: "name: test\n", CPU: "a CPU", Cores: 2,
			Rules: map[string]string{"collapse": "0f3c"}, Block: 3,
			Timed: &Timed{"avx2", "v0", time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)},
		},
		Runs: runs,
		Grid: grid.Grid{
			Runs: append(plan(failed, wholeRun()), grid.Planned{ID: "", Axes: axes("rank", "8", "lr", "")},
				plan(diverged)[0]),
			Tuning:   append([]grid.Planned{{ID: "absent", Axes: axes("rank", "8", "lr", "1e-4")}}, plan(tuned)...),
			Nuisance: []string{"lr"},
		},
	}
}

// withoutNaN is a study in which an absent value equals another one.
func withoutNaN(s StudyFiles) StudyFiles {
	s.Runs = slices.Clone(s.Runs)
	for i := range s.Runs {
		curve := slices.Clone(s.Runs[i].Curve)
		for k := range curve {
			for q, v := range curve[k].Values {
				if math.IsNaN(v) {
					curve[k].Values[q] = math.MaxFloat64
				}
			}
		}
		s.Runs[i].Curve = curve
	}
	return s
}

func sameStudy(a, b StudyFiles) bool { return reflect.DeepEqual(withoutNaN(a), withoutNaN(b)) }

func TestStudyReadsBack(t *testing.T) {
	single := testStudy()
	single.Grid = grid.Grid{}
	none := StudyFiles{Grid: grid.Grid{Runs: []grid.Planned{{ID: "absent", Axes: axes("rank", "4")}}}}
	for name, s := range map[string]StudyFiles{
		"whole": testStudy(), "without a grid": single, "without runs": none, "empty": {},
	} {
		dir := filepath.Join(t.TempDir(), "study")
		if err := WriteStudy(dir, s, nil); err != nil {
			t.Fatal(err)
		}
		got, err := ReadStudy(dir)
		if err != nil {
			t.Fatal(err)
		}
		if !sameStudy(got, s) {
			t.Errorf("%s: read\n%+v\nwrote\n%+v", name, got, s)
		}
		if name != "whole" {
			continue
		}
		got.Runs[0].Curve[1].Values[metrics.TrainLoss] = math.Nextafter(1, 2)
		if sameStudy(got, s) {
			t.Error("a difference in the last bit does not count")
		}
	}
}

// A field of a run without a column would be lost.
func TestStudyHoldsEveryField(t *testing.T) {
	// kept only in the store, only in records of newer programs, only in imported runs, and in none
	elsewhere := []string{"Modules", "Peak", "Unknown", "Imported", "Varies", "Parameters", "statistics", "method"}
	r := wholeRun()
	var unset func(name string, v reflect.Value) []string
	unset = func(name string, v reflect.Value) (names []string) {
		if v.Kind() == reflect.Struct && v.Type() != reflect.TypeFor[time.Time]() {
			for i := range v.NumField() {
				names = append(names, unset(v.Type().Field(i).Name, v.Field(i))...)
			}
		} else if v.IsZero() {
			names = append(names, name)
		}
		return names
	}
	want := append(elsewhere, "Log", "MatchRank") // with Log there is no P; records have no MatchRank
	for _, name := range unset("Run", reflect.ValueOf(r)) {
		if !slices.Contains(want, name) {
			t.Errorf("%s has no value in wholeRun, so that no test tells whether a study holds it", name)
		}
	}
	r.Alpha = 0
	if got := unset("Run", reflect.ValueOf(r)); !slices.Contains(got, "Alpha") {
		t.Error("a field without a value is not seen")
	}
}

func TestSameStudySameBytes(t *testing.T) {
	one, two := t.TempDir(), t.TempDir()
	for _, dir := range []string{one, two} {
		if err := WriteStudy(dir, testStudy(), nil); err != nil {
			t.Fatal(err)
		}
	}
	a, b := files(t, one), files(t, two)
	if len(a) != 5 || !reflect.DeepEqual(a, b) {
		t.Errorf("%d and %d files, or other bytes", len(a), len(b))
	}
	r, err := gzip.NewReader(bytes.NewReader(a["runs.csv.gz"]))
	if err != nil || r.Name != "" || !r.ModTime.IsZero() {
		t.Errorf("the file tells of name %q and time %v: %v", r.Name, r.ModTime, err)
	}
}

func TestSummary(t *testing.T) {
	s := testStudy()
	s.Runs[1].Timing.Started = s.Runs[0].Timing.Started.Add(time.Hour)
	got := s.Summary()
	if got.Planned != 6 || got.Done != 2 || got.Diverged != 1 || got.Failed != 1 || got.Missing != 2 {
		t.Errorf("counts %+v", got)
	}
	if got.Last.Sub(got.First) != time.Hour || got.Seconds != 4.5 || !slices.Equal(got.Kernels, []string{"gonum"}) {
		t.Errorf("summary %+v", got)
	}
}

func TestWriteStudyRefuses(t *testing.T) {
	for want, change := range map[string]func(*StudyFiles){
		"run lora-4-1: given twice":               func(s *StudyFiles) { s.Runs = append(s.Runs, s.Runs[0]) },
		"run absent: planned twice":               func(s *StudyFiles) { s.Grid.Tuning[1] = s.Grid.Tuning[0] },
		"run lora-4-1: the grid does not ask":     func(s *StudyFiles) { s.Grid.Runs = s.Grid.Runs[2:] },
		`ID "": must be a plain name`:             func(s *StudyFiles) { s.Runs[0].ID = "" },
		`status "missing": must be done,`:         func(s *StudyFiles) { s.Runs[0].Status = missing },
		`theory has no exact value of "val_loss"`: func(s *StudyFiles) { s.Runs[0].Expected["val_loss"] = 1 },
		"config cannot be columns": func(s *StudyFiles) {
			s.Runs[0].Config = json.RawMessage(`{"a.b":1}`)
		},
		"is no JSON object": func(s *StudyFiles) { s.Runs[0].Config = json.RawMessage(`[1]`) },
	} {
		s := testStudy()
		change(&s)
		if err := WriteStudy(t.TempDir(), s, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	for _, config := range []string{`{"a":{"b.c":1}}`, `{"":1}`, `{"a":{"":1}}`, `{"a":1,"a":2}`, `{}`, `{"a":`} {
		if _, err := newConfigReader().fields(json.RawMessage(config)); err == nil {
			t.Errorf("config %s passes", config)
		}
	}
}
