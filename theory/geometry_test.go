package theory_test

import (
	"math"
	"reflect"
	"testing"

	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/mat"

	"ranksweep/lora"
	"ranksweep/nn"
	"ranksweep/nn/nntest"
	"ranksweep/theory"
)

// recorder is a frozen map that keeps its inputs and gradients.
type recorder struct {
	*nn.Linear
	g, x, v *mat.Dense // gradient (out, in) over all batches; inputs and output gradients of the last one
}

func (r *recorder) Params() []nn.Param { return nil }

func (r *recorder) Backward(dx, dy, x blas32.General) {
	r.x, r.v = dense(x), dense(dy)
	var g mat.Dense
	g.Mul(r.v.T(), r.x)
	if r.g == nil {
		r.g = &g
	} else {
		r.g.Add(r.g, &g)
	}
	if dx.Rows > 0 {
		r.Linear.Backward(dx, dy)
	}
}

func dense(m blas32.General) *mat.Dense {
	d := mat.NewDense(m.Rows, m.Cols, nil)
	d.Apply(func(i, j int, _ float64) float64 { return float64(m.Data[i*m.Stride+j]) }, d)
	return d
}

// TestGeometry compares the measurements of a model's maps, in float32, with their definitions,
// computed entry by entry in float64 from the recorded inputs and gradients. Sums of up to 10⁴
// products of float32 are within 1e-4 of their largest terms. The inner products of rows of two
// gradients can cancel; there the tolerance is relative to the whole. If two rows are nearly
// parallel, the arcsine near 1 turns an error of 1e-7 in the cosine into 4e-4.
func TestGeometry(t *testing.T) {
	for _, zeroA := range []bool{false, true} {
		testGeometry(t, zeroA)
	}
}

func testGeometry(t *testing.T, zeroA bool) {
	const tokens, tolerance = 12, 1e-4
	m := nntest.Model(t)
	targets, err := lora.Targets(m, []string{"all-linear"})
	check(t, err)
	first, second, probe := fewBatches(1, 4), fewBatches(2, 9), fewBatches(7)
	survey, err := theory.NewSurvey(new(nn.Arena), m, targets, zeroA, theory.Part{}, tokens)
	check(t, err)
	got, err := survey.Measure(first, second, probe)
	check(t, err)

	var phases [3][]*recorder
	for phase, batches := range [][]nn.Batch{first, second, probe} {
		maps := make(map[string]nn.Map)
		for _, l := range targets {
			r := &recorder{Linear: l}
			phases[phase] = append(phases[phase], r)
			maps[l.Name] = r
		}
		pass, err := nn.NewPass(m, tokens, maps)
		check(t, err)
		scored := 0
		for i := range batches {
			scored += batches[i].Scored()
		}
		for i := range batches {
			_, err := pass.Gradient(&batches[i], 1/float32(scored))
			check(t, err)
		}
	}
	for i, l := range targets {
		r := phases[2][i]
		want := naiveGeometry(phases[0][i].g, phases[1][i].g, r.x.T(), r.v.T())
		if zeroA {
			want = naiveGeometry(phases[0][i].g.T(), phases[1][i].g.T(), r.v.T(), r.x.T())
		}
		g, w := reflect.ValueOf(got[i]), reflect.ValueOf(want)
		for f := range g.NumField() {
			name := g.Type().Field(f).Name
			if name == "First" {
				continue // see TestFirstGradient
			}
			a, b := number(g.Field(f)), number(w.Field(f))
			size := math.Abs(b)
			bound := tolerance * size
			switch name {
			case "CrossSign":
				bound = tolerance*math.Max(size, want.Next) + 4e-4*size
			case "SignBack":
				bound = 4e-4 * size
			}
			if !(math.Abs(a-b) <= bound) {
				t.Errorf("%s, A zero %t: %s is %g, want %g", l.Name, zeroA, name, a, b)
			}
		}
	}
}

// fewBatches returns a batch for each first token.
func fewBatches(first ...int32) []nn.Batch {
	batches := make([]nn.Batch, len(first))
	for i, f := range first {
		var x, y []int32
		for j := range int32(7) {
			x, y = append(x, (f+3*j)%11), append(y, (f*f+j)%11)
		}
		y[2] = nn.Unscored
		batches[i].Append(x, y)
	}
	return batches
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func number(v reflect.Value) float64 {
	if v.CanInt() {
		return float64(v.Int())
	}
	return v.Float()
}
