package paper

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ranksweep/experiments"
	"ranksweep/grid"
	"ranksweep/models"
	"ranksweep/nn"
	"ranksweep/paper/number"
	"ranksweep/results"
	"ranksweep/train/local"
)

// trainedNumbers counts what a config trains of the embedded base.
func trainedNumbers(t *testing.T, m *nn.Model, c experiments.Config) (n int) {
	t.Helper()
	set, err := c.Adapter.Trains().Attach(&nn.Arena{Counting: true}, m, c.LoRA(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, trained := range set.Trainables {
		for _, p := range trained.Params() {
			n += p.Rows * p.Cols
		}
	}
	return n
}

// The claim on six methods says how many numbers each of them trains.
func TestVariantsTrainAsManyNumbers(t *testing.T) {
	e, err := experiments.Load("variants")
	if err != nil {
		t.Fatal(err)
	}
	points, err := e.ReportedPoints()
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := local.New(models.FS).Model("base")
	if err != nil {
		t.Fatal(err)
	}
	sizes := make(map[string][]int) // of each method and scheme, by rising rank
	for _, p := range points {
		if p.Config.Seed != 0 {
			continue
		}
		a := p.Config.Adapter
		name := strings.TrimSuffix(a.Method+" "+a.SchemeName(), " lora")
		sizes[name] = append(sizes[name], trainedNumbers(t, loaded.Model, p.Config))
		if a.Method == "adalora" && 2*a.Rank != 3*a.TargetRank {
			t.Errorf("AdaLoRA goes from rank %d to %d, not from 1.5 times as many", a.Rank, a.TargetRank)
		}
	}
	of := sizes["lora"]
	for _, same := range []string{"lora rslora", "pissa", "loha"} {
		if !slices.Equal(sizes[same], of) {
			t.Errorf("%s trains %d numbers, LoRA %d", same, sizes[same], of)
		}
	}
	over := func(name string, i int) string {
		return number.Significant(100*(float64(sizes[name][i])/float64(of[i])-1), 2)
	}
	said := fmt.Sprintf("train %d and %d numbers at their two sizes, DoRA %s%% and %s%% more, and AdaLoRA %s%% more",
		of[0], of[1], over("dora", 0), over("dora", 1), over("adalora", 0))
	looks := claims[slices.IndexFunc(claims, func(c Claim) bool { return c.Key == "variants-equal" })].Looks
	if !strings.Contains(looks, said) || over("adalora", 0) != over("adalora", 1) {
		t.Errorf("the claim does not say %q (%v)", said, sizes)
	}
}

// variantStudy is methods at two sizes each, of which what change returns is added to the loss.
func variantStudy(change func(method string, r *results.Run) float64) (all trial) {
	for _, m := range []struct {
		method, scheme string
		ranks          []int
	}{
		{"lora", "lora", []int{8, 128}}, {"adalora", "lora", []int{12, 192}}, {"loha", "lora", []int{4, 64}},
		{"lora", "rslora", []int{8, 128}},
	} {
		all = both(all, made([]string{m.scheme}, m.ranks, 9, func(r *results.Run) {
			r.Config = fmt.Appendf(nil, `{"adapter":{"method":%q}}`, m.method)
			r.ID, r.Cell, r.TwinID = m.method+r.ID, m.method+r.Cell, m.method+r.Cell
			r.Axes = append(r.Axes, grid.Coordinate{Name: "method", Value: m.method})
			endsAt(r, 3, 2+0.01*swing(r)+change(m.method, r))
		}))
	}
	return all
}

func variantRulings() []ruling {
	const claim = "variants-equal"
	adds := func(method string, rank int, more float64) func(string, *results.Run) float64 {
		return func(m string, r *results.Run) float64 {
			if m == method && r.Rank == rank {
				return more
			}
			return 0
		}
	}
	alike := adds("", 0, 0)
	only := func(ok func(r *results.Run) bool) trial {
		s := variantStudy(alike)
		s.Runs = slices.DeleteFunc(s.Runs, func(r results.Run) bool { return !ok(&r) })
		return s
	}
	const lacks = "lacks LoRA, and other methods at as many ranks"
	return []ruling{
		{"all alike", claim, variantStudy(alike), Seen, "no full fine-tuning"},
		{"alike beside full fine-tuning", claim, both(variantStudy(alike), fully(2)), Seen,
			"AdaLoRA: rank 12 50%, rank 192 50%; LoHa: rank 4 50%"},
		{"one size a little higher", claim, variantStudy(adds("loha", 64, 0.03)), Seen, ""},
		{"one size higher by much", claim, variantStudy(adds("loha", 64, 0.4)), NotSeen,
			"LoHa, rank 64 vs LoRA, rank 128"},
		{"one lower by much", claim, variantStudy(adds("adalora", 12, -0.4)), NotSeen,
			"AdaLoRA, rank 12 vs LoRA, rank 8"},
		{"too noisy", claim, variantStudy(func(_ string, r *results.Run) float64 { return wild(r) }), Unresolved, ""},
		{"without LoRA", claim, only(func(r *results.Run) bool {
			return r.Scheme != "lora" || r.Method() != "lora"
		}), Unresolved, lacks},
		{"LoRA alone", claim, only(func(r *results.Run) bool {
			return r.Scheme == "lora" && r.Method() == "lora"
		}), Unresolved, lacks},
		{"a size is missing", claim, only(func(r *results.Run) bool { return r.Rank != 64 }), Unresolved, lacks},
	}
}
