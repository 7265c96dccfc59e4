package theory_test

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"gonum.org/v1/gonum/mat"

	"ranksweep/lora"
	"ranksweep/metrics/stats"
	"ranksweep/nn"
	"ranksweep/nn/nntest"
	"ranksweep/theory"
)

// naiveFirst is the definition of theory.FirstGradient, by rows and columns. b and a are what the adapter begins
// with at γ = 1; nil if there is none.
func naiveFirst(g, w, b, a *mat.Dense) (f theory.FirstGradient) {
	out, in := g.Dims()
	var weighted mat.Dense
	weighted.MulElem(g, w)
	f.Weighted = sq(mat.Norm(&weighted, 2))
	for i := range out {
		length := mat.Norm(g.RowView(i), 2)
		along := mat.Dot(g.RowView(i), w.RowView(i)) / mat.Norm(w.RowView(i), 2)
		f.Along += sq(along)
		f.AlongSize += math.Abs(along)
		f.AlongUnit += sq(along) / length
		f.WeightedRows += mat.Norm(weighted.RowView(i), 2)
	}
	for j := range in {
		f.ColumnNorms += mat.Norm(g.ColView(j), 2)
	}
	if b != nil {
		var ofA, ofB mat.Dense
		ofA.Mul(b.T(), g)
		ofB.Mul(g, a.T())
		f.PartA, f.PartB = naiveNorms(&ofA), naiveNorms(&ofB)
	}
	return f
}

func naiveNorms(x *mat.Dense) theory.GradientNorms {
	n := theory.GradientNorms{Squares: sq(mat.Norm(x, 2))}
	for _, v := range x.RawMatrix().Data {
		n.Sizes += math.Abs(v)
	}
	p := paramOf(x)
	muon, err := nn.NewOptimizer(nn.OptimizerConfig{Name: "muon"}, []nn.Param{p})
	must(err)
	muon.Step(nn.UniformRate(1))
	for i, v := range x.RawMatrix().Data {
		n.Spectral -= v * float64(p.Value[i])
	}
	return n
}

// paramOf is a parameter of zeros with a gradient.
func paramOf(x *mat.Dense) nn.Param {
	rows, cols := x.Dims()
	p := nn.Param{Name: "x", Rows: rows, Cols: cols, Value: make([]float32, rows*cols)}
	for _, v := range x.RawMatrix().Data {
		p.Grad = append(p.Grad, float32(v))
	}
	return p
}

// beginning is what an adapter of a method begins with at γ = 1, by its definition.
func beginning(method string, w *mat.Dense, rank int) (b, a *mat.Dense) {
	out, in := w.Dims()
	if method == lora.PiSSAMethod {
		var svd mat.SVD
		svd.Factorize(w, mat.SVDThin)
		var u, v mat.Dense
		svd.UTo(&u)
		svd.VTo(&v)
		roots := mat.NewDiagDense(rank, nil)
		for k, s := range svd.Values(nil)[:rank] {
			roots.SetDiag(k, math.Sqrt(s))
		}
		b, a = new(mat.Dense), new(mat.Dense)
		b.Mul(u.Slice(0, out, 0, rank), roots)
		a.Mul(roots, v.Slice(0, in, 0, rank).T())
		return b, a
	}
	side := min(out, in)
	var qr mat.QR
	qr.Factorize(mat.DenseCopyOf(w.Slice(0, out, 0, side)))
	var q, r mat.Dense
	qr.QTo(&q)
	r.Mul(q.T(), w)
	return mat.DenseCopyOf(q.Slice(0, out, 0, rank)), mat.DenseCopyOf(r.Slice(0, rank, 0, in))
}

