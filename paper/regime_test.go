package paper

import (
	"math"
	"strings"
	"testing"

	"ranksweep/metrics"
	"ranksweep/results"
)

// regimeRuns have laws that meet at rank 50, and what was measured times off.
func regimeRuns(off float64) (runs []results.Run) {
	for _, rank := range []int{4, 32, 256} {
		for seed := range 5 {
			r := fake{steps: 2}.run("rslora", 1e-6, rank, uint64(seed))
			expected := 0.2 * math.Sqrt(1+float64(rank)/50)
			r.Expected = map[string]float64{"delta_w_first": expected}
			r.Curve[1].Values[metrics.DeltaW] = off * expected * (1 + 0.01*float64(seed-2))
			runs = append(runs, r)
		}
	}
	return runs
}

func TestFiniteRanks(t *testing.T) {
	c := claimNamed(t, "From which rank on")
	for _, w := range []struct {
		off   float64
		want  Standing
		count string
	}{{1, Seen, "3 of 3 means"}, {1.2, NotSeen, "0 of 3 means"}} {
		f := c.judge(Study{Runs: regimeRuns(w.off)})
		if f.Standing != w.want || !strings.Contains(f.Text, w.count) || !strings.Contains(f.Text, "up to 0.21 D, and that of large ones from 4.8 D") {
			t.Errorf("%g times too large: %s: %s", w.off, f.Standing, f.Text)
		}
		_, rows := f.Tables[0].texts()
		if got := strings.Join(rows[0], " | "); len(rows) != 1 || !strings.HasPrefix(got, "rsLoRA | first weight update | 50 | 10 | 239 | ") {
			t.Errorf("rows %q", rows)
		}
	}
	if f := c.judge(Study{Runs: sweep()}); f.Standing != Unresolved {
		t.Errorf("without expectations: %s", f.Standing)
	}
	f := regimeFigure(results.Arms(regimeRuns(1.2)))
	for _, fault := range checkLayout(f) {
		t.Error(fault)
	}
	for k, q := range f.panels[2].series[1].points {
		exact := f.panels[2].series[0].points[k]
		if want := math.Sqrt(1 + exact.x/50); math.Abs(exact.y-want) > 1e-9 || math.Abs(q.y/exact.y-1.2) > 1e-3 {
			t.Errorf("rank %g: %g and %g, want %g and 1.2 times that", exact.x, exact.y, q.y, want)
		}
	}
}

// What is expected of a ratio is not its mean, so that no claim is judged by it.
func TestExactValuesLeaveOutRatios(t *testing.T) {
	runs := regimeRuns(1)
	count := exactValues(Study{Runs: runs}).Text
	for i := range runs {
		runs[i].Expected["step_first"] = 1
		runs[i].Curve[1].Values[metrics.LossDrop] = 7
	}
	if got := exactValues(Study{Runs: runs}).Text; got != count || !strings.HasPrefix(got, "3 of 3 means") {
		t.Errorf("with a ratio: %s; without: %s", got, count)
	}
}
