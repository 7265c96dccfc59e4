package paper

import (
	"math"
	"strings"
	"testing"

	"ranksweep/paper/number"
	"ranksweep/results"
)

// TestRateCheck: a rate that stays as it is loses what the parabola of the loss says, and one that
// is scaled as the best rate goes loses nothing.
func TestRateCheck(t *testing.T) {
	quarter := bestAt(func(*results.Run) float64 { return -0.25 }, 0)
	ofTwo := func(s trial) (runs []results.Run) {
		for _, r := range s.Runs {
			if r.Scheme == "rslora" && r.Rank != 16 {
				runs = append(runs, r)
			}
		}
		return runs
	}
	table, err := RateCheck(view(ofTwo(rateStudy("adamw", quarter))), -0.2)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := table.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	// The loss at the best rate is 2, and off by a factor f it is 0.02 ln²f more.
	lost := func(power float64) string {
		return number.Significant(100*0.02*math.Pow(power*math.Log(16), 2)/2, 4)
	}
	for _, want := range []string{
		"What a rate that is best at rank 4 loses at rank 64", " as it is                " + lost(0.25) + " ± 0",
		" × (64/4)^-0.2          " + lost(0.05) + " ± 0",
		"rank 4: the best rate is 0.0141 [0.0141, 0.0141], n = 8", "rank 64: the best rate is 0.00707",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing from\n%s", want, b.String())
		}
	}
	if _, err := RateCheck(view(rateStudy("adamw", quarter).Runs), -0.25); err == nil {
		t.Error("three schemes at three ranks passed for one at two")
	}
	for _, x := range []struct {
		best float64 // the best rate of every run, beyond those that the study tries
		want string
	}{
		{100, "rank 4: the best rate is not known; for 8 seeds it is the highest rate tried, HIGH, or lies above it: " +
			"try higher rates too, with --set lr=[…]"},
		{1e-6, "rank 4: the best rate is not known; for 8 seeds it is the lowest rate tried, LOW, or lies below it: " +
			"try lower rates too, with --set lr=[…]"},
	} {
		runs := ofTwo(rateStudy("adamw", func(*results.Run) float64 { return x.best }))
		low, high := runs[0].LR, runs[0].LR
		for _, r := range runs {
			low, high = min(low, r.LR), max(high, r.LR)
		}
		want := strings.NewReplacer("LOW", number.Significant(low, 3), "HIGH", number.Significant(high, 3)).
			Replace(x.want)
		table, err = RateCheck(view(runs), -0.25)
		if err != nil || !strings.Contains(table.Caption, want) {
			t.Errorf("%v: %q is missing from %s", err, want, table.Caption)
		}
	}
}
