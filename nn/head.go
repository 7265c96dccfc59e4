package nn

// The output map together with the loss, so that logits exist for only a few positions at a time.

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn/kernel"
)

// headBlock is the number of positions that get logits at once.
const headBlock = 128

// head fuses the output map with the cross-entropy: logits exist for one
// block of scored positions at a time, and become their own gradient.
type head struct {
	scored []int          // positions that count
	h, dh  blas32.General // (headBlock, C) gathered rows and their gradient
	logits blas32.General // (headBlock, V)
	cap    softcap
}

func newHead(arena *Arena, c Config, tokens int) head {
	block := min(headBlock, tokens)
	return head{
		scored: Make[int](arena, tokens),
		h:      arena.Matrix(block, c.Dim), dh: arena.Matrix(block, c.Dim),
		logits: arena.Matrix(block, c.Vocab), cap: newSoftcap(arena, c.LogitCap, c.Vocab),
	}
}

// loss returns the cross-entropy summed over scored positions. If scale is not zero, it
// also leaves the gradient of scale times that sum with respect to the final norm's output
// in p.dh, and adds the gradient of the head's weights.
func (h *head) loss(p *Pass, b *Batch, scale float32) float64 {
	h.scored = h.scored[:0]
	for i, t := range b.Targets {
		if t != Unscored {
			h.scored = append(h.scored, i)
		}
	}
	if scale != 0 {
		clear(p.rows(p.dh).Data)
	}
	var sum float64
	for at := 0; at < len(h.scored); at += headBlock {
		sum += h.block(p, b, h.scored[at:min(at+headBlock, len(h.scored))], scale)
	}
	return sum
}

func (h *head) block(p *Pass, b *Batch, positions []int, scale float32) float64 {
	n := len(positions)
	x, logits := view(h.h, 0, 0, n, h.h.Cols), view(h.logits, 0, 0, n, h.logits.Cols)
	for i, at := range positions {
		copy(row(x, i), row(p.h, at))
	}
	p.model.Head.Forward(logits, x)

	l := &p.shared.losses
	l.head, l.logits, l.targets, l.positions, l.scale = h, logits, b.Targets, positions, scale
	each := n // a cap has memory for one row at a time
	if h.cap.c == 0 {
		each = rowsOf(logits.Cols)
	}
	kernel.Share(l, n, each)
	var sum float64
	for _, loss := range l.of[:n] {
		sum += loss
	}
	if scale == 0 {
		return sum
	}
	dx := view(h.dh, 0, 0, n, h.dh.Cols)
	clear(dx.Data)
	p.model.Head.Backward(dx, logits)
	for i, at := range positions {
		copy(row(p.dh, at), row(dx, i))
	}
	if p.full != nil {
		blas32.Gemm(blas.Trans, blas.NoTrans, 1, logits, x, 1, p.full.head)
	}
	return sum
}

// losses computes the losses of some positions from their logits, and turns these into their gradients unless scale is
// zero.
type losses struct {
	*head
	logits    blas32.General
	targets   []int32
	positions []int
	scale     float32
	of        [headBlock]float64
}

// Do computes some of the losses.
func (l *losses) Do(from, to int) {
	for i := from; i < to; i++ {
		l.of[i] = l.crossEntropy(row(l.logits, i), int(l.targets[l.positions[i]]), l.scale)
	}
}

// crossEntropy is the function [crossEntropy] of z after capping; the gradient is with
// respect to z before capping.
func (h *head) crossEntropy(z []float32, target int, scale float32) float64 {
	h.cap.forward(z)
	if scale == 0 {
		return crossEntropy(z, target, 0)
	}
	h.cap.keep(z)
	loss := crossEntropy(z, target, scale)
	h.cap.backward(z)
	return loss
}

// crossEntropy returns −log softmax(z)[target] in nats. If scale is not zero, it turns z
// into the gradient scale·(softmax(z) − onehot(target)).
func crossEntropy(z []float32, target int, scale float32) float64 {
	at := z[target]
	top, sum := kernel.Softmax(z, float64(scale))
	if scale != 0 {
		z[target] -= scale
	}
	return math.Log(sum) + (float64(top) - float64(at))
}
