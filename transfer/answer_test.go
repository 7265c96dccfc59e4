package transfer

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"ranksweep/explain"
	"ranksweep/nn"
	"ranksweep/paper/number"
	"ranksweep/reproduction"
)

// TestAnswers holds answers to values worked out by hand, from rank 16 to 256, where α was 32.
func TestAnswers(t *testing.T) {
	type row struct {
		keeps             Goal
		holds             Held
		alpha, gamma, fac float64
	}
	for _, c := range []struct {
		optimizer string
		p         float64
		want      []row
	}{
		{"adamw", 1, []row{
			{BestRate, HeldAlpha, 32, 0.125, 1}, {BestRate, HeldGamma, 512, 2, 0.25},
			{FirstStep, HeldAlpha, 32, 0.125, 1}, {FirstStep, HeldGamma, 512, 2, 1. / 16},
			{Multiplier, HeldGamma, 512, 2, 1},
		}},
		{"paged_lion_8bit", 0.5, []row{
			{BestRate, HeldAlpha, 32, 2, 0.5}, {BestRate, HeldGamma, 128, 8, 0.25},
			{FirstStep, HeldAlpha, 32, 2, 0.25}, {FirstStep, HeldGamma, 128, 8, 1. / 16},
			{Multiplier, HeldGamma, 128, 8, 1},
		}},
		{"sgd", 1, []row{
			{FirstStep, HeldAlpha, 32, 0.125, 16}, {FirstStep, HeldGamma, 512, 2, 1. / 16},
			{Multiplier, HeldGamma, 512, 2, 1},
		}},
		{"lora-fa-adamw", 0.5, []row{ // whose A does not train
			{BestRate, HeldAlpha, 32, 2, 0.25}, {BestRate, HeldGamma, 128, 8, 1. / 16},
			{FirstStep, HeldAlpha, 32, 2, 0.25}, {FirstStep, HeldGamma, 128, 8, 1. / 16},
			{Multiplier, HeldGamma, 128, 8, 1},
		}},
		{"Scaled_SGD", 0.5, []row{ // is no SGD
			{FirstStep, HeldAlpha, 32, 2, 1}, {FirstStep, HeldGamma, 128, 8, 1. / 16},
			{Multiplier, HeldGamma, 128, 8, 1},
		}},
		{"adafactor", 0, []row{ // a scale, as in mlx-lm
			{BestRate, HeldGamma, 32, 32, 0.25}, {FirstStep, HeldGamma, 32, 32, 1. / 16},
			{Multiplier, HeldGamma, 32, 32, 1},
		}},
	} {
		s := explain.Settings{Rank: 16, Alpha: 32, P: c.p, LR: 2e-4}
		a, err := Ask(Question{Settings: s, Rank: 256, Optimizer: c.optimizer})
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Ways) != len(c.want) {
			t.Fatalf("%s, p = %g: %d ways, want %d", c.optimizer, c.p, len(a.Ways), len(c.want))
		}
		for i, w := range a.Ways {
			got := row{w.Keeps, w.Holds, w.Alpha, w.Gamma, w.Factor}
			if got != c.want[i] || math.Abs(w.LR/(2e-4*w.Factor)-1) > 5e-3 {
				t.Errorf("%s, p = %g: %+v at rate %g, want %+v", c.optimizer, c.p, got, w.LR, c.want[i])
			}
			if w.Settings.Rank != 256 || w.Settings.Gamma() != w.Gamma || w.Settings.LR != w.LR {
				t.Errorf("%s, p = %g: the settings are %+v", c.optimizer, c.p, w.Settings)
			}
		}
	}
}

// TestThereAndBack: an answer at the other rank is what was there before.
func TestThereAndBack(t *testing.T) {
	for _, p := range []float64{0, 0.5, 1} {
		s := explain.Settings{Rank: 16, Alpha: 32, P: p, LR: 2e-4}
		there, err := Ask(Question{Settings: s, Rank: 64})
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range there.Ways {
			back, err := Ask(Question{Settings: w.Settings, Rank: 16})
			if err != nil {
				t.Fatal(err)
			}
			if b := back.Ways[i]; b.Alpha != 32 || math.Abs(b.LR/2e-4-1) > 1e-2 {
				t.Errorf("p = %g, %s holding %s: alpha %g and rate %g came back", p, w.Keeps, w.Holds, b.Alpha, b.LR)
			}
		}
	}
}

// TestQuotes: every answer quotes the report's numbers, and Muon's rates rest on them alone.
func TestQuotes(t *testing.T) {
	for _, optimizer := range []string{"adamw", "muon", "lion"} {
		for _, p := range []float64{0, 0.5, 1} {
			s := explain.Settings{Rank: 16, Alpha: 32, P: p, LR: 2e-4}
			a, err := Ask(Question{Settings: s, Rank: 64, Optimizer: optimizer})
			if err != nil {
				t.Fatal(err)
			}
			m, ok := measuredOf(measuredUnder(optimizer), reproduction.BestRatePower, p)
			said := strings.Join(a.Evidence[0].Reasons, "\n")
			if !ok || !strings.Contains(said, " at p = ") || len(a.Claims) == 0 || a.Claims[0].Name == "" {
				t.Errorf("%s, p = %g: %v quotes %s and %v", optimizer, p, ok, said, a.Claims)
			}
			if optimizer == "muon" && a.Ways[0].Power != m.Value {
				t.Errorf("muon, p = %g: the power is %g, measured is %g", p, a.Ways[0].Power, m.Value)
			}
		}
	}
}

