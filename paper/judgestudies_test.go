package paper

import (
	"context"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ranksweep/analysis"
	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/nn"
	"ranksweep/results"
	sweeps "ranksweep/sweep" // sweep is a function here
	"ranksweep/sweep/sweeptest"
	"ranksweep/theory"
	"ranksweep/train"
)

// standIn is a trainer that only says what everything is.
var standIn = train.Trainers{sweeptest.Resolver{Material: train.Material{
	ModelHash: "model", DataHash: "data", Numerics: 1, Cost: 1e12, Factored: 2e12, Bytes: 1 << 20,
}}}

// asTheory is a claim's experiment at full scale as it would end in a world that follows
// theory, and in which a loss depends only on the rate. It has each run of each phase, as the
// experiment's file plans them.
func asTheory(t *testing.T, name string) trial {
	t.Helper()
	e, err := experiments.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	p, err := sweeps.NewPlan(context.Background(), e, standIn)
	if err != nil {
		t.Fatal(err)
	}
	made := make(map[string]results.Run)
	var all []results.Run
	for last := p; p != nil; {
		middle, seeds := middleRates(p.Jobs), seedsOf(p.Jobs)
		for _, j := range p.Jobs {
			if _, ok := made[j.ID]; !ok {
				made[j.ID] = inTheory(j, middle, seeds[j.Cell])
				all = append(all, made[j.ID])
			}
		}
		last = p
		if p, err = p.Next(context.Background(), all, standIn); err != nil {
			t.Fatal(err)
		}
		if p == nil {
			runs, choices, _ := analysis.Split(last.Grid(), all)
			return trial{rows: runs, Choices: choices, Planned: last.Grid().Len(), Done: last.Grid().Len()}
		}
	}
	return trial{}
}

// ratesKey tells apart methods, multipliers and optimizers, each of which has its own rates.
func ratesKey(c experiments.Config) string {
	return c.Adapter.Method + " " + c.Adapter.SchemeName() + " " + c.Train.Optimizer
}

// middleRates are the geometric means of the rates of each.
func middleRates(jobs []sweeps.Job) map[string]float64 {
	logs := make(map[string][]float64)
	for _, j := range jobs {
		logs[ratesKey(j.Config)] = append(logs[ratesKey(j.Config)], math.Log(j.Config.Train.LR))
	}
	middle := make(map[string]float64)
	for key, of := range logs {
		middle[key] = math.Exp(stats.MeanInterval(of).Mean)
	}
	return middle
}

// seedsOf are the seeds of each cell.
func seedsOf(jobs []sweeps.Job) map[string][]uint64 {
	seeds := make(map[string][]uint64)
	for _, j := range jobs {
		seeds[j.Cell] = append(seeds[j.Cell], j.Config.Seed)
	}
	return seeds
}

