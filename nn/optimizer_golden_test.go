package nn

import (
	"math"
	"math/rand/v2"
	"testing"
)

// goldenValues are the values after five steps at learning rate 0.1 in float64.
// testdata/optimizers.py prints them in the order of testOptimizers, with torch 2.15.0
// (torch.optim.SGD, AdamW, Muon), transformers 5.24.0 (Adafactor, relative_step,
// scale_parameter and warmup_init off) and NumPy 2.4.6 (Lion, sign descent). A (3, 4) matrix
// with weight decay 0.1 and a vector of 5 without decay both start at ((5i mod 7)−3)/4. The
// gradient of entry i at step t, counted from 1, is (((7i+3t) mod 11)−5)/8.
var goldenValues = [][]float64{
	{
		-0.688361375, 0.477218987, -0.024142400, -0.389351425, 0.638728937, 0.274867550,
		-0.226466474, -0.726493700, 0.439113750, 0.072543476, -0.560899863, 0.738123700,
		-0.725000000, 0.500000000, -0.025000000, -0.412500000, 0.675000000,
	},
	{
		-0.624065672, 0.307712825, -0.084298805, -0.245699698, 0.548578799, 0.294067169,
		-0.127208723, -0.598414772, 0.305019393, 0.251157251, -0.680573286, 0.683385367,
		-0.718610000, 0.364268750, -0.088888750, -0.304308750, 0.641070000,
	},
	{
		-0.609036654, 0.317314795, -0.192796714, -0.235366641, 0.590261171, 0.251534927,
		-0.056206537, -0.726704241, 0.426701470, 0.271855567, -0.764697975, 0.817448421,
		-0.641872597, 0.336642083, -0.199391621, -0.253714144, 0.623461517,
	},
	{
		-0.619584035, 0.338069871, -0.171466398, -0.249134983, 0.596027168, 0.261343857,
		-0.085416471, -0.723650729, 0.420493771, 0.243944325, -0.745687704, 0.806901040,
		-0.652864285, 0.357735466, -0.177564729, -0.267918169, 0.629567437,
	},
	{
		-0.651842446, 0.513050857, -0.075966245, -0.256688109, 0.514637861, 0.337586115,
		-0.190158539, -0.756419880, 0.382151751, 0.158374450, -0.722162169, 0.779780638,
		-0.701602260, 0.513752722, -0.155155600, -0.318691331, 0.570874868,
	},
	{
		-0.613222836, 0.379455324, -0.096079501, -0.181415524, 0.613222836, 0.237727612,
		-0.141668011, -0.813262238, 0.375514726, 0.096079501, -0.769574526, 0.813262238,
		-0.650000000, 0.400000000, -0.100000000, -0.200000000, 0.650000000,
	},
	{
		-0.613222836, 0.477465324, -0.096079501, -0.278445424, 0.613222836, 0.237727612,
		-0.141668011, -0.813262238, 0.475514726, 0.096079501, -0.670574526, 0.813262238,
		-0.650000000, 0.500000000, -0.100000000, -0.300000000, 0.650000000,
	},
	{
		-0.678762819, 0.348100272, 0.003301121, -0.232309430, 0.608382831, 0.359007722,
		-0.158389750, -0.596356305, 0.382334578, 0.171928030, -0.650716227, 0.770135046,
		-0.748404820, 0.437218688, -0.052603867, -0.392168622, 0.695018085,
	},
	{
		-0.660044600, 0.595311465, 0.046750679, -0.315703668, 0.597005994, 0.338512226,
		-0.275230519, -0.680566825, 0.378869996, 0.032724434, -0.683525321, 0.724422197,
		-0.738319926, 0.502446917, -0.018133660, -0.438979109, 0.702052607,
	},
}

// TestOptimizersMatchPyTorch: values are at most 1, so that each of five steps rounds them by
// 2⁻²⁵. The update of 0.1 is rounded by less, over some ten operations. The literals are
// rounded by 5e-10.
func TestOptimizersMatchPyTorch(t *testing.T) {
	for k, c := range testOptimizers() {
		if Pairs(c.Name) || NeedsFixedA(c.Name) {
			continue // TestScaledMatchesPEFT, TestLoRAFAMatchesPEFT
		}
		params := []Param{
			{Name: "matrix", Rows: 3, Cols: 4, Value: make([]float32, 12), Grad: make([]float32, 12), Decay: true},
			{Name: "vector", Rows: 1, Cols: 5, Value: make([]float32, 5), Grad: make([]float32, 5)},
		}
		for _, p := range params {
			for i := range p.Value {
				p.Value[i] = float32(5*i%7-3) / 4
			}
		}
		o := mustOptimizer(t, c, params)
		for step := 1; step <= 5; step++ {
			for _, p := range params {
				for i := range p.Grad {
					p.Grad[i] = float32((7*i+3*step)%11-5) / 8
				}
			}
			o.Step(UniformRate(0.1))
		}
		for i, v := range values(params) {
			if want := goldenValues[k][i]; math.Abs(float64(v)-want) > 5*0x1p-23 {
				t.Errorf("%+v: value %d is %.9f, want %.9f", c, i, v, want)
			}
		}
	}
}

// twin is the optimizer of one parameter in float64, with every formula written out and
// without regard to memory.
type twin struct {
	config     OptimizerConfig
	param      Param
	rows, cols int
	decay      float64
	w          []float64
	m, v       []float64 // momentum or mean; mean square
	r, c       []float64 // Adafactor: averages over columns and over rows
}

