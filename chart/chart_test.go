package chart

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ranksweep/analysis"
	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/results"
)

// runsOf makes a run of each rank, rate and seed, which has two steps and a loss of rank + 10·seed + step.
func runsOf(ranks []int, rates []float64, seeds int) (runs []results.Run) {
	for _, rank := range ranks {
		for _, rate := range rates {
			for seed := range seeds {
				runs = append(runs, oneRun(rank, rate, seed))
			}
		}
	}
	return runs
}

func oneRun(rank int, rate float64, seed int) results.Run {
	r := results.Run{
		ID: fmt.Sprintf("%d-%g-%d", rank, rate, seed), Cell: fmt.Sprintf("%d-%g", rank, rate), Scheme: "lora",
		Rank: rank, Alpha: 16, Seed: uint64(seed), Optimizer: "adamw", LR: rate, Status: results.Done, Steps: 2,
		Axes: []grid.Coordinate{{Name: "rank", Value: fmt.Sprint(rank)}, {Name: "lr", Value: fmt.Sprint(rate)},
			{Name: "seed", Value: fmt.Sprint(seed)}},
		Config: json.RawMessage(fmt.Sprintf(`{"model": "base", "data": {"source": "a.txt", "packing": true},
			"train": {"lr": %g, "weight_decay": 0.1}, "adapter": {"targets": ["k_proj", "q_proj"]}}`, rate)),
	}
	for step := range 3 {
		v := metrics.NoValues()
		v[metrics.TrainLoss] = float64(rank + 10*seed + step)
		v[metrics.ValLoss] = v[metrics.TrainLoss]
		v[metrics.GradNorm] = float64(step)
		r.Curve = append(r.Curve, metrics.Point{Step: step, Tokens: int64(100 * step), Values: v})
	}
	return r
}

// chartOf is the chart of runs that options describe: "x=rank y=val_loss".
func chartOf(runs []results.Run, options ...string) (Chart, error) {
	var spec Spec
	for _, o := range options {
		name, value, _ := strings.Cut(o, "=")
		if err := spec.Set(name, value); err != nil {
			return Chart{}, err
		}
	}
	return New(spec, Source{Reported: analysis.Rows(runs), Modules: func(string) ([]metrics.Point, error) {
		var points []metrics.Point
		for _, name := range []string{"layers.0.q_proj", "layers.0.k_proj", "layers.1.q_proj", "head"} {
			for step := range 2 {
				v := metrics.NoValues()
				v[metrics.GradNorm] = float64(len(name) + 100*step)
				points = append(points, metrics.Point{Step: step, Module: name, Values: v})
			}
		}
		return points, nil
	}})
}

// marksOf writes the marks of all lines: "4:5" is a mean of 5 at x = 4.
func marksOf(c Chart) string {
	var all []string
	for _, p := range c.Grid {
		for _, l := range p.Lines {
			for _, m := range l.Marks {
				all = append(all, fmt.Sprintf("%g:%g", m.X, m.Value()))
			}
		}
	}
	return strings.Join(all, " ")
}

func TestMeans(t *testing.T) {
	runs := runsOf([]int{4, 8}, []float64{1e-3}, 2)
	for _, test := range []struct{ options, want string }{
		{"x=rank y=val_loss", "4:11 8:15"},                         // the last value, 4+2 and 4+12
		{"x=rank y=val_loss where=seed==1", "4:16 8:20"},           //
		{"x=step y=val_loss where=rank==4", "0:9 1:10 2:11"},       // a quantity, at every step
		{"x=tokens y=val_loss where=rank==4", "0:9 100:10 200:11"}, //
		{"x=rank y=grad_norm where=step==1", "4:1 8:1"},            //
		{"x=layer y=grad_norm_onset where=rank==4", "0:15 1:15"},   // of 15 letters each; the head has no layer
		{"x=layer y=grad_norm lines=map where=step==1&&seed==0&&rank==4", "0:115 1:115 0:115"},
		{"y=val_loss smooth=2 where=rank==4&&seed==0", "1:4.5 2:5.5"},
		{"x=weight_decay y=val_loss kind=points where=rank==4&&seed==0", "0.1:6"},
	} {
		c, err := chartOf(runs, strings.Fields(test.options)...)
		if got := marksOf(c); err != nil || got != test.want {
			t.Errorf("%s: %s, %v; want %s", test.options, got, err, test.want)
		}
	}
}