// inTheory is a job's run in that world. Each quantity scatters by a hundredth, independently,
// and less at larger ranks, as sums over rows of A do. Over the seeds of a cell the scatter
// has mean 0, so that nothing differs from theory by chance.
func inTheory(j sweeps.Job, middle map[string]float64, seeds []uint64) results.Run {
	c := j.Config
	scheme := c.Adapter.Scaling
	if c.Adapter.Init == "peft-gaussian" {
		scheme.Init = 1
	}
	scheme.MatchRank = 0
	r := results.Run{
		ID: j.ID, Cell: j.Cell, TwinID: j.TwinID, Experiment: "made up",
		Scheme: c.Adapter.SchemeName(), Powers: scheme, Rank: c.Adapter.Rank, Alpha: c.Adapter.EffectiveAlpha(),
		Gamma: c.Adapter.Gamma(), Seed: c.Seed, Optimizer: c.Train.Optimizer, LR: c.Train.LR,
		Axes: j.Axes, Config: c.JSON(),
		Status: results.Done, Steps: max(3, c.Train.Steps),
		Flops: j.Material.Cost, FactoredFlops: j.Material.Factored, Bytes: j.Material.Bytes,
		Provenance: results.Provenance{ModelHash: "model", DataHash: "data", Numerics: 1},
	}
	rank := math.Max(1, float64(r.Rank))
	size := func(power float64, of string) (expected, measured float64) {
		h := fnv.New64a()
		fmt.Fprint(h, r.Cell, of)
		place := rand.New(rand.NewPCG(h.Sum64(), 1)).Perm(len(seeds))[slices.Index(seeds, r.Seed)]
		z := (2*float64(place) - float64(len(seeds)-1)) / float64(len(seeds))
		expected = 0.1 * math.Pow(rank/4, power)
		return expected, expected * math.Sqrt(math.Max(0.1, 1+0.02*z/math.Sqrt(rank/4)))
	}
	for _, step := range []int{0, 1, 2, r.Steps} {
		r.Curve = append(r.Curve, metrics.Point{Step: step, Tokens: int64(step) * 256, Values: metrics.NoValues()})
	}
	put := func(point int, q metrics.Quantity, v float64) { r.Curve[point].Values[q] = v }
	of := func(point int, q metrics.Quantity, statistic string) {
		s, _ := metrics.StatisticNamed(statistic)
		theory, update := s.TheoryOf(c.Adapter.Method, scheme.ZeroA), nn.UpdateOf(r.Optimizer)
		power, ok := theory.Exponent(update, scheme)
		if scheme.Log { // that of the constant, less one logarithm for each time that it has γ in it
			power, _ = theory.Exponent(update, lora.Scheme{})
			lower, _ := theory.Exponent(update, lora.Scheme{P: 1})
			power -= (power - lower) * math.Log(math.Log(rank)/math.Log(4)) / math.Max(1e-9, math.Log(rank/4))
		} else if !ok {
			power = 0
		}
		expected, measured := size(power, statistic)
		put(point, q, measured)
		if c.Measure.Theory && ok && c.Adapter.Init != "orthogonal" {
			if r.Expected == nil {
				r.Expected = make(map[string]float64)
			}
			r.Expected[statistic] = expected
		}
	}
	if r.Rank > 0 {
		of(0, metrics.GradNorm, "grad_norm_onset")
		of(0, metrics.GradRMSB, "grad_rms_b_onset")
		of(1, metrics.LossDrop, "loss_drop_first")
		put(1, metrics.LossDropActual, r.Curve[1].Values[metrics.LossDrop])
		of(1, metrics.GradNormB, "grad_norm_b_first")
		of(1, metrics.GradNormA, "grad_norm_a_first")
		of(1, metrics.GradRMSA, "grad_rms_a_first")
		of(1, metrics.AdapterOutput, "adapter_output_first")
		of(1, metrics.InputGradient, "input_gradient_first")
		of(1, metrics.DeltaW, "delta_w_first")
		of(2, metrics.MovementA, "a_movement_first")
		for point := 1; point < len(r.Curve); point++ { // as at the onset
			put(point, metrics.GradNorm, r.Curve[0].Values[metrics.GradNorm])
		}
		_, output := size(0.5-scheme.P, "output at the end")
		put(3, metrics.AdapterOutput, output)
		put(3, metrics.MapOutput, 1+output)
	}
	power := theory.BestRate(nn.UpdateOf(r.Optimizer), scheme)
	switch {
	case r.Optimizer == "muon":
		power = scheme.P
	case math.IsNaN(power) || r.Rank == 0:
		power = 0
	}
	best := middle[ratesKey(c)] * (1 + 0.1*float64(int(r.Seed)%5-2))
	if r.Rank > 0 {
		best *= math.Pow(rank/16, power)
	}
	d := math.Log(r.LR / best)
	_, noise := size(0, "loss")
	put(0, metrics.ValLoss, 3)
	put(3, metrics.ValLoss, 2+0.02*d*d+0.05*(noise-0.1))
	for point := range r.Curve {
		put(point, metrics.TrainLoss, 3-0.3*float64(point))
	}
	return r
}