func newTwin(c OptimizerConfig, p Param) *twin {
	n := len(p.Value)
	tw := &twin{
		config: c, param: p, rows: p.Rows, cols: p.Cols, w: make([]float64, n),
		m: make([]float64, n), v: make([]float64, n), r: make([]float64, p.Rows), c: make([]float64, p.Cols),
	}
	if p.Decay {
		tw.decay = c.WeightDecay
	}
	for i, v := range p.Value {
		tw.w[i] = float64(v)
	}
	return tw
}

func (w *twin) step(g []float32, t int, lr float64) {
	switch w.config.Name {
	case "sgd":
		for i := range w.w {
			w.m[i] = w.config.Momentum*w.m[i] + float64(g[i]) + w.decay*w.w[i]
			w.w[i] -= lr * w.m[i]
		}
	case "adamw":
		b1, b2 := w.config.Beta1, w.config.Beta2
		for i := range w.w {
			gi := float64(g[i])
			w.m[i] = b1*w.m[i] + (1-b1)*gi
			w.v[i] = b2*w.v[i] + (1-b2)*gi*gi
			m, v := w.m[i]/(1-math.Pow(b1, float64(t))), w.v[i]/(1-math.Pow(b2, float64(t)))
			w.w[i] -= lr*w.decay*w.w[i] + lr*m/(math.Sqrt(v)+w.config.Eps)
		}
	case "adafactor":
		w.adafactor(g, t, lr)
	case "lion":
		b1, b2 := w.config.Beta1, w.config.Beta2
		for i := range w.w {
			gi := float64(g[i])
			w.w[i] -= lr*w.decay*w.w[i] + lr*naiveSign(b1*w.m[i]+(1-b1)*gi)
			w.m[i] = b2*w.m[i] + (1-b2)*gi
		}
	case "signsgd":
		for i := range w.w {
			w.w[i] -= lr*w.decay*w.w[i] + lr*naiveSign(float64(g[i]))
		}
	case "muon":
		w.muon(g, lr)
	case "lora-fa-adamw":
		w.loraFA(g, t, lr)
	}
}

// loraFA is for an A of one row, whose AAᵀ is a number.
func (w *twin) loraFA(g []float32, t int, lr float64) {
	b1, b2, over := w.config.Beta1, w.config.Beta2, 1.0
	if a := w.param.Fixed; a != nil {
		over = w.param.Gamma * w.param.Gamma * (Dot(a.Data, a.Data) + w.config.Damping)
	}
	size := lr * math.Sqrt(1-math.Pow(b2, float64(t))) / (1 - math.Pow(b1, float64(t)))
	for i := range w.w {
		gi := float64(g[i]) / over
		w.m[i] = b1*w.m[i] + (1-b1)*gi
		w.v[i] = b2*w.v[i] + (1-b2)*gi*gi
		w.w[i] -= size * w.m[i] / (math.Sqrt(w.v[i]) + w.config.Eps)
		w.w[i] -= lr * w.decay * w.w[i]
	}
}

func naiveSign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x
}

// adafactor keeps the mean squares of vectors unfactored, like the reference.
func (w *twin) adafactor(g []float32, t int, lr float64) {
	beta := 1 - math.Pow(float64(t), -0.8)
	for i := range w.r {
		w.r[i] *= beta
	}
	for j := range w.c {
		w.c[j] *= beta
	}
	for k := range w.w {
		square := (1 - beta) * (float64(g[k])*float64(g[k]) + 1e-30)
		w.v[k] = beta*w.v[k] + square
		w.r[k/w.cols] += square / float64(w.cols)
		w.c[k%w.cols] += square / float64(w.rows)
	}
	var avg, sum float64
	for _, r := range w.r {
		avg += r / float64(w.rows)
	}
	u := make([]float64, len(w.w))
	for k := range u {
		second := w.v[k]
		if w.rows > 1 && w.cols > 1 {
			second = w.r[k/w.cols] * w.c[k%w.cols] / avg
		}
		u[k] = float64(g[k]) / math.Sqrt(second)
		sum += u[k] * u[k]
	}
	clip := math.Max(1, math.Sqrt(sum/float64(len(u))))
	for k := range u {
		w.w[k] -= lr*w.decay*w.w[k] + lr*u[k]/clip
	}
}

// TestOptimizersMatchTwin: values stay below 4, so that each of ten steps rounds them by at
// most 2⁻²³, and the update, at most 0.4, by a few 2⁻²⁵. Muon's rounding would grow with
// small singular values, which these matrices do not have.
func TestOptimizersMatchTwin(t *testing.T) {
	const steps, lr = 10, 0.1
	for _, c := range testOptimizers() {
		if Pairs(c.Name) {
			continue // TestScaledTwin
		}
		rng := rand.New(rand.NewPCG(8, 1))
		params := oddParams(rng)
		o := mustOptimizer(t, c, params)
		var twins []*twin
		for _, p := range params {
			twins = append(twins, newTwin(c, p))
		}
		for s := 1; s <= steps; s++ {
			randomGradients(params, rng)
			o.Step(UniformRate(lr))
			for i, p := range params {
				twins[i].step(p.Grad, s, lr)
			}
		}
		for i, p := range params {
			for k, v := range p.Value {
				if want := twins[i].w[k]; !(math.Abs(float64(v)-want) <= steps*0x1p-22) {
					t.Errorf("%+v: %s[%d] of (%d, %d) is %g, want %g", c, p.Name, k, p.Rows, p.Cols, v, want)
				}
			}
		}
	}
}
