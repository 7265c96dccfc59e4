package lora

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"ranksweep/nn"
	"ranksweep/nn/heaptest"
	"ranksweep/nn/kernel"
	"ranksweep/nn/nntest"
)

// goldenBudget is BUDGET and MEANS of testdata/methods.py.
var goldenBudget = Budget{Target: 2, Initial: 2, Final: 4, Every: 2, Steps: 16, Beta1: 0.85, Beta2: 0.8,
	Penalty: NormPenalty, Weight: 0.3}

// checkBudget: in a training under a budget the same singular values are kept as in PEFT after each of its
// steps, and losses are PEFT's to 1e-5. Scores that are kept and scores that are not must be apart by far more than
// float32 moves them in so many steps, some 1e-5 of themselves.
func (g golden) checkBudget(t *testing.T) {
	s, p := g.start(t, AdaLoRAMethod)
	opt, err := nn.NewOptimizer(nn.OptimizerConfig{Name: "adamw", Beta1: 0.9, Beta2: 0.999, Eps: 1e-8}, p.Params())
	check(t, err)
	if len(g.Budget.Losses) != goldenBudget.Steps || len(g.Budget.Kept) != goldenBudget.Steps || g.Budget.Gap < 1e-3 {
		t.Fatalf("%d losses and %d cuts, with a gap of %g", len(g.Budget.Losses), len(g.Budget.Kept), g.Budget.Gap)
	}
	cut := 0
	for step, loss := range g.Budget.Losses {
		if d := math.Abs(g.step(t, s, p) - loss); !(d <= 1e-5) {
			t.Errorf("loss at step %d differs by %.2g", step, d)
		}
		opt.Step(nn.UniformRate(1e-2))
		s.Updated()
		s.Allocate(step)
		for i, m := range s.budget.maps {
			want, ok := g.Budget.Kept[step][m.e.Name]
			if !ok {
				want = strings.Repeat("+", m.Rank())
			}
			if got := keptText(m); got != want {
				t.Errorf("step %d: %s keeps %s, in PEFT %s", step, m.Base.Name, got, want)
			}
			left, ok := s.Left(i)
			if !ok || left != strings.Count(want, "+") {
				t.Errorf("step %d: %s: %d are left, want %s", step, m.Base.Name, left, want)
			}
			cut += m.Rank() - left
		}
	}
	if cut == 0 {
		t.Error("nothing was cut")
	}
}

func keptText(m *adaMap) string {
	text := make([]byte, len(m.kept))
	for k, kept := range m.kept {
		text[k] = '.'
		if kept == 1 {
			text[k] = '+'
		}
	}
	return string(text)
}

// TestBudgetIsPEFTs: see [golden.checkBudget].
func TestBudgetIsPEFTs(t *testing.T) { readGolden(t, "testdata", AdaLoRAMethod).checkBudget(t) }

// TestBudgetsArePEFTs holds the number of values that are kept at each step to PEFT's, of schedules in which a
// cube comes near a whole number.
func TestBudgetsArePEFTs(t *testing.T) {
	g := readGolden(t, "testdata", AdaLoRAMethod)
	if len(g.Schedules) == 0 {
		t.Fatal("no schedules")
	}
	for _, c := range g.Schedules {
		b := Budget{Target: c.Of[1], Initial: c.Of[2], Final: c.Of[3], Every: 1, Steps: c.Of[4]}
		for step, want := range c.Budgets {
			if got, _ := b.at(step, 1, c.Of[0]); got != want {
				t.Errorf("%v: budget %d at step %d, in PEFT %d", c.Of, got, step, want)
			}
		}
	}
}

// attachAda returns maps whose parameters have all moved, and a pass through them.
func attachAda(t *testing.T, m *nn.Model, c Config) (*Set, *nn.Pass) {
	t.Helper()
	return attachMoved(t, adaLoRA{}, m, c)
}

