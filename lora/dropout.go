package lora

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn"
)

// dropout zeroes entries of the adapter's input with probability rate and
// divides the others by 1 − rate, as PEFT's lora_dropout does.
type dropout struct {
	rate float64
	from *rand.PCG // the stream behind rng, of which rng keeps nothing back
	rng  *rand.Rand
	x    blas32.General // (N, in) input after dropout, kept for Backward
	mask []bool         // (N, in) entries that were kept
	dx   blas32.General // (N, in)
}

func (d *dropout) forward(x blas32.General) blas32.General {
	out := head(d.x, x.Rows)
	keep := float32(1 / (1 - d.rate))
	for i, v := range x.Data[:len(out.Data)] {
		d.mask[i] = d.rng.Float64() >= d.rate
		out.Data[i] = 0
		if d.mask[i] {
			out.Data[i] = v * keep
		}
	}
	return out
}

// backward adds du A to the entries of dx whose input was kept; l is the adapted map.
func (d *dropout) backward(l *nn.Linear, dx, du, a blas32.General) {
	through := head(d.dx, du.Rows)
	l.Gemm(blas.NoTrans, blas.NoTrans, float32(1/(1-d.rate)), du, a, 0, through)
	for i, v := range through.Data {
		if d.mask[i] {
			dx.Data[i] += v
		}
	}
}
