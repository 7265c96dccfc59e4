package peft

import "testing"

// TestProducts: the norm and the largest singular value of γBA are those of the matrix in float64,
// in both forms, for factors whose squares float32 cannot hold, for ranks beyond the map's sides,
// and for zero. Singular values that are far apart let the iteration converge.
func TestProducts(t *testing.T) {
	runPython(t, `
import torch
from ranksweep_peft import deltas

torch.manual_seed(1)
forms = set()
for rank, inputs, outputs in (1, 32, 48), (8, 96, 24), (16, 64, 64), (48, 64, 32), (80, 24, 32):
    for size_a, size_b in (1, 1), (1e-25, 1e-20), (1e12, 1e15), (1, 0), (0, 1):
        a = torch.randn(rank, inputs) * size_a
        b = torch.randn(outputs, rank) * torch.logspace(0, -3, rank) * size_b
        delta = deltas.product(a, b, 0.5)
        forms.add(type(delta))
        matrix = 0.5 * (b.double() @ a.double())
        squares, top = (matrix**2).sum(), torch.linalg.matrix_norm(matrix, 2) ** 2
        for got, want, within in (delta.squares(), squares, 1e-5), (deltas.spectral(delta), top, 1e-3):
            assert abs(got - want) <= within * want, (rank, inputs, outputs, size_a, size_b, got, want)
assert forms == {deltas.LowRank, deltas.Dense}, forms
assert torch.isnan(deltas.product(torch.full((2, 9), torch.nan), torch.ones(9, 2), 1).squares())
`)
}