// adaTwin is the naive γ B diag(E) A.
func adaTwin(m *adaMap, gamma float64, i, j int) (sum float64) {
	for k, e := range m.e.Value {
		sum += float64(m.b.Value[i*m.Rank()+k]) * float64(e) * float64(m.a.Value[k*m.Base.In()+j])
	}
	return gamma * sum
}

// TestAdaLoRAIsItsTwin compares ΔW and the outputs of every map with the twin, in both forms, and at the γ of the
// rank that is left. Sums have at most 40 terms, as those of [TestAddends], whose bound is here too.
func TestAdaLoRAIsItsTwin(t *testing.T) {
	m := nntest.Model(t)
	for _, rank := range []int{2, 5, 40} {
		c := testConfig(rank)
		c.Budget.GammaAt = func(k int) float64 { return 3 / float64(k) }
		s, _ := attachAda(t, m, c)
		for place, of := range s.Trainables {
			a := of.(*adaMap)
			for k := range place % rank { // from none to all but one
				a.kept[k], a.e.Value[k] = 0, 0
			}
			a.Updated()
			gamma := 3 / float64(rank-place%rank)
			delta, want := nn.NewMatrix(a.Base.Out(), a.Base.In()), nn.NewMatrix(a.Base.Out(), a.Base.In())
			for i := range want.Rows {
				for j := range want.Cols {
					want.Data[i*want.Stride+j] = float32(adaTwin(a, gamma, i, j))
				}
			}
			a.Delta(delta)
			if d := difference(delta.Data, want.Data); !(d < 1e-5) {
				t.Errorf("rank %d: %s: ΔW is off by %.2g", rank, a.Base.Name, d)
			}
			trained, ok := a.Trained()
			clear(delta.Data)
			trained.addDelta(delta)
			if d := difference(delta.Data, want.Data); !ok || !(d < 1e-5) {
				t.Errorf("rank %d: %s: what is handed out is off by %.2g", rank, a.Base.Name, d)
			}
			w := &nn.Linear{Name: a.Base.Name, Weight: nn.NewMatrix(want.Rows, want.Cols), Bias: a.Base.Bias}
			a.Base.Values(w.Weight.Data)
			kernel.Add(w.Weight.Data, want.Data)
			x, y, z := nn.NewMatrix(7, a.Base.In()), nn.NewMatrix(7, a.Base.Out()), nn.NewMatrix(7, a.Base.Out())
			nntest.Fill(x.Data, rand.New(rand.NewPCG(2, 3)))
			a.Forward(y, x)
			w.Forward(z, x)
			if d := difference(y.Data, z.Data); !(d < 1e-5) {
				t.Errorf("rank %d: %s: the output is off by %.2g", rank, a.Base.Name, d)
			}
		}
	}
}

// TestAdaLoRAGradients compares the gradient of every parameter, with and without each penalty, with difference
// quotients, within the tolerance of [TestAdapterGradients], in both forms.
func TestAdaLoRAGradients(t *testing.T) {
	m, b := nntest.Model(t), testBatch()
	for _, rank := range []int{2, 5, 40} {
		for _, penalty := range PenaltyKinds {
			c := testConfig(rank)
			c.Budget.Penalty, c.Budget.Weight = penalty, 20 // so much that it counts beside a loss of 66
			s, p := attachAda(t, m, c)
			_, err := p.Gradient(b, 1)
			check(t, err)
			before := slices.Clone(p.Params()[0].Grad)
			_, err = p.Gradient(b, 1)
			check(t, err)
			for i, g := range p.Params()[0].Grad {
				if !(math.Abs(float64(g-2*before[i])) <= 1e-5*math.Abs(float64(g))+1e-7) {
					t.Fatalf("a gradient of two passes is %g, of one %g", g, before[i])
				}
			}
			for _, q := range p.Params() {
				clear(q.Grad)
			}
			_, err = p.Gradient(b, 1)
			check(t, err)
			s.Penalize()
			loss := func() float64 {
				s.Updated()
				sum, _ := p.Loss(b)
				for _, q := range p.Params() {
					sum += naivePenalty(q, c.Budget, len(s.Trainables), rank)
				}
				return sum
			}
			for _, q := range p.Params() {
				compareSteepest(t, q, loss)
			}
		}
	}
}

