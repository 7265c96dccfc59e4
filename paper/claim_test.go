package paper

import (
	"strings"
	"testing"

	"ranksweep/lora"
	"ranksweep/metrics"
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
	} {
		f := claimNamed(t, c.claim).judge(c.study)
		if f.standing != c.want {
			t.Errorf("%s: %s, want %s: %s", c.claim, f.standing, c.want, f.text)
		}
		if f.text == "" {
			t.Errorf("%s: says nothing", c.claim)
		}
	}
}

// What was not run is said to be, and every figure of the report is one that
// its study draws.
func TestReproduce(t *testing.T) {
	empty := Reproduce(nil)
	for _, c := range empty {
		if c.Standing != Unresolved || c.Figure != "" || !strings.Contains(c.Text, "was not run") {
			t.Errorf("%s without a store: %s, %q", c.Name, c.Standing, c.Text)
		}
	}
	s := study(power(func(p float64) float64 { return 0.5 - p }), flatLoss)
	r := Reproduce(map[string]Study{"paper-fig2-3": s})
	text := r.Markdown("# Test", func(study, figure string) string { return study + "/" + figure + ".png" })
	for _, want := range []string{
		"# Test", "| 1. LoRA's gradients collapse", "| seen |", "\n**Seen**\n", "![", "(paper-fig2-3/gradient-norm.png)",
		"(paper-fig2-3/frontier.png)", "n = 9", "What would resolve it",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
	figures, err := StudyFigures("paper-fig2-3", s)
	if err != nil {
		t.Fatal(err)
	}
	drawn := make(map[string]bool)
	for _, f := range figures {
		drawn[f.Name] = true
	}
	for _, c := range claims {
		if c.Study == "paper-fig2-3" && !drawn[c.Figure] {
			t.Errorf("%s shows figure %q, which is not drawn", c.Name, c.Figure)
		}
	}
	if len(Studied()) < 8 {
		t.Errorf("studies %q", Studied())
	}
}