// What cannot be shown is refused by its name, its value and what to try.
func TestRefusals(t *testing.T) {
	runs := runsOf([]int{4, 8}, []float64{1e-4, 1e-3}, 2)
	for options, want := range map[string]string{
		"x=rnak|y=val_loss":                                    `unknown name "rnak": did you mean "rank"`,
		"x=rank|y=val_los|lines=lr":                            `did you mean "val_loss"`,
		"x=rank|y=val_loss|where=rnak > 3":                     `did you mean "rank"? known:`,
		"x=rank|y=val_loss|where=rank >":                       `where "rank >", character 6: unexpected token EOF`,
		"x=rank|y=val_loss|where=rank":                         "expected bool, but got float64",
		"x=rank|y=val_loss|where=rank == 'a'":                  "mismatched types float64 and string",
		"x=rank|y=val_loss|where=rank > 100":                   `nothing is left of 8 runs by --where "rank > 100"`,
		"x=rank|y=val_loss|where=all([1], true)":               "builtin is not allowed",
		"x=rank|y=val_loss|where=rank in 1..999999":            "a range .. is not allowed",
		"x=rank|y=val_loss|where=$env == 1":                    `unknown name "$env"`,
		"x=rank|y=val_loss|where=" + strings.Repeat("(", 3000): "3000 bytes: at most 2000",
		"x=rank|y=val_loss":                                    "differ in lr 1e-4, 1e-3",
		"x=rank|y=grad_norm":                                   "measured at every step: draw it by --kind curve",
		"x=rank|y=scaling|lines=lr":                            "y scaling has words for values, lora",
		"x=val_loss|y=rank":                                    "x val_loss: each run has its own value",
		"x=rank|y=val_loss|lines=val_loss":                     "each run has its own value: name an axis",
		"x=rank|y=val_loss|lines=lr|log=z":                     `unknown axis of log "z"`,
		"x=seed|y=val_loss|panels=rank|lines=lr|log=x":         "1 of 2 values of seed are 0 or below, the least is 0",
		"x=scaling|y=val_loss|lines=lr|panels=rank|log=x":      "scaling has words for values",
		"x=step|y=grad_norm|lines=lr|panels=rank|log=y":        "1 of 3 values of grad_norm are 0 or below",
		"x=rank|y=delta_w_final|lines=lr":                      "none of 8 runs has a value of delta_w_final",
		"y=val_loss|kind=line":                                 "x is missing",
		"x=rank|kind=line":                                     "y is missing",
		"x=lr|y=rank|kind=heat":                                "needs a color",
		"x=lr|y=rank|color=val_loss|lines=seed":                "a heat map has none",
		"x=lr|y=rank|color=val_loss|kind=line":                 "a heat map, and nothing else, needs a color",
		"x=rank|y=val_loss|kind=curve":                         "curves are against step or tokens",
		"x=rank|y=val_loss|kind=lin":                           `unknown kind "lin": did you mean "line"`,
		"x=rank|y=val_loss|smooth=0":                           "at least 1",
		"x=rank|y=val_loss|smooth=3":                           "only curves are smoothed",
		"x=rank|y=val_loss|width=3":                            "must be a length, as 3.25in",
		"x=rank|y=val_loss|width=1in":                          "must be from 2in to 20in",
		"x=rank|y=val_loss|width=icm":                          `did you mean "icml"`,
		"x=rank|y=val_loss|format=gif":                         "unknown format",
		"x=rank|y=val_loss|name=../a":                          "must be letters, digits",
	} {
		all := strings.Split(options, "|")
		if _, err := chartOf(runs, all...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v, want %s", options, err, want)
		}
	}
}