// naivePenalty is the share of an array in the penalty, from its formula.
func naivePenalty(q nn.Param, b Budget, maps, rank int) float64 {
	if q.Role != nn.RoleA || b.Penalty == NoPenalty {
		return 0
	}
	at := func(k, j int) float64 { return float64(q.Value[k*q.Cols+j]) }
	width := q.Cols
	if strings.HasSuffix(q.Name, "lora_B") {
		at = func(k, j int) float64 { return float64(q.Value[j*q.Cols+k]) }
		width = q.Rows
	}
	var squares float64
	for k := range rank {
		for l := range rank {
			dot := 0.0
			if k == l {
				dot = -1
			}
			for j := range width {
				dot += at(k, j) * at(l, j)
			}
			squares += dot * dot
		}
	}
	if b.Penalty == RootPenalty {
		squares /= float64(rank)
	}
	return b.Weight * math.Sqrt(squares) / float64(2*maps)
}

// TestPenaltyIsItsTwin: the value is that of the formula; of rows that are orthonormal there is none, and no gradient.
// A fresh adapter's grows with √r under one kind and not under the other, as docs/methods.md says: entries are so
// small that they move it by less than 5%.
func TestPenaltyIsItsTwin(t *testing.T) {
	m := nntest.Model(t)
	for _, penalty := range PenaltyKinds {
		for _, rank := range []int{1, 4, 16} {
			c := testConfig(rank)
			c.Budget.Penalty = penalty
			s, p := attachAda(t, m, c)
			var want float64
			for _, q := range p.Params() {
				want += naivePenalty(q, c.Budget, len(s.Trainables), rank)
			}
			if got := s.Penalize(); !(math.Abs(got-want) <= 1e-6*want) {
				t.Errorf("%s, rank %d: penalty %g, want %g", penalty, rank, got, want)
			}
			fresh, err := adaLoRA{}.Attach(new(nn.Arena), m, c, 7)
			check(t, err)
			factor := map[PenaltyKind]float64{NormPenalty: math.Sqrt(float64(rank)), RootPenalty: 1}[penalty]
			if got := fresh.Penalize(); !(math.Abs(got-0.5*factor) <= 0.05*0.5*factor) {
				t.Errorf("%s, rank %d: a fresh adapter's penalty is %g, want about %g", penalty, rank, got, 0.5*factor)
			}
		}
	}
	unit, grad := shaped([]float32{0, 1, 0, 1, 0, 0}, 2, 3), nn.NewMatrix(2, 3)
	if d := distance(unit, grad, nn.NewMatrix(2, 2), 1, true); d != 0 || !slices.Equal(grad.Data, make([]float32, 6)) {
		t.Errorf("orthonormal rows are at distance %g, with the gradient %v", d, grad.Data)
	}
}

// naiveCut keeps the highest scores, which it computes from the gradients and values of all steps so far in float64.
func naiveCut(history [][]nn.Param, b Budget, maps, rank, budget int) (kept [][]bool, apart float64) {
	entries := func(place int) (scores []float64) { // of the array at a place in the list of all
		mean, spread := make([]float64, len(history[0][place].Value)), make([]float64, len(history[0][place].Value))
		for _, params := range history {
			for j, v := range params[place].Value {
				s := math.Abs(float64(v) * float64(params[place].Grad[j]))
				mean[j] = b.Beta1*mean[j] + (1-b.Beta1)*s
				spread[j] = b.Beta2*spread[j] + (1-b.Beta2)*math.Abs(s-mean[j])
			}
		}
		for j := range mean {
			scores = append(scores, mean[j]*spread[j])
		}
		return scores
	}
	var scores []float64
	for i := range maps {
		a, e, bs := entries(3*i), entries(3*i+1), entries(3*i+2)
		in, out := len(a)/rank, len(bs)/rank
		for k := range rank {
			score := e[k]
			for j := range in {
				score += a[k*in+j] / float64(in)
			}
			for j := range out {
				score += bs[j*rank+k] / float64(out)
			}
			scores = append(scores, score)
		}
	}
	sorted := slices.Sorted(slices.Values(scores))
	below := len(scores) - budget
	for i := range maps {
		var row []bool
		for _, s := range scores[i*rank : (i+1)*rank] {
			row = append(row, below == 0 || s > sorted[below-1])
		}
		kept = append(kept, row)
	}
	if below == 0 {
		return kept, 1
	}
	return kept, sorted[below]/sorted[below-1] - 1
}

