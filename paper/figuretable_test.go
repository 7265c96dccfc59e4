package paper

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ranksweep/analysis"
	"ranksweep/metrics"
	"ranksweep/paper/figure"
	"ranksweep/paper/number"
	"ranksweep/results"
)

// The data of each figure have every point that it shows, under a name.
func TestFigureTablesAreWhole(t *testing.T) {
	views := map[string]View{
		"phase": view(phaseRuns()), "regime": view(regimeRuns(1.2)), "check": view(checkRuns("rslora", 0.5, 0)),
		"models": view(twoModels()), "schemes": view(sweep()), "rates": view(rateRuns(claimed, 0)),
	}
	timings := view(sweep())
	timings.Inference = timed(1.01, 0.99, 1).Inference
	views["inference"] = timings
	var inits trial
	for i, kind := range []string{"kaiming-uniform", "gaussian"} {
		inits = both(inits, ofInit(kind, made([]string{"rslora"}, []int{4, 256}, 3, func(r *results.Run) {
			endsAt(r, 3, 2+0.01*swing(r)+0.1*float64(i))
		})))
	}
	views["inits"] = inits.view()
	for name, runs := range degenerate() {
		views[name] = view(runs)
	}
	drawn := make(map[string]bool)
	for of, v := range views {
		for _, d := range drawings {
			f, ok := d.of(v)
			if !ok {
				continue
			}
			drawn[d.name] = true
			rows := 0
			panels := f.Panels
			if f.Whole != nil {
				panels = f.Whole // the page has no room for all
			}
			for _, p := range panels {
				rows += len(p.Tiles) + pointsWithNames(t, of+", "+d.name, p)
			}
			if table := figureTable(f); len(table.Rows) != rows || rows == 0 {
				t.Errorf("%s, %s: %d rows of %d points", of, d.name, len(table.Rows), rows)
			}
		}
	}
	for _, d := range drawings {
		if other := strings.HasPrefix(d.name, "check-") && d.name != checkName("sgd"); !drawn[d.name] && !other {
			t.Errorf("no figure %s was looked at: only %q", d.name, slices.Sorted(maps.Keys(drawn)))
		}
	}
}

// pointsWithNames counts the points of series with a name. Every other point must be one of these.
func pointsWithNames(t *testing.T, of string, p figure.Panel) (n int) {
	t.Helper()
	known := make(map[[2]float64]bool)
	for _, s := range p.Series {
		for _, q := range s.Points {
			if s.Name != "" {
				known[[2]float64{q.X, q.Y}] = true
				n++
			}
		}
	}
	for _, s := range p.Series {
		for _, q := range s.Points {
			if s.Name == "" && !s.Guide && !known[[2]float64{q.X, q.Y}] {
				t.Errorf("%s: %s: a point %+v has no name", of, p.Title, q)
			}
		}
	}
	return n
}

// The data of curves are the means, intervals and diverged runs that the analysis gives.
func TestFigureTableOfCurves(t *testing.T) {
	runs := fake{schemes: []string{"lora", "rslora"}, ranks: []int{4, 64}, seeds: 3, steps: 4}.runs()
	diverge(&runs[0], 2)
	v := view(runs)
	got := make(map[string]bool)
	for _, row := range figureTable(figureOf(t, "loss", v)).Rows {
		var cells []string
		for _, e := range row.Entries {
			cells = append(cells, e.Values[0])
		}
		got[strings.Join(cells, "|")] = true
	}
	for i, a := range v.arms {
		for _, c := range a.Cells {
			for _, p := range c.Curve(metrics.ValLoss, analysis.Smoothing{}) {
				q := spreadPoint(float64(p.Step), p.Interval, p.Seeds)
				want := strings.Join([]string{v.labels[i], "rank " + strconv.Itoa(c.Rank), "step",
					"validation loss (nats/token)", strconv.Itoa(p.Step), number.Exact(q.Y), number.Exact(q.Low),
					number.Exact(q.High)}, "|")
				if !got[want] {
					t.Errorf("no row %s", want)
				}
			}
		}
	}
	lost := 0
	for row := range got {
		if strings.Contains(row, "|rank 4, seed 0, diverged|") {
			lost++
		}
	}
	if runs[0].Status != results.Diverged || lost == 0 {
		t.Errorf("%d rows of the diverged run", lost)
	}
}