// More lines or panels than can be told apart are refused with an expression that chooses some, and it does.
func TestTooManyAreRefused(t *testing.T) {
	var rates []float64
	for i := range mostLines + 1 {
		rates = append(rates, float64(i+1)*1e-5)
	}
	runs := runsOf([]int{4, 8}, rates, 1)
	for i := range runs {
		runs[i].Config = json.RawMessage(fmt.Sprintf(`{"model": "it's %g"}`, runs[i].LR))
	}
	for what, want := range map[string]string{
		"lines=lr":     `at most 24 can be told apart: choose some, as in --where "lr in [1e-05, 2e-05]"`,
		"panels=lr":    `panels lr: there are 25`,
		"panels=model": `"model in ['it\\'s 1e-05', 'it\\'s 2e-05']"`,
	} {
		_, err := chartOf(runs, "x=rank", "y=grad_norm_mean", "kind=points", what)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Fatalf("%s: %v, want %s", what, err, want)
		}
		_, quoted, _ := strings.Cut(err.Error(), "--where ")
		where, err := strconv.Unquote(quoted)
		if err != nil {
			t.Fatal(err)
		}
		c, err := chartOf(runs, "x=rank", "y=grad_norm_mean", "kind=points", what, "where="+where)
		if err != nil || c.Left != 4 {
			t.Errorf("%s: by %s %d runs are left, want 4: %v", what, where, c.Left, err)
		}
	}
}

// An expression has the names of the runs; numbers are told from texts and truths.
func TestWhere(t *testing.T) {
	runs := runsOf([]int{4, 8}, []float64{1e-4, 1e-3}, 2)
	for where, left := range map[string]int{
		"":                                      8,
		"seed in [0, 7] and rank >= 8":          2,
		"lr == 1e-4 || rank == 4":               6,
		"lr in [0.0001]":                        4,
		`not (scheme startsWith "l")`:           -1,
		"packing":                               8,
		`data == "a.txt" && model != "x"`:       8,
		`targets contains "q_proj"`:             8,
		"val_loss < 10 ? rank == 4 : rank == 8": -2,
		"rank ** 2 == 16":                       4,
		"-rank < -4":                            4,
	} {
		c, err := chartOf(runs, "kind=points", "x=rank", "y=val_loss", "where="+where)
		switch {
		case left == -1 && (err == nil || !strings.Contains(err.Error(), "nothing is left")):
			t.Errorf("%s: %v", where, err)
		case left == -2 && (err == nil || !strings.Contains(err.Error(), "conditional is not allowed")):
			t.Errorf("%s: %v", where, err)
		case left > 0 && (err != nil || c.Left != left || c.All != 8):
			t.Errorf("%s: %d of %d, %v; want %d", where, c.Left, c.All, err, left)
		case left > 0 && left < 8 && !slices.ContainsFunc(c.Notes, func(n string) bool {
			return strings.HasPrefix(n, fmt.Sprintf("Shown are %d of 8 runs", left))
		}):
			t.Errorf("%s: not said in %q", where, c.Notes)
		}
	}
}

// Runs that tune are shown if the expression asks for them, and then their rates are an axis like others.
func TestPhases(t *testing.T) {
	runs := runsOf([]int{4}, []float64{1e-4, 1e-3}, 2)
	from := Source{Reported: analysis.Rows(runs[:1]), Tuning: runs[1:2], Tried: runs[2:], Nuisance: []string{"lr"}}
	for where, left := range map[string]int{
		"": 1, `phase == "tuning"`: 1, `phase != "reported"`: 3, `phase == "tried"`: 2,
	} {
		c, err := New(Spec{Kind: PointsKind, X: "lr", Y: "val_loss", Where: where}, from)
		if err != nil || c.Left != left {
			t.Errorf("%q: %d, %v; want %d", where, c.Left, err, left)
		}
	}
	mixed := Source{Reported: analysis.Rows(runs), Nuisance: []string{"lr"}}
	if _, err := New(Spec{X: "rank", Y: "val_loss"}, mixed); err != nil {
		t.Errorf("seeds with rates of their own: %v", err)
	}
	if _, err := New(Spec{X: "rank", Y: "val_loss", Where: `phase == "reported"`}, mixed); err == nil {
		t.Error("rates are averaged in silence")
	}
}