// TestAllocationIsItsTwin: after each step those singular values are kept that the naive twin keeps, and those that
// are not are zero after a cut. Scores are apart by 1e-4 of themselves, and float32's errors of ten steps are 1e-6.
func TestAllocationIsItsTwin(t *testing.T) {
	m := nntest.Model(t)
	for _, rank := range []int{1, 3, 9} {
		for _, every := range []int{1, 2} {
			c := testConfig(rank)
			c.Budget.Every = every
			s, err := adaLoRA{}.Attach(new(nn.Arena), m, c, 7)
			check(t, err)
			p, err := nn.NewPass(m, tokens, s.Maps())
			check(t, err)
			params, maps := p.Params(), len(s.Trainables)
			rng := rand.New(rand.NewPCG(4, 5))
			var history [][]nn.Param
			var kept [][]bool
			for step := range c.Budget.Steps {
				var now []nn.Param
				for _, q := range params {
					for i := range q.Value {
						q.Value[i] += float32(0.1 * rng.NormFloat64())
						q.Grad[i] = float32(rng.NormFloat64())
					}
					q.Value, q.Grad = slices.Clone(q.Value), slices.Clone(q.Grad)
					now = append(now, q)
				}
				if step < 7 {
					history = append(history, now)
				}
				s.Allocate(step)
				budget, cut := c.Budget.at(step, maps, rank)
				if cut && step <= 7 {
					var apart float64
					if kept, apart = naiveCut(history, c.Budget, maps, rank, budget); !(apart > 1e-4) {
						t.Fatalf("step %d: scores are apart by %g alone", step, apart)
					}
				}
				for i, a := range s.budget.maps {
					for k, e := range a.e.Value {
						stays := kept == nil || kept[i][k]
						if (a.kept[k] == 1) != stays || cut && (e != 0) != stays {
							t.Fatalf("rank %d, step %d: %s: %d is kept: %g, with %g, want %t", rank, step, a.Base.Name,
								k, a.kept[k], e, stays)
						}
					}
				}
			}
			total := 0
			for i := range maps {
				left, _ := s.Left(i)
				total += left
			}
			if want := maps * c.Budget.Target; total != want {
				t.Errorf("rank %d: %d singular values are left, want %d", rank, total, want)
			}
		}
	}
}

// TestScoresThatAreEqual are all cut with the lowest of them, as in PEFT; and scores that are no numbers count as the
// highest.
func TestScoresThatAreEqual(t *testing.T) {
	c := testConfig(4)
	c.Targets = []string{"model.layers.0.self_attn.q_proj"}
	s, err := adaLoRA{}.Attach(new(nn.Arena), nntest.Model(t), c, 7)
	check(t, err)
	nan := float32(math.NaN())
	for _, test := range []struct {
		scores []float32
		below  int
		want   float32
	}{
		{[]float32{3, 1, 2, 1}, 1, 1}, {[]float32{3, 1, 2, 1}, 2, 1}, {[]float32{3, 1, 2, 1}, 3, 2},
		{[]float32{3, 1, 2, 1}, 4, 3}, {[]float32{0, 0, 0, 0}, 1, 0}, {[]float32{nan, 5, nan, 1e-44}, 1, 1e-44},
		{[]float32{nan, 5, nan, 1e-44}, 2, 5},
	} {
		copy(s.budget.maps[0].score, test.scores)
		if got := s.budget.smallest(test.below); got != test.want {
			t.Errorf("%v: number %d is %g, want %g", test.scores, test.below, got, test.want)
		}
	}
}

