package paper

import (
	"math"
	"slices"
	"testing"

	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/paper/figure"
	"ranksweep/results"
)

// checkRuns are first steps of a scheme under SGD. The loss drop follows the given power of
// rank; everything else is LoRA's.
func checkRuns(scheme string, p, drop float64) []results.Run {
	var runs []results.Run
	for _, rank := range []int{4, 32, 256} {
		for seed := range 3 {
			r := fake{steps: 2}.run(scheme, 1e-3, rank, uint64(seed))
			r.Powers, r.Optimizer = lora.Scheme{P: p}, "sgd"
			noise := 1 + 0.01*float64(seed)*float64(rank%3)
			r.Curve[1].Values[metrics.LossDrop] = noise * math.Pow(float64(rank), drop)
			r.Curve[1].Values[metrics.DeltaW] = 1 / float64(rank)
			r.Expected = map[string]float64{"delta_w_first": 1.1 / float64(rank)}
			runs = append(runs, r)
		}
	}
	return runs
}

// A scheme that theory predicts to be stable and that collapses is named; a scheme that should
// collapse is not.
func TestCheckNamesWhatIsNotStable(t *testing.T) {
	for _, c := range []struct {
		name    string
		p, drop float64
		want    []string
		seen    string
	}{
		{"stable and seen to be", 0.5, 0, nil, "stable (unchecked)"},
		{"stable and collapsing", 0.5, -0.4, []string{"rsLoRA: collapses"}, "collapses (unchecked)"},
		{"stable and exploding", 0.5, 0.3, []string{"rsLoRA: explodes"}, "explodes (unchecked)"},
		{"said to collapse", 1, -1, nil, "collapses (unchecked)"},
	} {
		check, err := NewCheck(view(checkRuns("rslora", c.p, c.drop)))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(check.Unstable, c.want) {
			t.Errorf("%s: unstable are %q, want %q", c.name, check.Unstable, c.want)
		}
		row := check.Tables[0].Rows[0].Entries
		if got := row[len(row)-2].Text; got != c.seen {
			t.Errorf("%s: seen %q, want %q", c.name, got, c.seen)
		}
	}
	if _, err := NewCheck(View{}); err == nil {
		t.Error("of no runs there is a verdict")
	}
}

// One rank or one seed gives no verdict, and says so.
func TestCheckIsUndecidedOnTooLittle(t *testing.T) {
	runs := checkRuns("rslora", 0.5, 0)
	for name, few := range map[string][]results.Run{"one rank": runs[:3], "one seed": {runs[0], runs[3], runs[6]}} {
		check, err := NewCheck(view(few))
		if err != nil {
			t.Fatal(err)
		}
		if want := []string{"rsLoRA: undecided"}; !slices.Equal(check.Unstable, want) {
			t.Errorf("%s: unstable are %q, want %q", name, check.Unstable, want)
		}
		for _, f := range check.Figures {
			if _, err := f.Encode(figure.PNG); err != nil {
				t.Error(err)
			}
		}
	}
}

// The figure draws what theory expects, if the records have it.
func TestCheckDrawsExactTheory(t *testing.T) {
	check, err := NewCheck(view(checkRuns("lora", 1, -1)))
	if err != nil {
		t.Fatal(err)
	}
	f := check.Figures[0]
	if f.Name != "check-sgd" || len(f.Panels) != 3 { // of six, of which these runs have three
		t.Fatalf("%s with %d panels", f.Name, len(f.Panels))
	}
	for i, want := range []int{0, 0, 3} {
		law := f.Panels[i].Series[0]
		if exact := law.Dashes == nil && len(law.Points) == 3; exact != (want == 3) {
			t.Errorf("%s: drawn with %d exact points", f.Panels[i].Title, len(law.Points))
		}
	}
	if y := f.Panels[2].Series[0].Points[0].Y; math.Abs(y-1.1/4) > 1e-12 {
		t.Errorf("expected weight update %g at rank 4", y)
	}
}
