package lora

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn"
)

// doraMap computes y = x W′ᵀ + b with W′ = c ∘ V, row by row, and c = m/‖V‖. An adapter
// computes the product with V = W + γBA, in the cheaper of its forms, and its output is
// scaled by c.
type doraMap struct {
	*Adapter
	m, dm    []float32 // (out) magnitude and its gradient
	start    []float32 // (out) m before training
	length   []float32 // (out) ‖V‖
	scale    []float32 // (out) c
	bias     []float32 // (out) b, zeros for none
	outdated bool      // A, B or m changed since length and scale were computed

	mode    Mode
	z       blas32.General // (N, out) x Vᵀ + b, kept for Backward
	dropout *dropout       // nil for none
	seen    Probed
	shared  *doraScratch
}

// Params returns A, B and m.
func (d *doraMap) Params() []nn.Param {
	return append(d.Adapter.Params(), nn.Param{
		Name: d.Base.Name + ".lora_magnitude_vector.weight", Module: d.Base.Name, Role: nn.RoleOwn,
		Rows: 1, Cols: d.Base.Out(), Value: d.m, Grad: d.dm, Decay: true,
	})
}

// Updated tells the map that an optimizer has changed A, B or m.
func (d *doraMap) Updated() {
	d.Adapter.Updated()
	d.outdated = true
}

// Stream returns the random stream of dropout; nil without dropout.
func (d *doraMap) Stream() *rand.PCG {
	if d.dropout == nil {
		return nil
	}
	return d.dropout.from
}

// SetMode chooses what the next passes do, see [Trainable].
func (d *doraMap) SetMode(m Mode) {
	if d.mode = m; m == Probe {
		d.seen = Probed{}
	}
}

// Probed returns what was measured of W′ − W since the map entered Probe.
func (d *doraMap) Probed() Probed { return d.seen }

// Trained returns the adapter without its buffers for training.
func (d *doraMap) Trained() (Trained, bool) {
	t := d.trained()
	t.Magnitude = d.m
	return t, true
}

// Delta computes W′ − W into dst, (out, in).
func (d *doraMap) Delta(dst blas32.General) {
	d.refresh()
	v, in := d.sum(dst), d.Base.In()
	row := d.shared.wide[:in]
	for i, c := range d.scale {
		d.Base.Rows(row, i, 1)
		for j, w := range row {
			dst.Data[i*in+j] = float32(c*v.Data[i*in+j]) - w
		}
	}
}

// Drop is Drop of [Trainable]. An update also changes ‖V‖, which the gradient here treats
// as a constant. To first order, the length of row i changes by the component of (γBA)_i,
// which was zero, along row i of W. That counts as a change of m_i by the same amount
// downwards, so that the loss has dropped by
//
//	−⟨dB, B⟩ − Σ_i dm_i (m_i − ‖w_i‖ − γ(BA)_i·w_i/‖w_i‖).
func (d *doraMap) Drop() float64 {
	drop := d.Adapter.Drop()
	delta, in := d.shared.shaped(d.Base), d.Base.In()
	d.Adapter.Delta(delta)
	row := d.shared.wide[:in]
	for i, was := range d.start {
		d.Base.Rows(row, i, 1)
		longer := nn.Dot(row, delta.Data[i*in:][:in]) / float64(was)
		drop -= float64(d.dm[i]) * (float64(d.m[i]) - float64(was) - longer)
	}
	return drop
}

// refresh computes length and scale anew if A, B or m have changed.
func (d *doraMap) refresh() {
	if !d.outdated {
		return
	}
	rowLengths(d.length, d.sum(d.shared.shaped(d.Base)))
	for i, m := range d.m {
		d.scale[i] = m / d.length[i]
	}
	d.outdated = false
}