// Each optimizer has its own evidence: what was measured of another one is said to be that, and nothing that was not
// measured is said to be.
func TestEvidenceIsOfTheOptimizer(t *testing.T) {
	for _, optimizer := range nn.Optimizers() {
		for _, p := range []float64{0, 0.5, 1} {
			s := explain.Settings{Rank: 16, Alpha: 32, P: p}
			a, err := Ask(Question{Settings: s, Rank: 64, Optimizer: optimizer})
			if err != nil {
				continue // nothing is known of it
			}
			for _, r := range a.Evidence {
				said := strings.Join(r.Reasons, "\n")
				not := strings.Contains(said, "not measured under "+optimizer)
				own := strings.Contains(said, "\nmeasured under "+optimizer+" ") ||
					strings.Contains(said, "\nmeasured under "+optimizer+":")
				if r.Keeps != Multiplier && not == own {
					t.Errorf("%s, p = %g, %s: measured under it %t, not measured %t:\n%s", optimizer, p, r.Keeps,
						own, not, said)
				}
				if even := nn.UpdateOf(optimizer) == nn.EvenUpdate; r.Keeps != Multiplier &&
					even != strings.Contains(said, "near to which the steps are") {
					t.Errorf("%s, p = %g, %s: the derivation is for %s", optimizer, p, r.Keeps, said)
				}
			}
		}
	}
}

// TestDoubts: whatever is beyond what was derived and measured is said.
func TestDoubts(t *testing.T) {
	plain := explain.Settings{Rank: 16, Alpha: 32, P: 1, LR: 2e-4}
	measured, _ := measuredOf("adamw", reproduction.BestRatePower, 1)
	for _, c := range []struct {
		change func(*explain.Settings, *Question)
		want   string
	}{
		{func(*explain.Settings, *Question) {}, "no optimizer is named: adamw is assumed"},
		{func(_ *explain.Settings, q *Question) { q.NotUnderstood = []string{"lr_new"} },
			"keys that are not understood, and that no row takes into account: lr_new"},
		{func(s *explain.Settings, _ *Question) { s.LR = 0 }, "no learning rate is named"},
		{func(_ *explain.Settings, q *Question) { q.Rank = 1024 }, "ranks 16 and 1024: the report measured"},
		{func(_ *explain.Settings, q *Question) { q.Optimizer = "lion" }, "that lion follows the same law is taken"},
		{func(_ *explain.Settings, q *Question) { q.Optimizer = "adafactor" }, "with relative_step"},
		{func(_ *explain.Settings, q *Question) { q.Optimizer = "sgd" }, "neither derived nor measured"},
		{func(_ *explain.Settings, q *Question) { q.Rank = 4 }, "from small to large ranks only"},
		{func(_ *explain.Settings, q *Question) {},
			fmt.Sprintf("the measured power, %s [%s, %s], is not the derived one, 0", number.Fixed(measured.Value, 3),
				number.Fixed(measured.Low, 3), number.Fixed(measured.High, 3))},
		{func(s *explain.Settings, _ *Question) { s.P = 0 }, "the measured power may change with the rank"},
		{func(s *explain.Settings, _ *Question) { s.P = 0.75 }, "not measured under adamw with γ ∝ r^-0.75"},
		{func(s *explain.Settings, _ *Question) { s.DoRA = true }, "DoRA trains magnitudes"},
		{func(s *explain.Settings, _ *Question) { s.Init = "pissa" }, "init pissa: "},
		{func(s *explain.Settings, _ *Question) { s.Ratio = 16 }, "stays 16 times that of A"},
		{func(s *explain.Settings, _ *Question) { s.PerRank = 2 }, "would set it to 2·r"},
		{func(s *explain.Settings, _ *Question) { s.Variants = []string{"QALoRA"} }, "here for: QALoRA"},
		{func(s *explain.Settings, _ *Question) { s.Ranks = []explain.Pattern{{Name: "q", Value: 4}} }, "of their own"},
	} {
		q := Question{Settings: plain, Rank: 256}
		c.change(&q.Settings, &q)
		a, err := Ask(q)
		if err != nil {
			t.Fatal(err)
		}
		if all := strings.Join(a.Doubts, "\n"); !strings.Contains(all, c.want) {
			t.Errorf("%q is missing from:\n%s", c.want, all)
		}
	}
}

// TestRefused: a question that cannot be is refused with the value and its bound.
func TestRefused(t *testing.T) {
	for _, c := range []struct {
		q    Question
		want string
	}{
		{Question{Rank: -1}, "rank -1: must be from 1 to 1048576"},
		{Question{Rank: 1<<20 + 1}, "rank 1048577: must be from 1 to 1048576"},
		{Question{Rank: 16}, "rank 16: is the rank of the settings"},
		{Question{Rank: 8, LR: -1}, "learning rate -1: must be above 0"},
		{Question{Rank: 8, LR: math.NaN()}, "learning rate NaN: must be above 0"},
		{Question{Rank: 8, Optimizer: "galore_adamw"}, `optimizer "galore_adamw": nothing is known`},
		{Question{Rank: 8, Optimizer: "adamax"}, "known are sgd, adamw, adafactor, lion, signsgd, muon, scaled-sgd"},
	} {
		c.q.Settings = explain.Settings{Rank: 16, Alpha: 32, P: 1}
		if _, err := Ask(c.q); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.q, err, c.want)
		}
	}
}

// TestRatesAround: rates go in steps of √2 from below the lower to above the higher of two.
func TestRatesAround(t *testing.T) {
	got := strings.Join(ratesAround(2e-3, 1e-3), " ")
	if want := "3.54e-4 5e-4 7.07e-4 0.001 0.00141 0.002 0.00283 0.004 0.00566"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
