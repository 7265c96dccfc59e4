package paper

import (
	"math"
	"strings"
	"testing"

	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/results"
)

// claimNamed is the claim whose name begins so.
func claimNamed(t *testing.T, name string) Claim {
	for _, c := range claims {
		if strings.HasPrefix(c.Name, name) {
			return c
		}
	}
	t.Fatalf("no claim %q", name)
	return Claim{}
}

// study is a grid whose onset norms and losses are given, over nine seeds.
func study(onset func(p float64, rank int) float64, loss func(p float64, rank int) float64) Study {
	var s Study
	for scheme, p := range map[string]float64{"lora": 1, "rslora": 0.5} {
		for _, rank := range []int{4, 32, 256} {
			for seed := range 9 {
				r := fake{steps: 4, noVal: true}.run(scheme, 1e-3, rank, uint64(seed))
				r.Scaling = lora.Scheme{P: p}
				r.Flops, r.FactoredFlops, r.Bytes = float64(rank), 2*float64(rank), 1<<20
				noise := 1 + 0.002*float64((seed*7+rank/8+int(4*p))%5-2)
				for i := range r.Curve {
					r.Curve[i].Values[metrics.GradNorm] = noise * onset(p, rank)
				}
				r.Curve[0].Values[metrics.ValLoss] = 3
				r.Curve[4].Values[metrics.ValLoss] = noise * loss(p, rank)
				s.Runs = append(s.Runs, r)
			}
		}
	}
	return s
}

func power(e func(p float64) float64) func(float64, int) float64 {
	return func(p float64, rank int) float64 {
		v := 1.0
		for r := 4; r < rank; r *= 2 {
			v *= pow2(e(p))
		}
		return v
	}
}

func pow2(e float64) float64 { return lora.Scheme{P: -e}.Gamma(1, 2) }

func flatLoss(float64, int) float64 { return 2 }

// Each standing is reached by data that call for it.
func TestClaimsAreJudgedByTheData(t *testing.T) {
	theory := power(func(p float64) float64 { return 0.5 - p })
	falling := func(p float64, rank int) float64 {
		if p == 0.5 {
			return 2 - 0.1*float64(rank)/256
		}
		return 2
	}
	rising := func(p float64, rank int) float64 { return 2 + 0.1*float64(rank)/256 }
	noisy := study(theory, flatLoss)
	for i := range noisy.Runs {
		r := noisy.Runs[i]
		r.Curve[4].Values[metrics.ValLoss] *= 1 + 0.1*float64((int(r.Seed)*3+r.Rank/8*int(8*r.Scaling.P))%7-3)
	}
	onsetAlone := study(theory, flatLoss) // and later no trace of it
	for _, r := range onsetAlone.Runs {
		for i := range r.Curve[1:] {
			r.Curve[i+1].Values[metrics.GradNorm] = 1
		}
	}
	for _, c := range []struct {
		claim string
		study Study
		want  Standing
	}{
		{"LoRA's gradients collapse", study(theory, flatLoss), Seen},
		{"LoRA's gradients collapse", study(power(func(float64) float64 { return 0 }), flatLoss), NotSeen},
		{"LoRA's gradients collapse", Study{Runs: study(theory, flatLoss).Runs[:9]}, Unresolved},
		{"Over training rsLoRA's", study(theory, flatLoss), Seen},
		{"Over training rsLoRA's", study(power(func(float64) float64 { return -1 }), flatLoss), NotSeen},
		{"Under LoRA a higher rank", study(theory, flatLoss), Seen},
		{"Under LoRA a higher rank", study(theory, func(_ float64, rank int) float64 { return 2 - 0.1*float64(rank)/256 }), NotSeen},
		{"Under LoRA a higher rank", noisy, Unresolved},
		{"Under rsLoRA a higher rank", study(theory, falling), Seen},
		{"Under rsLoRA a higher rank", study(theory, rising), NotSeen},
		{"Under rsLoRA a higher rank", noisy, Unresolved},
		{"Rank trades compute", study(theory, falling), Seen},
		{"No other scaling", study(theory, flatLoss), Seen},
		{"No other scaling", study(power(func(float64) float64 { return 0 }), flatLoss), NotSeen},
		{"Once the learning rate is tuned", study(theory, flatLoss), Seen},
		{"Once the learning rate is tuned", study(theory, func(p float64, _ int) float64 { return 2 - 0.2*p }), NotSeen},
		{"Once the learning rate is tuned", noisy, Unresolved},
		{"Once the learning rate is tuned for every rank, a higher", study(theory, flatLoss), NotSeen},
		{"Once the learning rate is tuned for every rank, a higher", study(theory, func(_ float64, rank int) float64 { return 2 - 0.1*float64(rank)/256 }), Seen},
		{"Once the learning rate is tuned for every rank, a higher", study(theory, falling), NotSeen},
		{"The pattern is the same under SGD", study(theory, flatLoss), Seen},
		{"The pattern is the same under SGD", onsetAlone, NotSeen},
	} {
		f := claimNamed(t, c.claim).judge(c.study)
		if f.Standing != c.want {
			t.Errorf("%s: %s, want %s: %s", c.claim, f.Standing, c.want, f.Text)
		}
		if f.Text == "" {
			t.Errorf("%s: says nothing", c.claim)
		}
	}
}