// TestFirstGradient compares the properties of first gradients, of a model's maps, with their definitions. The
// gradients are those of the survey, in float32, whose sums are right to 1e-4, see TestGeometry. Muon's update of a
// gradient of few singular values is right to 1e-3: its polynomial multiplies rounding by 3.4 in each of five steps.
func TestFirstGradient(t *testing.T) {
	const tokens, rank = 12, 3
	m := nntest.Model(t)
	targets, err := lora.Targets(m, []string{"all-linear"})
	check(t, err)
	for _, method := range []string{"", lora.PiSSAMethod, lora.OLoRAMethod} {
		for _, zeroA := range []bool{false, true} {
			part := theory.Part{Method: method, Rank: rank}
			survey, err := theory.NewSurvey(new(nn.Arena), m, targets, zeroA, part, tokens)
			check(t, err)
			got, err := survey.Measure(fewBatches(1, 4), fewBatches(2), fewBatches(7))
			check(t, err)
			recorders, maps := []*recorder(nil), make(map[string]nn.Map)
			for _, l := range targets {
				r := &recorder{Linear: l}
				recorders, maps[l.Name] = append(recorders, r), r
			}
			pass, err := nn.NewPass(m, tokens, maps)
			check(t, err)
			batches := fewBatches(1, 4)
			for i := range batches {
				_, err := pass.Gradient(&batches[i], 1/float32(batches[0].Scored()+batches[1].Scored()))
				check(t, err)
			}
			for i, l := range targets {
				w := dense(l.Weight)
				var b, a *mat.Dense
				if method != "" {
					b, a = beginning(method, w, rank)
				}
				sameFields(t, l.Name+" "+method, reflect.ValueOf(got[i].First),
					reflect.ValueOf(naiveFirst(recorders[i].g, w, b, a)))
			}
		}
	}
}

func sameFields(t *testing.T, name string, got, want reflect.Value) {
	t.Helper()
	for f := range got.NumField() {
		field := got.Type().Field(f).Name
		if got.Field(f).Kind() == reflect.Struct {
			sameFields(t, name+" "+field, got.Field(f), want.Field(f))
			continue
		}
		tolerance := 1e-4
		if field == "Spectral" {
			tolerance = 1e-3
		}
		if a, b := got.Field(f).Float(), want.Field(f).Float(); !(math.Abs(a-b) <= tolerance*math.Abs(b)) {
			t.Errorf("%s: %s is %g, want %g", name, field, a, b)
		}
	}
}

// begun draws what a method begins with, and returns the gradients of A and B at the onset; nil of what has none.
type begun func(g, w *mat.Dense, at theory.Setting, rng *rand.Rand) (ofA, ofB *mat.Dense)

var begins = map[string]begun{
	lora.LoRAFAMethod: func(g, _ *mat.Dense, at theory.Setting, rng *rand.Rand) (_, ofB *mat.Dense) {
		return nil, times(at.Gamma, g, drawnA(g, at, rng).T())
	},
	lora.HiRAMethod: func(g, w *mat.Dense, at theory.Setting, rng *rand.Rand) (_, ofB *mat.Dense) {
		var h mat.Dense
		h.MulElem(g, w)
		return nil, times(1, &h, drawnA(g, at, rng).T())
	},
	lora.LoHaMethod: func(g, _ *mat.Dense, at theory.Setting, rng *rand.Rand) (_, ofB *mat.Dense) {
		out, in := g.Dims()
		h := times(1, uniform(out, at.Rank, at.Rank, rng), uniform(at.Rank, in, in, rng))
		h.MulElem(g, h)
		return nil, times(at.Gamma, uniform(out, at.Rank, at.Rank, rng).T(), h)
	},
	lora.VeRAMethod: func(g, _ *mat.Dense, at theory.Setting, rng *rand.Rand) (_, ofB *mat.Dense) {
		out, in := g.Dims()
		m := times(0.1*6, uniform(out, at.Rank, at.Rank, rng), uniform(at.Rank, in, in, rng))
		m.MulElem(g, m)
		ofB = mat.NewDense(1, out, nil)
		for i := range out {
			ofB.Set(0, i, mat.Sum(m.RowView(i)))
		}
		return nil, ofB
	},
	lora.PEFTOrthogonalMethod: func(g, _ *mat.Dense, at theory.Setting, rng *rand.Rand) (ofA, ofB *mat.Dense) {
		b, a := peftOrthogonalBegins(g, at.Rank, rng)
		return times(at.Gamma, b.T(), g), times(at.Gamma, g, a.T())
	},
	lora.PiSSAMethod: func(g, w *mat.Dense, at theory.Setting, _ *rand.Rand) (ofA, ofB *mat.Dense) {
		b, a := beginning(lora.PiSSAMethod, w, at.Rank)
		root := math.Sqrt(at.Gamma) // γ times the factors' 1/√γ
		return times(root, b.T(), g), times(root, g, a.T())
	},
	lora.OLoRAMethod: func(g, w *mat.Dense, at theory.Setting, _ *rand.Rand) (ofA, ofB *mat.Dense) {
		b, a := beginning(lora.OLoRAMethod, w, at.Rank)
		return times(at.Gamma, b.T(), g), times(at.Gamma, g, a.T())
	},
}