// standsIn is the standing of each claim in that world, at its own experiment's size. Claims
// contradict each other and theory, so not all can be seen.
var standsIn = map[string]Standing{
	"onset-collapse":  Seen,
	"training-spread": Seen,
	// The rate is near the best one of all ranks, where they end alike.
	"lora-rank-no-better": Seen,
	"rslora-rank-better":  NotSeen,
	"rank-for-compute":    NotSeen,
	"pattern-sgd":         Seen,
	"pattern-adafactor":   Seen,
	"init-correction":     NotSeen,
	"lora-best-rate":      NotSeen,
	"pattern-attention":   Seen,
	"only-sqrt-onset":     Seen,
	// Under sign-like updates LoRA's first drop is the same at every rank.
	"only-sqrt-stable-sgd":   Seen,
	"only-sqrt-stable-adamw": NotSeen,
	"activations":            Seen,
	"first-step-powers":      Seen,
	"exact-values":           Seen,
	"exact-values-wide":      Seen,
	"start-free-of-rank":     Seen,
	"adafactor-sign-like":    Seen,
	"rate-free-sgd":          Seen,
	"best-rate-power":        Seen,
	"rate-transfer":          Seen,
	"muon-rate-power":        Seen,
	"tuned-schemes":          Seen,
	"tuned-ranks":            NotSeen,
	"variants-equal":         Seen,
	"init-powers":            Seen,
	"method-powers":          Seen,
	"init-losses":            Seen,
}

// Every claim finds in its own experiment what its test needs, at that size. In a world that
// follows theory the claim is decided, and every figure that it shows is drawn.
func TestClaimsOnTheirOwnExperiments(t *testing.T) {
	studies := make(map[string]Study)
	for _, name := range Studied() {
		studies[name] = asTheory(t, name).study()
	}
	studies[InferenceStudy] = timed(1.01, 0.99, 1, 1.01).study()
	for name, s := range studies {
		s.Made = Made{Name: name, Rules: Rules(name)}
		studies[name] = s
	}
	found, err := Reproduce(studies, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if f.Rule.Study == InferenceStudy {
			continue
		}
		want, ok := standsIn[f.Key]
		if !ok {
			t.Errorf("%s: nobody says what becomes of it in a world as theory has it: add it to standsIn", f.Key)
		}
		if f.Standing != want || strings.Contains(f.Text, "The study lacks ") || len(f.Numbers) == 0 {
			t.Errorf("%s: %s, want %s, %d numbers: %s\n%s", f.Key, f.Standing, want, len(f.Numbers), f.Text,
				shortened(markdownOf(f.Tables)))
		}
		if !sized.MatchString(f.Size) {
			t.Errorf("%s: its size is %q: want steps, ranks and n", f.Key, f.Size)
		}
		var drawn []string
		for _, figure := range f.Figures {
			drawn = append(drawn, figure.Name)
		}
		for _, what := range f.Shows {
			if what == "regime" {
				continue // this world has no geometry of maps, which the figure draws
			}
			name := f.Rule.Study + "-" + what // and the optimizers, where the study has others
			if !slices.ContainsFunc(drawn, func(d string) bool { return strings.HasPrefix(d, name) }) {
				t.Errorf("%s shows %s, and its study draws %q", f.Key, what, drawn)
			}
		}
	}
}

// sized matches the size that an experiment states.
var sized = regexp.MustCompile(`; \d+( to \d+)? steps? of up to \d+ × \d+ tokens; ` +
	`(rank \d+|ranks (\d+, )*\d+ and \d+|\d+ ranks from \d+ to \d+); n = \d+$`)

// shortened is the beginning of a text.
func shortened(text string) string { return text[:min(len(text), 4000)] }
