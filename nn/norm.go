package nn

// RMSNorm and LayerNorm over all positions of a batch, forward and backward.

import (
	"math"

	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn/kernel"
)

// activation is a norm's input, with the numbers that its backward pass needs.
type activation struct {
	norm Norm
	gain []float32      // (C) factor of each channel
	x    blas32.General // (N, C) input
	mean []float32      // (N) of a LayerNorm; nil for an RMSNorm
	inv  []float32      // (N) factor of each row
}

func newActivation(arena *Arena, c Config, tokens int, n Norm) *activation {
	a := &activation{
		norm: n, gain: c.gain(arena, n.Weight), x: arena.Matrix(tokens, c.Dim), inv: arena.Floats(tokens),
	}
	if c.LayerNorm {
		a.mean = arena.Floats(tokens)
	}
	return a
}

// gain returns the factors of a norm with weights w: w itself, or 1 + w.
func (c Config) gain(arena *Arena, w []float32) []float32 {
	if !c.UnitNorms {
		return w
	}
	gain := arena.Floats(c.Dim)
	for i := range gain {
		gain[i] = 1 + w[i]
	}
	return gain
}

// normForward normalizes rows of from into h, (N, C), and keeps them; without from, those that are kept.
type normForward struct {
	*activation
	from, h blas32.General
	eps     float64
}

// Do normalizes some rows.
func (a *normForward) Do(from, to int) {
	for i := from; i < to; i++ {
		if a.from.Rows > 0 {
			copy(row(a.x, i), row(a.from, i))
		}
		if a.norm.Bias == nil {
			a.inv[i] = kernel.RMSNorm(row(a.h, i), row(a.x, i), a.gain, a.eps)
		} else {
			a.mean[i], a.inv[i] = layerNorm(row(a.h, i), row(a.x, i), a.gain, a.norm.Bias, a.eps)
		}
	}
}

// normBackward adds the gradient of the input to dx and, if dw is not nil, the gradient of an
// RMSNorm's weights to dw:
//
//	dw += Σ_i dh · x · inv
type normBackward struct {
	*activation
	dx, dh blas32.General
	dw     []float32
}

// Do adds the gradients of some rows.
func (a *normBackward) Do(from, to int) {
	for i := from; i < to; i++ {
		xi, dhi, r := row(a.x, i), row(a.dh, i), a.inv[i]
		if a.norm.Bias != nil {
			layerNormBackward(row(a.dx, i), dhi, xi, a.gain, a.mean[i], r)
			continue
		}
		kernel.RMSNormBackward(row(a.dx, i), dhi, xi, a.gain, r)
		for j := range a.dw {
			a.dw[j] += dhi[j] * xi[j] * r
		}
	}
}

// layerNorm computes one row of LayerNorm (Ba et al. 2016, arXiv:1607.06450),
//
//	h = (x − mean) · inv · w + b,  inv = 1/√(var(x) + ε),
//
// and returns the mean and inv. Sums are in float64.
func layerNorm(h, x, w, b []float32, eps float64) (mean, inv float32) {
	var sum, squares float64
	for _, v := range x {
		sum += float64(v)
	}
	center := sum / float64(len(x))
	for _, v := range x {
		d := float64(v) - center
		squares += d * d
	}
	mean, inv = float32(center), float32(1/math.Sqrt(squares/float64(len(x))+eps))
	for i, v := range x {
		h[i] = (v-mean)*inv*w[i] + b[i]
	}
	return mean, inv
}

// layerNormBackward adds the gradient of x for a row of h = (x − mean)·inv·w + b. It
// computes none for w and b. With z = (x − mean)·inv,
//
//	dx += inv (dh∘w − mean(dh∘w) − z · mean(dh∘w∘z))
func layerNormBackward(dx, dh, x, w []float32, mean, inv float32) {
	var sum, along float64
	for i, v := range x {
		g := float64(dh[i] * w[i])
		sum += g
		along += g * float64((v-mean)*inv)
	}
	n := float64(len(x))
	level, slope := float32(sum/n), float32(along/n)
	for i, v := range x {
		dx[i] += inv * (dh[i]*w[i] - level - (v-mean)*inv*slope)
	}
}

// headNorm holds the numbers that the norm of every head of q or k keeps for its backward
// pass.
type headNorm struct {
	x   blas32.General // (N, heads·D) input
	inv []float32      // (N, heads)
}

func newHeadNorm(arena *Arena, tokens, heads, dim int) headNorm {
	return headNorm{arena.Matrix(tokens, heads*dim), arena.Floats(tokens * heads)}
}

// forward normalizes every head of the first rows of y in place.
func (a *headNorm) forward(rows int, y heads, w []float32, eps float64) {
	for i := range rows {
		for h := range y.count {
			x, head := a.head(i, h, y.dim), y.head(i, h)
			copy(x, head)
			a.inv[i*y.count+h] = kernel.RMSNorm(head, x, w, eps)
		}
	}
}

// backward turns d, the gradient of the output, into the gradient of the input.
func (a *headNorm) backward(rows int, d heads, w, scratch []float32) {
	scratch = scratch[:d.dim]
	for i := range rows {
		for h := range d.count {
			head := d.head(i, h)
			copy(scratch, head)
			clear(head)
			kernel.RMSNormBackward(head, scratch, a.head(i, h, d.dim), w, a.inv[i*d.count+h])
		}
	}
}

func (a *headNorm) head(i, head, dim int) []float32 { return row(a.x, i)[head*dim:][:dim] }