func times(factor float64, x, y mat.Matrix) *mat.Dense {
	var d mat.Dense
	d.Mul(x, y)
	d.Scale(factor, &d)
	return &d
}

func drawnA(g *mat.Dense, at theory.Setting, rng *rand.Rand) *mat.Dense {
	_, in := g.Dims()
	a := gaussian(at.Rank, in, rng)
	a.Scale(at.Init.Deviation(at.Rank, in), a)
	return a
}

// peftOrthogonalBegins is what PEFT begins B and A with for "orthogonal".
func peftOrthogonalBegins(g *mat.Dense, rank int, rng *rand.Rand) (b, a *mat.Dense) {
	out, in := g.Dims()
	var qr mat.QR
	qr.Factorize(gaussian(rank, rank, rng))
	var q mat.Dense
	qr.QTo(&q)
	odd, even := mat.NewDense(rank/2, rank, nil), mat.NewDense(rank/2, rank, nil)
	for i := range rank / 2 {
		odd.SetRow(i, q.RawRowView(2*i))
		even.SetRow(i, q.RawRowView(2*i+1))
	}
	return times(0.1, gaussian(out, rank/2, rng), even), times(0.1, odd.T(), gaussian(rank/2, in, rng))
}

// dropOf is what the first update takes off the loss, to first order.
func dropOf(x *mat.Dense, rate float64, u nn.Update) float64 {
	if x == nil {
		return 0
	}
	norms := naiveNorms(x)
	switch u {
	case nn.LinearUpdate:
		return rate * norms.Squares
	case nn.SignUpdate:
		return rate * norms.Sizes
	}
	return rate * norms.Spectral
}

// TestOwnExpectations: what theory expects of methods with laws of their own is the mean over simulated first
// entries, to 4.5 standard errors of the simulated mean and, of what theory knows to the first power of 1/r, another
// 1/r². What depends on no random entry is right to rounding, of Muon to that of float32, which its polynomial
// multiplies, see TestFirstGradient.
func TestOwnExpectations(t *testing.T) {
	const out, in, draws = 40, 48, 1500
	rng := rand.New(rand.NewPCG(11, 12))
	g := newOneMap(out, in, rng).g
	w := gaussian(out, in, rng)
	for method, begin := range begins {
		for _, update := range []nn.Update{nn.LinearUpdate, nn.SignUpdate, nn.SpectralUpdate} {
			for _, rank := range []int{4, 16} {
				at := theory.Setting{Update: update, Rank: rank, Gamma: 0.7, LR: 0.2,
					Init: lora.Init{Kind: lora.Gaussian, Factor: 1.3}}
				at.Rates[nn.RoleA], at.Rates[nn.RoleB] = 0.3, 0.2
				geometry := naiveGeometry(&g, &g, mat.NewDense(in, 1, nil), mat.NewDense(out, 1, nil))
				var b, a *mat.Dense
				fixed := lora.BeginsWithPart(method)
				if fixed {
					b, a = beginning(method, w, rank)
				}
				geometry.First = naiveFirst(&g, w, b, a)
				laws, _ := theory.LawsOf(method)
				want := []float64{laws.GradNorm.Expected([]theory.MapGeometry{geometry}, at),
					laws.LossDrop.Expected([]theory.MapGeometry{geometry}, at)}
				want[0] *= want[0]
				if known := fixed || update != nn.SpectralUpdate; math.IsNaN(want[1]) == known {
					t.Errorf("%s, update %d: a loss drop of %g is expected", method, update, want[1])
				}
				samples := make([][]float64, 2)
				n := draws
				if fixed || update == nn.SpectralUpdate { // of which the gradient alone is compared
					n = 2
				}
				for range n {
					ofA, ofB := begin(&g, w, at, rng)
					norm := sq(mat.Norm(ofB, 2))
					if ofA != nil {
						norm += sq(mat.Norm(ofA, 2))
					}
					samples[0] = append(samples[0], norm)
					samples[1] = append(samples[1], dropOf(ofA, 0.3, update)+dropOf(ofB, 0.2, update))
				}
				for i, s := range samples {
					if math.IsNaN(want[i]) || n == 2 && !fixed {
						continue
					}
					over := stats.MeanInterval(s)
					tolerance := 4.5*over.SE() + 1e-3*want[i]
					if i == 1 && update == nn.SignUpdate && (method == lora.LoHaMethod || method == lora.VeRAMethod) {
						tolerance += want[i] / sq(float64(rank))
					}
					if math.Abs(over.Mean-want[i]) > tolerance {
						t.Errorf("%s, update %d, rank %d, quantity %d: mean %.5g ± %.2g, expected %.5g", method,
							update, rank, i, over.Mean, over.SE(), want[i])
					}
				}
			}
		}
	}
}

