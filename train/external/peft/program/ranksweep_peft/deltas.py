"""What training has added to the weights of a map, (out, in)."""

import torch


class Dense:
    """A matrix, times a size, which is 1 or brings the matrix near 1."""

    def __init__(self, matrix, size=1.0):
        self.matrix, self.size = matrix, size

    def squares(self):
        return squares(self.matrix) * self.size**2

    def longest_row(self):
        """A vector v, and its length."""
        lengths = self.matrix.norm(dim=1)
        return self.matrix[lengths.argmax()], lengths.max()

    def turned(self, v):
        """ΔᵀΔv, and its length."""
        v = self.matrix.T @ (self.matrix @ v)
        return v, v.norm()


class LowRank:
    """B·A, times a size, which brings both near 1. It is never formed: what is asked of it
    follows from BᵀB and AAᵀ, which are (r, r). A vector Aᵀw is kept as w and AAᵀw, in float64."""

    def __init__(self, a, b, size):
        self.b, self.size = b, size
        self.gram_a, self.gram_b = (a @ a.T).double(), (b.T @ b).double()

    def squares(self):
        return (self.gram_a * self.gram_b).sum() * self.size**2

    def longest_row(self):
        lengths = ((self.b @ self.gram_a.float()) * self.b).sum(1)
        return self.vector(self.b[lengths.argmax()].double())

    def vector(self, w):
        turned = self.gram_a @ w
        return torch.stack([w, turned]), (w @ turned).clamp(min=0).sqrt()

    def turned(self, v):
        return self.vector(self.gram_b @ v[1])


def product(a, b, gamma):
    """gamma·B·A, in the form that takes less work."""
    # Squares of factors of size 1 are numbers that float32 can hold.
    size_a, size_b = (x.abs().max().double() for x in (a, b))
    unit_a, unit_b = (x / size.clamp(min=TINY).float() for x, size in ((a, size_a), (b, size_b)))
    size, ((rank, inputs), outputs) = gamma * size_a * size_b, (a.shape, len(b))
    if rank * (inputs + outputs) < inputs * outputs:
        return LowRank(unit_a, unit_b, size)
    return Dense(unit_b @ unit_a, size)


TINY = torch.finfo(torch.float32).tiny


def squares(x):
    """Sum of squares in float64."""
    return torch.linalg.vector_norm(x, dtype=torch.float64) ** 2


ROUNDS, LEAST, AT_ONCE = 200, 8, 16


def spectral(delta):
    """‖Δ‖₂² by the iteration of package metrics: from the longest row, until a round changes
    it by less than one part in 10⁴."""
    v, length = delta.longest_row()
    if length == 0:
        return 0.0
    v, top, size = v / length, 0.0, float(delta.size)
    for first in range(0, ROUNDS, AT_ONCE):
        norms = []
        for _ in range(first, min(first + AT_ONCE, ROUNDS)):
            v, length = delta.turned(v)
            norms.append(length)
            v = v / length
        for i, now in enumerate(torch.stack(norms).tolist()):
            if not now > 0 or first + i >= LEAST and abs(now - top) < 1e-4 * now:
                return now * size**2
            top = now
    return top * size**2
