"""What training has added to the weights of a map, (out, in)."""

import torch


class Dense:
    """A matrix."""

    def __init__(self, matrix):
        self.matrix = matrix

    def squares(self):
        return squares(self.matrix)

    def longest_row(self):
        return self.matrix[self.matrix.norm(dim=1).argmax()]

    def times(self, v):
        return self.matrix @ v

    def transposed_times(self, u):
        return self.matrix.T @ u


class LowRank:
    """gamma·B·A, which is never formed."""

    def __init__(self, a, b, gamma):
        self.a, self.b, self.gamma = a, b, gamma

    def squares(self):
        # ‖BA‖² = Σ (BᵀB) ∘ (AAᵀ), with factors of size 1, whose squares float32 can hold.
        a, b = self.a.abs().max().double(), self.b.abs().max().double()
        if a == 0 or b == 0:
            return torch.zeros_like(a)
        unit_a, unit_b = self.a / a.float(), self.b / b.float()
        unit = (unit_b.T @ unit_b).double() * (unit_a @ unit_a.T).double()
        return unit.sum() * (self.gamma * a * b) ** 2

    def longest_row(self):
        lengths = ((self.b @ (self.a @ self.a.T)) * self.b).sum(1)
        return self.gamma * (self.b[lengths.argmax()] @ self.a)

    def times(self, v):
        return self.gamma * (self.b @ (self.a @ v))

    def transposed_times(self, u):
        return self.gamma * ((u @ self.b) @ self.a)


def squares(x):
    """Sum of squares in float64."""
    return torch.linalg.vector_norm(x, dtype=torch.float64) ** 2


ROUNDS, LEAST, AT_ONCE = 200, 8, 16


def spectral(delta):
    """‖Δ‖₂² by the iteration of package metrics: from the longest row, until a round changes
    it by less than one part in 10⁴."""
    v = delta.longest_row()
    length = v.norm()
    if length == 0:
        return 0.0
    v, top = v / length, 0.0
    for first in range(0, ROUNDS, AT_ONCE):
        norms = []
        for _ in range(first, min(first + AT_ONCE, ROUNDS)):
            v = delta.transposed_times(delta.times(v))
            norms.append(v.norm())
            v = v / norms[-1]
        for i, now in enumerate(torch.stack(norms).tolist()):
            if not now > 0 or first + i >= LEAST and abs(now - top) < 1e-4 * now:
                return now
            top = now
    return top