// What was not run is said to be, and every figure of the report is one that
// its study draws.
func TestReproduce(t *testing.T) {
	empty, err := Reproduce(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range empty {
		if c.Standing != Unresolved || len(c.Figures) > 0 || !strings.Contains(c.Text, "was not run") {
			t.Errorf("%s without a store: %s, %q", c.Name, c.Standing, c.Text)
		}
	}
	s := study(power(func(p float64) float64 { return 0.5 - p }), flatLoss)
	r, err := Reproduce(map[string]Study{"paper-fig2-3": s})
	if err != nil {
		t.Fatal(err)
	}
	text := r.Markdown("# Test", "beside")
	for _, want := range []string{
		"# Test", "| 1. LoRA's gradients collapse", "| seen |", "\n**Seen**\n", "(beside/paper-fig2-3-gradient-norm.png)\n\n" + gradientFigure(s.Runs).Caption,
		"(beside/paper-fig2-3-frontier.png)", "| rank 256 - 4, rsLoRA |", "What would resolve it",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
	for _, f := range r {
		if f.Study == "paper-fig2-3" && len(f.Figures) != len(f.Shows) {
			t.Errorf("%s shows %q, of which %d are drawn", f.Name, f.Shows, len(f.Figures))
		}
	}
	if n := len(r.Figures()); n != 6 {
		t.Errorf("%d figures, want 6: each once", n)
	}
	if len(Studied()) < 8 {
		t.Errorf("studies %q", Studied())
	}
}

// How A is drawn is judged by the power of the onset norm; the scatter over draws
// stands beside it.
func TestInits(t *testing.T) {
	drawn := func(power float64) (s Study) {
		for _, rank := range []int{4, 32, 256} {
			for seed := range 9 {
				r := fake{steps: 4}.run("rslora", 1e-3, rank, uint64(seed))
				scatter := float64(seed-4) / 20 / math.Sqrt(float64(rank))
				level := 0.6 * math.Pow(float64(rank)/4, power)
				r.Curve[0].Values[metrics.GradNorm] = level * math.Sqrt(1+scatter)
				r.Expected = map[string]float64{metrics.GradNormOnset.Name: 0.6}
				s.Runs = append(s.Runs, r)
			}
		}
		return s
	}
	c := claimNamed(t, "Gradients depend on how A is drawn")
	for power, want := range map[float64]Standing{0: Seen, -0.5: NotSeen} {
		if f := c.judge(drawn(power)); f.Standing != want {
			t.Errorf("power %g: %s: %s", power, f.Standing, f.Text)
		}
	}
	f := c.judge(drawn(0))
	if !strings.Contains(f.Text, "power of -1 ") || !strings.Contains(f.Text, ": 1 of 1 intervals") || !strings.Contains(f.Tables[0].markdown(), "| -1.000 [-1.000, -1.000] |") {
		t.Errorf("%s\n%s", f.Text, f.Tables[0].markdown())
	}
}

// Kinds of init that have one variance must end at one loss; PEFT's has another.
func TestInitsOfOneVarianceAreCompared(t *testing.T) {
	kinds := func(off map[string]float64) (s Study) {
		for _, kind := range []string{"kaiming-uniform", "orthogonal", "peft-gaussian"} {
			for _, rank := range []int{4, 256} {
				for seed := range 9 {
					r := fake{steps: 4}.run("rslora", 1e-3, rank, uint64(seed))
					r.Cell, r.ID = kind+r.Cell, kind+r.ID
					r.Axes = append(r.Axes, results.Axis{Name: "init", Value: kind})
					r.Curve[0].Values[metrics.GradNorm] = 0.6 + 1e-3*float64(seed%3)
					r.Curve[0].Values[metrics.ValLoss] = 3
					r.Curve[4].Values[metrics.ValLoss] = 2 + off[kind] + 1e-3*float64((seed*7+rank+len(kind)/4)%5-2)
					s.Runs = append(s.Runs, r)
				}
			}
		}
		return s
	}
	c := claimNamed(t, "Gradients depend on how A is drawn")
	for _, w := range []struct {
		off  map[string]float64
		want Standing
	}{
		{nil, Seen},
		{map[string]float64{"peft-gaussian": 0.3}, Seen},
		{map[string]float64{"orthogonal": 0.3}, NotSeen},
		{map[string]float64{"orthogonal": -0.3}, NotSeen},
	} {
		f := c.judge(kinds(w.off))
		if f.Standing != w.want || len(f.Tables) != 2 {
			t.Fatalf("%v: %s, %d tables", w.off, f.Standing, len(f.Tables))
		}
		if text := f.Tables[1].markdown(); !strings.Contains(text, "orthogonal - kaiming-uniform, rank 256") || strings.Contains(text, "two things differ") {
			t.Error(text)
		}
	}
}