// Forward computes y = c ∘ (x Vᵀ) + b. Dropout works as in PEFT: with x̃ for the input
// after dropout, the rest x − x̃ goes through the frozen map only,
// y = (x − x̃) Wᵀ + c ∘ (x̃ Vᵀ) + b.
func (d *doraMap) Forward(y, x blas32.General) {
	d.refresh()
	z := head(d.z, x.Rows)
	switch {
	case d.mode == Probe:
		d.Base.Forward(y, x)
		d.shared.measure(d, &d.seen.Output, y, x, blas.Trans)
		d.seen.Map.Add(rows(y, 0, x.Rows).Data)
	case d.drops():
		kept, rest := d.dropout.forward(x), head(d.dropout.dx, x.Rows)
		for i, v := range kept.Data {
			rest.Data[i] = x.Data[i] - v
		}
		d.Adapter.Forward(z, kept)
		d.Base.Forward(y, rest)
		d.addScaled(y, z)
	default:
		d.Adapter.Forward(z, x)
		d.scaled(y, z)
	}
}

func (d *doraMap) drops() bool { return d.dropout != nil && d.mode == Train }

// scaled computes y = c ∘ (z − b) + b, and gives z exactly, to the bit, if c is 1.
func (d *doraMap) scaled(y, z blas32.General) {
	for t := range z.Rows {
		y, z := row(y, t), row(z, t)
		for i, c := range d.scale {
			y[i] = z[i] + float32((c-1)*(z[i]-d.bias[i]))
		}
	}
}

// addScaled computes y += c ∘ (z − b).
func (d *doraMap) addScaled(y, z blas32.General) {
	for t := range z.Rows {
		y, z := row(y, t), row(z, t)
		for i, c := range d.scale {
			y[i] += float32(c * (z[i] - d.bias[i]))
		}
	}
}

// Backward computes dm += Σ dy ∘ (z − b)/‖V‖ over tokens, and then runs the adapter's
// Backward with dz = c ∘ dy as the gradient of its output.
func (d *doraMap) Backward(dx, dy, x blas32.General) {
	switch {
	case d.mode == Probe:
		d.probeBackward(dx, dy)
	case d.drops():
		d.droppedBackward(dx, dy)
	default:
		d.Adapter.Backward(dx, d.magnitudeBackward(dy), x)
	}
}

// magnitudeBackward adds to dm and returns dz = c ∘ dy, (N, out).
func (d *doraMap) magnitudeBackward(dy blas32.General) blas32.General {
	out := len(d.m)
	dz := blas32.General{Rows: dy.Rows, Cols: out, Stride: out, Data: d.shared.dz[:dy.Rows*out]}
	sums := d.shared.sums[:out]
	clear(sums)
	for t := range dy.Rows {
		dy, z, dz := row(dy, t), row(d.z, t), row(dz, t)
		for i, c := range d.scale {
			sums[i] += float64(dy[i]) * float64(z[i]-d.bias[i])
			dz[i] = c * dy[i]
		}
	}
	for i, sum := range sums {
		d.dm[i] += float32(sum / float64(d.length[i]))
	}
	return dz
}

// droppedBackward is Backward with dropout. x̃ is k·x for kept entries and 0 for dropped
// ones, so that
//
//	dx += dy W + mask ∘ k(dz V − dy W).
func (d *doraMap) droppedBackward(dx, dy blas32.General) {
	dz, kept := d.magnitudeBackward(dy), head(d.dropout.x, dy.Rows)
	if dx.Rows == 0 {
		d.Adapter.Backward(dx, dz, kept)
		return
	}
	through, past := head(d.dropout.dx, dy.Rows), kept
	past.Data = d.shared.dx[:len(kept.Data)]
	clear(through.Data)
	clear(past.Data)
	d.Adapter.Backward(through, dz, kept)
	d.Base.Backward(past, dy)
	keep := float32(1 / (1 - d.dropout.rate))
	for i, v := range past.Data {
		if d.dropout.mask[i] {
			v += float32(keep * (through.Data[i] - v))
		}
		dx.Data[i] += v
	}
}

// probeBackward computes dx += dy W′ and measures dy (W′ − W).
func (d *doraMap) probeBackward(dx, dy blas32.General) {
	if dx.Rows > 0 {
		d.Base.Backward(dx, dy)
	}
	d.shared.measure(d, &d.seen.InputDX, dx, dy, blas.NoTrans)
}

// row returns the i-th row of m.
func row(m blas32.General, i int) []float32 { return m.Data[i*m.Stride:][:m.Cols] }
