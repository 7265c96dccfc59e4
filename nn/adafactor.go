package nn

// Adafactor: an optimizer that saves memory by keeping only row and column means of squared gradients.

import "math"

var adafactorVariant = variant{
	defaults: OptimizerConfig{Name: "adafactor"},
	settings: []string{"weight decay"},
	make:     newAdafactor,
	update:   EvenUpdate,
	scale:    always(FreeOfScale),
}

// The defaults of Hugging Face's and fairseq's Adafactor.
const (
	adafactorDecay = -0.8  // exponent of t in 1−β
	adafactorEps   = 1e-30 // added to squared gradients: their ε₁
	adafactorClip  = 1.0   // largest RMS of an update, before the learning rate
)

// adafactor is Adafactor (Shazeer and Stern, arXiv:1804.04235) with a given learning
// rate: transformers.Adafactor with relative_step, scale_parameter and warmup_init off
// and no first moment. avg_j averages over columns and avg_i over rows. At step t,
// counted from 1, β = 1−t^−0.8 and
//
//	r_i = β r_i + (1−β)·avg_j(g_ij² + ε₁)
//	c_j = β c_j + (1−β)·avg_i(g_ij² + ε₁)
//	u_ij = g_ij / √(r_i c_j / avg(r))
//	w = (1−lr·λ)w − lr·u / max(1, RMS(u))
//
// For a vector, which has one row or one column, r_i c_j / avg(r) is the decayed average
// of g² itself, so that the unfactored form needs no code of its own.
type adafactor struct {
	config OptimizerConfig
	params []Param
	step   stepCount
	rows   [][]float32 // r of each parameter
	cols   [][]float32 // c of each parameter

	// Scratch for the current parameter, long enough for the longest. It is too small to
	// be counted.
	rowFactor []float32 // √(avg(r)/r_i)
	colFactor []float32 // 1/√c_j
	colSum    []float64
}

func newAdafactor(arena *Arena, c OptimizerConfig, params []Param) Optimizer {
	a := &adafactor{config: c, params: params}
	rows, cols := 0, 0
	for _, p := range params {
		a.rows = append(a.rows, arena.Floats(p.Rows))
		a.cols = append(a.cols, arena.Floats(p.Cols))
		rows, cols = max(rows, p.Rows), max(cols, p.Cols)
	}
	a.rowFactor = make([]float32, rows)
	a.colFactor = make([]float32, cols)
	a.colSum = make([]float64, cols)
	return a
}

func (a *adafactor) Step(rates LearningRates) {
	gain := math.Pow(a.step.next(), adafactorDecay)
	for i := range a.params {
		p := &a.params[i]
		a.observe(p, a.rows[i], a.cols[i], gain)
		a.factor(a.rows[i], a.cols[i])
		lr := rates[p.Role]
		size := lr / max(1, a.updateRMS(p)/adafactorClip)
		a.update(p, float32(1-lr*a.config.decay(p)), float32(size))
	}
}

// observe moves r and c towards the averages of p's squared gradient, by the fraction
// gain.
func (a *adafactor) observe(p *Param, r, c []float32, gain float64) {
	colSum := a.colSum[:len(c)]
	clear(colSum)
	for i := range r {
		var sum float64
		g := p.Grad[i*p.Cols:][:len(colSum)]
		for j, v := range g {
			square := float64(v)*float64(v) + adafactorEps
			sum += square
			colSum[j] += square
		}
		r[i] = float32((1-gain)*float64(r[i]) + gain*sum/float64(p.Cols))
	}
	for j, sum := range colSum {
		c[j] = float32((1-gain)*float64(c[j]) + gain*sum/float64(p.Rows))
	}
}

// factor fills rowFactor and colFactor.
func (a *adafactor) factor(r, c []float32) {
	var sum float64
	for _, v := range r {
		sum += float64(v)
	}
	avg := sum / float64(len(r))
	rowFactor, colFactor := a.rowFactor[:len(r)], a.colFactor[:len(c)]
	for i, v := range r {
		rowFactor[i] = float32(math.Sqrt(avg / float64(v)))
	}
	for j, v := range c {
		colFactor[j] = float32(1 / math.Sqrt(float64(v)))
	}
}

// updateRMS returns the root mean square of u.
func (a *adafactor) updateRMS(p *Param) float64 {
	var sum float64
	f := a.colFactor[:p.Cols]
	for i := range p.Rows {
		rowFactor := a.rowFactor[i]
		g := p.Grad[i*p.Cols:][:len(f)]
		for j, v := range g {
			u := float64(v * rowFactor * f[j])
			sum += u * u
		}
	}
	return math.Sqrt(sum / float64(len(p.Grad)))
}

// update computes w = keep·w − size·u.
func (a *adafactor) update(p *Param, keep, size float32) {
	f := a.colFactor[:p.Cols]
	for i := range p.Rows {
		rowFactor := a.rowFactor[i]
		w, g := p.Value[i*p.Cols:][:len(f)], p.Grad[i*p.Cols:][:len(f)]
		for j, v := range g {
			w[j] = keep*w[j] - size*(v*rowFactor*f[j])
		}
	}
}

func (a *adafactor) State() []Tensor {
	all := []Tensor{a.step.tensor("adafactor")}
	for i, p := range a.params {
		all = append(all,
			vectorTensor("adafactor.rows."+p.Name, a.rows[i]),
			vectorTensor("adafactor.cols."+p.Name, a.cols[i]))
	}
	return all
}
