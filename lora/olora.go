package lora

import (
	"gonum.org/v1/gonum/mat"

	"ranksweep/nn"
)

// oLoRA is OLoRA (Büyükakyüz 2024, arXiv 2406.01775): an adapter that begins with the first r columns
// of Q and rows of R, where W = QR and Q has orthonormal columns:
//
//	B₀ = Q_r,  A₀ = R_r,  W′ = W − γB₀A₀ + γBA
//
// As in PEFT, B₀ and A₀ do not depend on γ.
type oLoRA struct{}

func (oLoRA) Traits() Traits { return Ranked | Multiplied | HandsOut | Shifted }

func (oLoRA) Roles() []nn.Role { return []nn.Role{nn.RoleA, nn.RoleB} }

func (oLoRA) BeyondTheory() string { return "" }

func (oLoRA) Attach(arena *nn.Arena, m *nn.Model, c Config, _ uint64) (*Set, error) {
	return attachPart(arena, m, c, OLoRAMethod, func(float64) float64 { return 1 })
}

// triangular takes w apart into Q and R.
func triangular(w *mat.Dense) (part, error) {
	q, r := orthonormal(w)
	sizes := make([]float64, min(w.Dims()))
	for k := range sizes {
		sizes[k] = 1
	}
	return part{q, r, sizes}, nil
}

func (oLoRA) Flops(c Config, l *nn.Linear, tokens float64, _ bool) float64 {
	return shiftedFlops(c, l, tokens)
}

// orthonormal returns Q and R with w = QR. The columns of Q are orthonormal, R is upper triangular. A
// matrix with more columns than rows is QR too, where Q is that of its first columns, and R is Qᵀw.
func orthonormal(w *mat.Dense) (q, r *mat.Dense) {
	rows, cols := w.Dims()
	square := w
	if cols > rows {
		square = mat.DenseCopyOf(w.Slice(0, rows, 0, rows))
	}
	var qr mat.QR
	qr.Factorize(square)
	q, r = new(mat.Dense), new(mat.Dense)
	qr.QTo(q)
	r.Mul(q.T(), w)
	return q, r
}