// Failed runs are left out, and a run that diverged has no mean, or a curve of its own.
func TestLostRuns(t *testing.T) {
	runs := runsOf([]int{4, 8}, []float64{1e-3}, 2)
	runs[0].Status, runs[2].Status = results.Failed, results.Diverged
	c, err := chartOf(runs, "x=rank", "y=val_loss")
	if got := marksOf(c); err != nil || got != "4:16 8:NaN" || c.Failed != 1 || c.Diverged != 1 {
		t.Errorf("%s, %v", got, err)
	}
	c, err = chartOf(runs, "y=val_loss", "lines=rank")
	if got := marksOf(c); err != nil || got != "0:14 1:15 2:16 0:18 1:19 2:20" {
		t.Errorf("curves: %s, %v", got, err)
	}
	if lost := c.Grid[0].Lines[1].Lost; len(lost) != 1 || !slices.Equal(lost[0].Y, []float64{8, 9, 10}) {
		t.Errorf("curve of the run that diverged: %+v", lost)
	}
	runs[1].Curve[1].Values[metrics.ValLoss] = math.NaN()
	if c, err = chartOf(runs[:2], "y=val_loss"); err != nil || marksOf(c) != "0:14 2:16" {
		t.Errorf("a curve of a quantity that is not measured at every step: %s, %v", marksOf(c), err)
	}
	for i := range runs {
		runs[i].Status = results.Failed
	}
	if _, err := chartOf(runs, "x=rank", "y=val_loss"); err == nil || !strings.Contains(err.Error(), "4 runs failed") {
		t.Error(err)
	}
}

// An axis of broad settings is logarithmic; one with a single value is said.
func TestScales(t *testing.T) {
	c, err := chartOf(runsOf([]int{4, 8, 64}, []float64{1}, 1), "x=rank", "y=val_loss")
	if err != nil || !c.XScale.Log || c.YScale.Log {
		t.Error(c.XScale, err)
	}
	c, err = chartOf(runsOf([]int{4, 8}, []float64{1}, 1), "x=rank", "y=val_loss", "log=none")
	if err != nil || c.XScale.Log {
		t.Error(c.XScale, err)
	}
	c, err = chartOf(runsOf([]int{4}, []float64{1}, 1), "x=rank", "y=val_loss")
	if err != nil || !slices.Contains(c.Notes, "The x axis has one value, rank 4.") {
		t.Error(c.Notes, err)
	}
	paths := Scale{Words: []string{"/a/b/model", "/a/c/model", "/a/c/other"}}
	if got := paths.Labels(); !slices.Equal(got, []string{"b/model", "c/model", "c/other"}) {
		t.Errorf("paths: %q", got)
	}
}

func TestWidths(t *testing.T) {
	for text, want := range map[string]float64{
		"3.25in": 234, "8.2cm": 232.4409448818898, "82mm": 232.4409448818898, "234pt": 234, "icml": 234, "neurips": 396,
		"acl": 218.26771653543305, // 7.7 cm
	} {
		var s Spec
		if err := s.Set("width", text); err != nil || math.Abs(s.Width-want) > 1e-9 {
			t.Errorf("%s: %v points, %v; want %v", text, s.Width, err, want)
		}
	}
}

// FuzzWhere: no expression causes a panic or runs for long.
func FuzzWhere(f *testing.F) {
	for _, text := range []string{
		"rank > 3", "seed in [0,1] and lr == 1e-4", `scheme matches "^l"`, "map == map", "1..2", "((",
		"rank ?? 1", "scheme[1:] == ''", "not not true", "-+1 > rank", "rank[0]", "let x = 1; true",
		"#.a", "{}", "`a`",
	} {
		f.Add(text)
	}
	runs := runsOf([]int{4, 8}, []float64{1e-4}, 1)
	f.Fuzz(func(_ *testing.T, where string) {
		chartOf(runs, "kind=points", "x=rank", "y=val_loss", "where="+where)
	})
}

// Losses a token of two models, whose tokens may differ, share no axis.
func TestTokensOfTwoModels(t *testing.T) {
	runs := runsOf([]int{4, 8}, []float64{1e-3}, 2)
	for i := range runs {
		runs[i].Provenance.ModelHash = "one"
		if runs[i].Rank == 8 {
			runs[i].Provenance.ModelHash = "two"
		}
	}
	for _, options := range [][]string{
		{"x=rank", "y=val_loss"}, {"x=step", "y=train_loss", "lines=rank"}, {"x=val_loss", "y=rank", "kind=points"},
		{"x=rank", "y=lr", "color=val_loss", "kind=heat"},
	} {
		if _, err := chartOf(runs, options...); err == nil || !strings.Contains(err.Error(), "take bits_per_byte") {
			t.Errorf("%v: %v", options, err)
		}
	}
	for _, options := range [][]string{
		{"x=rank", "y=val_loss", "where=rank == 4"}, {"x=rank", "y=grad_norm_mean"},
	} {
		if _, err := chartOf(runs, options...); err != nil {
			t.Errorf("%v: %v", options, err)
		}
	}
}
