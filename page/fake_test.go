package page

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"ranksweep/analysis"
	"ranksweep/grid"
	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/paper"
	"ranksweep/results"
)

// hostile is a text that would do harm if a page took it for markup, script, or a formula of a spreadsheet.
const hostile = `</script><img src=x onerror="hacked=1"><script>hacked=1</script>'"` + "`<!--&lt;"

// madeUp are runs of two schemes at three ranks with three seeds each; texts of the last are hostile.
func madeUp() (runs []results.Run) {
	for _, scheme := range []string{"lora", "rslora"} {
		for _, rank := range []int{4, 16, 64} {
			for seed := range uint64(3) {
				runs = append(runs, madeUpRun(scheme, rank, seed))
			}
		}
	}
	return runs
}

func madeUpRun(scheme string, rank int, seed uint64) results.Run {
	p := map[string]float64{"lora": 1, "rslora": 0.5}[scheme]
	cell := fmt.Sprintf("%s-%d", scheme, rank)
	r := results.Run{
		ID: fmt.Sprintf("%s-%d", cell, seed), Cell: cell, Experiment: "fake", Scheme: scheme, Powers: lora.Scheme{P: p},
		Rank: rank, Alpha: 16, Gamma: 16 / math.Pow(float64(rank), p), Seed: seed, Optimizer: "adamw", LR: 1e-3,
		Status: results.Done, Steps: 10, Config: []byte(`{"model":"base"}`),
		Axes: []grid.Coordinate{{Name: "rank", Value: strconv.Itoa(rank)}, {Name: "scaling", Value: scheme},
			{Name: "seed", Value: strconv.FormatUint(seed, 10)}},
		Provenance: results.Provenance{Program: "ranksweep v1 abc", Go: "go1.26 linux/amd64", Kernel: "avx2",
			Numerics: 3},
	}
	for step := range 11 {
		values := metrics.NoValues()
		values[metrics.TrainLoss] = 3 - 0.01*float64(step)*math.Log2(float64(rank))*(2-p) + 0.02*float64(seed)
		values[metrics.ValLoss] = values[metrics.TrainLoss] + 0.1
		values[metrics.GradNorm] = math.Pow(float64(rank), 0.5-p) * (1 + 0.1*float64(seed))
		r.Curve = append(r.Curve, metrics.Point{Step: step, Tokens: int64(100 * step), Values: values})
	}
	return r
}

// sourceOf is a source of runs without a grid.
func sourceOf(runs []results.Run) Source {
	rows, choices, _ := analysis.Split(grid.Grid{}, runs)
	return Source{Experiments: []Experiment{{"runs/fake", "fake", "Does it?", []byte("name: fake\n")}},
		Program: "ranksweep v1", Rows: rows, All: runs,
		View: paper.NewView(rows, choices, results.CoverageOf(grid.Grid{}, runs, nil))}
}

// hostileSource has hostile texts wherever a user's file can have texts.
func hostileSource() Source {
	runs := madeUp()
	for i := range runs {
		r := &runs[i]
		r.Axes = append(r.Axes, grid.Coordinate{Name: "model", Value: hostile})
		if i%2 == 0 {
			r.Axes[len(r.Axes)-1].Value = "=1+1" + hostile
		}
		r.Warnings = []string{hostile}
		r.Provenance.Program, r.Provenance.Kernel = hostile, hostile
	}
	runs[0].Status, runs[0].Reason = results.Diverged, hostile
	from := sourceOf(runs)
	from.Experiments = []Experiment{{hostile, hostile, hostile, []byte(hostile)}}
	from.Program, from.Doubts = hostile, []string{hostile}
	return from
}

func written(t *testing.T, from Source) string {
	t.Helper()
	p, err := New(from)
	check(t, err)
	var b strings.Builder
	check(t, p.Write(&b))
	return b.String()
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