// TestAdaLoRABegins: entries of A and B have PEFT's deviation, E is zero, the output does not change by a bit, and
// smaller ranks have the first rows of A and columns of B.
func TestAdaLoRABegins(t *testing.T) {
	m, b := nntest.Model(t), testBatch()
	want := logitsOf(t, m, nil, b)
	at := func(rank int, seed uint64) *Set {
		s, err := adaLoRA{}.Attach(new(nn.Arena), m, testConfig(rank), seed)
		check(t, err)
		if !slices.Equal(logitsOf(t, m, s.Maps(), b), want) {
			t.Errorf("rank %d: the output changes before an update", rank)
		}
		return s
	}
	small, large, other := at(3, 7), at(30, 7), at(3, 8)
	for i := range small.Trainables {
		s, l, o := small.budget.maps[i], large.budget.maps[i], other.budget.maps[i]
		if !slices.Equal(s.a.Value, l.a.Value[:len(s.a.Value)]) || s.a.Value[0] == o.a.Value[0] {
			t.Errorf("%s: A is another one at rank 30, or the same with another seed", s.Base.Name)
		}
		for j := range s.Base.Out() {
			if !slices.Equal(row(s.B, j), row(l.B, j)[:3]) || row(s.B, j)[0] == row(o.B, j)[0] {
				t.Errorf("%s: row %d of B is another one at rank 30, or the same with another seed", s.Base.Name, j)
			}
		}
		for _, f := range []array{l.a.array, l.b.array} {
			if got := math.Sqrt(nn.Dot(f.Value, f.Value) / float64(len(f.Value))); math.Abs(got/0.02-1) > 0.2 {
				t.Errorf("%s has deviation %g", f.Name, got) // of 180 or more draws: 4 times their deviation of 5%
			}
		}
		moved, start := s.Moved(make([]float32, 1000))
		for i := range s.a.Value {
			s.a.Value[i]++
		}
		for i := range s.b.Value {
			s.b.Value[i] -= 2
		}
		after, again := s.Moved(make([]float32, 1000))
		count := len(s.a.Value) + len(s.b.Value)
		want := float64(len(s.a.Value) + 4*len(s.b.Value))
		if moved.Sum != 0 || start != again || start.Count != count || math.Abs(after.Sum/want-1) > 1e-5 {
			t.Errorf("moved %+v and %+v from %+v and %+v", moved, after, start, again)
		}
	}
}

// TestAdaLoRAProbe: a probe measures what ΔW, written out, does, and adds nothing to any gradient.
func TestAdaLoRAProbe(t *testing.T) {
	const n = probeBlock + 3
	s, _ := attachAda(t, nntest.Model(t), testConfig(3))
	rng := rand.New(rand.NewPCG(1, 5))
	for k, a := range s.Trainables {
		base := a.Frozen()
		x, dy := nn.NewMatrix(n, base.In()), nn.NewMatrix(n, base.Out())
		nntest.Fill(x.Data, rng)
		nntest.Fill(dy.Data, rng)
		delta := nn.NewMatrix(base.Out(), base.In())
		a.SetMode(Probe)
		a.Forward(nn.NewMatrix(n, base.Out()), x)
		a.Backward(nn.NewMatrix(n, base.In()), dy, x)
		a.Delta(delta)
		out, in := through(delta, x, dy)
		if got := a.Probed(); math.Abs(got.Output.Sum/out-1) > 1e-5 || math.Abs(got.InputDX.Sum/in-1) > 1e-5 {
			t.Errorf("map %d: output %+v and input gradient %+v, want %g and %g", k, got.Output, got.InputDX, out, in)
		}
		for _, w := range a.Params() {
			if slices.ContainsFunc(w.Grad, func(g float32) bool { return g != 0 }) {
				t.Fatalf("a probe added to the gradient of %s", w.Name)
			}
		}
	}
}