// TestDoRAExpectations: what theory expects of DoRA's first loss drop is the mean over simulated A, to 4.5 standard
// errors.
func TestDoRAExpectations(t *testing.T) {
	const out, in, draws = 12, 16, 4000
	rng := rand.New(rand.NewPCG(13, 14))
	g := newOneMap(out, in, rng).g
	w := gaussian(out, in, rng)
	geometry := naiveGeometry(&g, &g, mat.NewDense(in, 1, nil), mat.NewDense(out, 1, nil))
	geometry.First = naiveFirst(&g, w, nil, nil)
	laws, _ := theory.LawsOf(lora.DoRAMethod)
	for _, update := range []nn.Update{nn.LinearUpdate, nn.SignUpdate, nn.DividedUpdate} {
		for _, rank := range []int{1, 4} {
			at := theory.Setting{Update: update, Rank: rank, Gamma: 0.7, LR: 0.2, Damping: damping,
				Init: lora.Init{Kind: lora.Gaussian, Factor: 1.3}}
			at.Rates[nn.RoleOwn] = 0.3
			var drops []float64
			for range draws {
				a := drawnA(&g, at, rng)
				ofB := times(at.Gamma, &g, a.T())
				step := mat.DenseCopyOf(stepBy(ofB.T(), at.LR, update, a).T())
				added := times(at.Gamma, step, a)
				drop := -mat.Sum(product(ofB, step))
				for i := range out {
					unit := 1 / mat.Norm(w.RowView(i), 2)
					along := unit * mat.Dot(g.RowView(i), w.RowView(i))
					own := 0.3 * along
					if update == nn.SignUpdate {
						own = math.Copysign(0.3, along)
					}
					drop += along * (own + unit*mat.Dot(added.RowView(i), w.RowView(i)))
				}
				drops = append(drops, drop)
			}
			want, over := laws.LossDrop.Expected([]theory.MapGeometry{geometry}, at), stats.MeanInterval(drops)
			if !(math.Abs(over.Mean-want) <= 4.5*over.SE()+1e-3*want) {
				t.Errorf("update %d, rank %d: mean %.5g ± %.2g, expected %.5g", update, rank, over.Mean, over.SE(),
					want)
			}
		}
	}
	at := theory.Setting{Update: nn.DividedUpdate, Rank: 4, Gamma: 1, LR: 1, Init: lora.Init{Kind: lora.Gaussian}}
	at.Damping = 0.1
	if v := laws.LossDrop.Expected([]theory.MapGeometry{geometry}, at); !math.IsNaN(v) {
		t.Errorf("expected %g with a large damping", v)
	}
}

func product(x, y *mat.Dense) *mat.Dense {
	var d mat.Dense
	d.MulElem(x, y)
	return &d
}
