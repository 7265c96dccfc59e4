package theory

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"ranksweep/lora"
	"ranksweep/nn"
)

// FirstGradient holds the properties of G and W on which the first gradients of methods other than LoRA depend. ŵ_i
// are the rows of W divided by their length.
type FirstGradient struct {
	ColumnNorms float64 // Σ_j ‖G_·j‖

	// What DoRA's magnitudes see.
	Along     float64 // Σ (g_i·ŵ_i)²
	AlongSize float64 // Σ |g_i·ŵ_i|
	AlongUnit float64 // Σ (g_i·ŵ_i)²/‖g_i‖

	// What HiRA sees.
	Weighted     float64 // ‖G ∘ W‖²
	WeightedRows float64 // Σ_i ‖(G ∘ W)_i‖

	// The gradients of A and B, at γ = 1, of a method that begins with a part of W; zero of others.
	PartA, PartB GradientNorms
}

// GradientNorms are the norms of a gradient X that first updates of some kinds go with.
type GradientNorms struct {
	Squares  float64 // ‖X‖²
	Sizes    float64 // Σ |X_ij|
	Spectral float64 // ⟨X, O⟩, where O is Muon's update at the learning rate 1
}

// Part is the part of its weights with which a map's adapter begins: the method, and the rank. The zero value is
// none.
type Part struct {
	Method string
	Rank   int
}

// newFirstGradient computes the properties of a map's first gradient.
func newFirstGradient(g, w *mat.Dense) (f FirstGradient) {
	out, in := g.Dims()
	columns := make([]float64, in)
	for i := range out {
		var along, length, size, weighted float64
		for j := range in {
			x, y := g.At(i, j), w.At(i, j)
			along, length, size, weighted = along+x*y, length+y*y, size+x*x, weighted+sq(x*y)
			columns[j] += x * x
		}
		f.Weighted += weighted
		f.WeightedRows += math.Sqrt(weighted)
		if length > 0 && size > 0 {
			along /= math.Sqrt(length)
			f.Along += sq(along)
			f.AlongSize += math.Abs(along)
			f.AlongUnit += sq(along) / math.Sqrt(size)
		}
	}
	for _, s := range columns {
		f.ColumnNorms += math.Sqrt(s)
	}
	return f
}

// begin computes what depends on the part of W with which an adapter on l begins.
func (f *FirstGradient) begin(g *mat.Dense, l *nn.Linear, p Part) error {
	b, a, err := lora.PartOf(p.Method, l)
	if err != nil {
		return err
	}
	out, in := g.Dims()
	var ofA, ofB mat.Dense
	ofA.Mul(b.Slice(0, out, 0, p.Rank).T(), g)
	ofB.Mul(g, a.Slice(0, p.Rank, 0, in).T())
	f.PartA, f.PartB = newGradientNorms(&ofA), newGradientNorms(&ofB)
	return nil
}

func newGradientNorms(x *mat.Dense) (n GradientNorms) {
	rows, cols := x.Dims()
	for i := range rows {
		for _, v := range x.RawRowView(i) {
			n.Squares += sq(v)
			n.Sizes += math.Abs(v)
		}
	}
	var gram mat.SymDense
	short := x.T()
	if rows <= cols {
		short = x
	}
	gram.SymOuterK(1, short)
	var eigen mat.EigenSym
	eigen.Factorize(&gram, false)
	norm := math.Sqrt(n.Squares)
	for _, square := range eigen.Values(nil) {
		s := math.Sqrt(max(0, square))
		n.Spectral += s * nn.MuonSize(s, norm)
	}
	n.Spectral *= nn.MuonFactor(rows, cols)
	return n
}

// dense returns a map's weights, or a gradient of them, in float64.
func dense(rows, cols int, values []float32) *mat.Dense {
	d := mat.NewDense(rows, cols, nil)
	for i, v := range values {
		d.RawMatrix().Data[i] = float64(v)
	}
	return d
}