// TestAdaLoRAMerges, and what is cut of it adds nothing.
func TestAdaLoRAMerges(t *testing.T) {
	m, b := nntest.Model(t), testBatch()
	s, _ := attachAda(t, m, testConfig(4))
	for _, a := range s.budget.maps {
		a.kept[1], a.kept[3] = 0, 0
		a.cut()
	}
	checkMerged(t, AdaLoRAMethod, s, m, b, logitsOf(t, m, s.Maps(), b))
}

// TestBudgetsThatCannotBe are errors that name the setting, its value and its bound.
func TestBudgetsThatCannotBe(t *testing.T) {
	const target, schedule = ": must be from 1 to the rank, which is 4",
		": must be at least 0, and together below steps, which is 10"
	const share = ": must be above 0 and below 1"
	for want, change := range map[string]func(b *Budget){
		"target_rank 0" + target:                                 func(b *Budget) { b.Target = 0 },
		"target_rank 5" + target:                                 func(b *Budget) { b.Target = 5 },
		"target_rank -1" + target:                                func(b *Budget) { b.Target = -1 },
		"tinit -1 and tfinal 3" + schedule:                       func(b *Budget) { b.Initial = -1 },
		"tinit 2 and tfinal -3" + schedule:                       func(b *Budget) { b.Final = -3 },
		"tinit 7 and tfinal 3" + schedule:                        func(b *Budget) { b.Initial = 7 },
		"delta_t 0: must be at least 1":                          func(b *Budget) { b.Every = 0 },
		"delta_t 10: no step from 3 to 9 is":                     func(b *Budget) { b.Every, b.Final = 10, 0 },
		"importance_beta1 1 and importance_beta2 0.8" + share:    func(b *Budget) { b.Beta1 = 1 },
		"importance_beta1 0.85 and importance_beta2 NaN" + share: func(b *Budget) { b.Beta2 = math.NaN() },
		"orth_reg_weight 0: must be above 0":                     func(b *Budget) { b.Weight = 0 },
		`orth_reg "l2": must be one of ["norm`:                   func(b *Budget) { b.Penalty = "l2" },
	} {
		c := testConfig(4)
		change(&c.Budget)
		_, err := adaLoRA{}.Attach(new(nn.Arena), nntest.Model(t), c, 0)
		if err == nil || !strings.HasPrefix(err.Error(), "lora: "+want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	for name, change := range map[string]func(b *Budget){
		"nothing is cut": func(b *Budget) { b.Every, b.Target, b.Final = 10, 4, 0 },
		"one step":       func(b *Budget) { b.Initial, b.Final, b.Steps = 0, 0, 1 },
		"no penalty":     func(b *Budget) { b.Penalty, b.Weight = NoPenalty, 0 },
	} {
		c := testConfig(4)
		change(&c.Budget)
		_, err := adaLoRA{}.Attach(new(nn.Arena), nntest.Model(t), c, 0)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for rank, want := range map[int]int{1: 1, 2: 1, 3: 2, 8: 5, 12: 8, 64: 43} {
		if got := TargetRank(rank); got != want {
			t.Errorf("the target of rank %d is %d, want %d", rank, got, want)
		}
	}
}

// TestOthersHaveNoBudget: what other methods do beside gradients is nothing.
func TestOthersHaveNoBudget(t *testing.T) {
	s, _ := attach(t, nntest.Model(t), testConfig(2))
	s.Allocate(3)
	if _, ok := s.Left(0); ok || s.Penalize() != 0 || s.State() != nil {
		t.Error("LoRA has a budget")
	}
}

// TestAllocationAllocatesNothing, nor does the penalty.
func TestAllocationAllocatesNothing(t *testing.T) {
	s, _ := attachAda(t, nntest.Model(t), testConfig(4))
	step := 0
	if n := heaptest.Allocations(20, func() {
		s.Penalize()
		s.Allocate(step % 10)
		step++
	}); n > 0 {
		t.Errorf("20 steps allocate %d times", n)
	}
}
