"""The optimizers: PyTorch's or transformers' where they compute the same function as
ranksweep's, and written out where not. docs/trainers.md says which."""

import math
from functools import partial

import torch
from transformers.optimization import Adafactor


def new(request, arrays):
    """An optimizer of arrays that has taken no step."""
    return OPTIMIZERS[request["name"]](request, arrays)


class Library:
    """An optimizer of a library, with a learning rate for each role."""

    def __init__(self, make, arrays):
        self.roles = sorted({a.role for a in arrays})
        self.optimizer = make([{"params": [a.value for a in arrays if a.role == r]} for r in self.roles])

    def step(self, rates):
        for group, role in zip(self.optimizer.param_groups, self.roles):
            group["lr"] = rates[role]
        self.optimizer.step()

    def state(self):
        """What it remembers, by name: tensors and numbers."""
        kept = self.optimizer.state_dict()["state"]
        return {f"{place}.{name}": value for place, of in kept.items() for name, value in of.items()}

    def restore(self, state):
        kept = {}
        for key, value in state.items():
            place, name = key.split(".", 1)
            kept.setdefault(int(place), {})[name] = value
        self.optimizer.load_state_dict(self.optimizer.state_dict() | {"state": kept})


def sgd(c, arrays):
    return Library(
        lambda groups: torch.optim.SGD(groups, lr=0.0, momentum=c["momentum"], weight_decay=c["weight_decay"]), arrays
    )


def adamw(c, arrays):
    if c["eps"] == 0:
        return AdamWithoutEps(c, arrays)
    settings = {"betas": (c["beta1"], c["beta2"]), "eps": c["eps"], "weight_decay": c["weight_decay"], "fused": True}
    return Library(lambda groups: torch.optim.AdamW(groups, lr=0.0, **settings), arrays)


def adafactor(c, arrays):
    settings = {"scale_parameter": False, "relative_step": False, "warmup_init": False}
    return Library(lambda groups: Adafactor(groups, lr=0.0, weight_decay=c["weight_decay"], **settings), arrays)


class Written:
    """An optimizer that moves each array by lr·update, with decoupled weight decay."""

    def __init__(self, c, arrays):
        self.c, self.arrays, self.steps = c, arrays, 0
        self.kept = [self.zeros(a) for a in arrays]

    def zeros(self, array):
        return torch.zeros_like(array.value)

    @torch.no_grad()
    def step(self, rates):
        self.steps += 1
        for array, kept in zip(self.arrays, self.kept):
            lr = rates[array.role]
            update = self.update(array, array.value.grad, kept)
            array.value.mul_(1 - lr * self.c["weight_decay"]).sub_(update, alpha=lr)

    def state(self):
        """What it remembers, by name: tensors and numbers."""
        return {"steps": self.steps} | {f"{i}.{j}": t for i, j, t in self.tensors()}

    def restore(self, state):
        self.steps = state["steps"]
        for i, j, t in self.tensors():
            t.copy_(state[f"{i}.{j}"])

    def tensors(self):
        """Each tensor that it keeps, with the place of its array and its own."""
        for i, kept in enumerate(self.kept):
            for j, t in enumerate(kept if isinstance(kept, tuple) else (kept,)):
                yield i, j, t


class AdamWithoutEps(Written):
    """AdamW with ε = 0. An entry that never had a gradient stays where it is, while PyTorch
    would divide 0 by 0."""

    def zeros(self, array):
        return torch.zeros_like(array.value), torch.zeros_like(array.value)

    def update(self, array, g, state):
        mean, square = state
        beta1, beta2 = self.c["beta1"], self.c["beta2"]
        mean.lerp_(g, 1 - beta1)
        square.mul_(beta2).addcmul_(g, g, value=1 - beta2)
        root = square.sqrt() / math.sqrt(1 - beta2**self.steps)
        return torch.where(root > 0, mean / (1 - beta1**self.steps) / root, 0)


class Lion(Written):
    """Chen et al., arXiv:2302.06675, algorithm 2."""

    def update(self, array, g, mean):
        beta1, beta2 = self.c["beta1"], self.c["beta2"]
        sign = (beta1 * mean + (1 - beta1) * g).sign()
        mean.mul_(beta2).add_(g, alpha=1 - beta2)
        return sign


class SignSGD(Written):
    """Bernstein et al., arXiv:1802.04434, algorithm 1."""

    def update(self, array, g, _):
        return g.sign()


class Muon(Written):
    """Jordan et al., kellerjordan.github.io/posts/muon, in float32: torch.optim.Muon
    orthogonalizes in bfloat16, and refuses vectors."""

    def update(self, array, g, mean):
        momentum = self.c["momentum"]
        mean.mul_(momentum).add_(g, alpha=1 - momentum)
        nesterov = momentum * mean + (1 - momentum) * g
        x = nesterov.reshape(-1, nesterov.shape[-1])  # a vector is a row
        rows, cols = reversed(x.shape) if array.transposed else x.shape
        return (orthogonal(x) * math.sqrt(max(1, rows / cols))).reshape(g.shape)


def orthogonal(x, steps=5, a=3.4445, b=-4.7750, c=2.0315):
    """Brings the singular values near 1, by Newton-Schulz steps."""
    x = x / x.norm().clamp(min=1e-7)
    tall = x.shape[0] > x.shape[1]
    if tall:
        x = x.T
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if tall else x


class Scaled:
    """Zhang and Pilanci, arXiv:2402.02347: another optimizer whose gradients of A and B are divided by the other
    factor, as PEFT's create_riemannian_optimizer does."""

    def __init__(self, inner, c, arrays):
        self.inner, self.damping, self.arrays = inner(c, arrays), c["damping"], arrays
        self.pairs = [(a.value, b.value) for a, b in zip(arrays, arrays[1:]) if (a.role, b.role) == ("a", "b")]

    @torch.no_grad()
    def step(self, rates):
        gradients = [array.value.grad for array in self.arrays]
        for a, b in self.pairs:
            # The fused AdamW does not ask how a gradient lies in memory.
            a.grad = self.divided(a.grad, b.T).contiguous()
            b.grad = self.divided(b.grad.T, a).T.contiguous()
        self.inner.step(rates)
        for array, g in zip(self.arrays, gradients):
            array.value.grad = g

    def divided(self, g, x):
        """(x xᵀ + δI)⁻¹ g."""
        gram = x @ x.T
        gram.diagonal().add_(self.damping)
        return torch.linalg.solve(gram, g)

    def state(self):
        return self.inner.state()

    def restore(self, state):
        self.inner.restore(state)


def in_rows(array, value):
    """A as it stands, and B transposed, in float64: both have as many rows as the rank."""
    return (value if array.role == "a" else value.T).double()


class Together(Written):
    """An optimizer that moves the A and the B of an adapter together, and other arrays by another one."""

    def __init__(self, c, arrays, rest):
        self.pairs = [p for p in zip(arrays, arrays[1:]) if (p[0].role, p[1].role) == ("a", "b")]
        super().__init__(c, [array for pair in self.pairs for array in pair])
        others = [array for array in arrays if array not in self.arrays]
        self.rest = rest(c, others) if others else None

    @torch.no_grad()
    def step(self, rates):
        self.steps += 1
        moves = []
        for a, b in self.pairs:
            for x, y in (a, b), (b, a):
                g, other = in_rows(x, x.value.grad), in_rows(y, y.value)
                moves.append(self.update(self.kept[self.arrays.index(x)], g, whitening(other), other))
        for (a, b), of_a, of_b in zip(self.pairs, moves[::2], moves[1::2]):
            self.move(a, of_a, b, of_b.T, rates)
        if self.rest:
            self.rest.step(rates)

    def state(self):
        return super().state() | {f"rest.{name}": v for name, v in (self.rest.state() if self.rest else {}).items()}

    def restore(self, state):
        super().restore(state)
        if self.rest:
            self.rest.restore({name[5:]: v for name, v in state.items() if name.startswith("rest.")})


def whitening(y):
    """E, for which the rows of E y are orthonormal or zero, and span those of y."""
    values, vectors = torch.linalg.eigh(y @ y.T)
    kept = values > 1e-6 * values.max()
    return torch.where(kept, values, 1).rsqrt().mul(kept)[:, None] * vectors.T


def inverse_root(m, shift=0.0):
    """(M + shift I)^(−½); eigenvalues that float32 does not know are raised."""
    values, vectors = torch.linalg.eigh(m)
    values = values.clamp(min=0) + shift
    values += 1e-6 * values.norm()
    return (vectors * torch.where(values > 0, values, 1).rsqrt()) @ vectors.T


class Rite(Together):
    """LoRA-RITE, Yen et al., arXiv:2410.20625, algorithm 1, with what ranksweep's trainer says it chose."""

    def __init__(self, c, arrays):
        super().__init__(c, arrays, adamw)

    def zeros(self, array):
        a, b = next(pair for pair in self.pairs if array in pair)
        x, y = (a, b) if array is a else (b, a)
        basis, mean = torch.zeros_like(in_rows(y, y.value)), torch.zeros_like(in_rows(x, x.value))
        return basis, mean, basis.new_zeros(len(basis), len(basis)), basis.new_zeros(1)

    def update(self, state, gradient, e, other):
        basis, mean, second, escaped = state
        alpha, beta = self.decay("beta1"), self.decay("beta2")
        g, turn = e @ gradient, e @ other @ basis.T
        basis.copy_(e @ other)
        before = torch.linalg.eigvalsh(second)
        second.copy_(turn @ second @ turn.T)
        lost = (before - torch.linalg.eigvalsh(second)).max().clamp(min=0)
        escaped.add_(lost).mul_(beta)
        second.mul_(beta).add_(g @ g.T, alpha=(1 - beta) / g.shape[1])
        root = inverse_root(second, float(escaped) + self.c["eps"] ** 2)
        mean.copy_(alpha * turn @ mean + (1 - alpha) * root @ g)
        return e.T @ mean

    def decay(self, name):
        """The decay of a running mean from zero that is the mean of what it has seen."""
        beta, t = self.c[name], self.steps
        return beta * (1 - beta ** (t - 1)) / (1 - beta**t)

    def move(self, a, of_a, b, of_b, rates):
        for x, update in (a, of_a), (b, of_b):
            lr = rates[x.role]
            x.value.mul_(1 - lr * self.c["weight_decay"]).sub_(update.to(x.value.dtype), alpha=lr)


class LoraMuon(Together):
    """LoRA-Muon, Cesista et al., arXiv:2606.12921, on γBA, with what ranksweep's trainer says it chose."""

    def __init__(self, c, arrays):
        super().__init__(c, arrays, Muon)

    def zeros(self, array):
        return torch.zeros_like(in_rows(array, array.value))

    def update(self, mean, gradient, e, other):
        mean.lerp_(gradient, 1 - self.c["momentum"])
        u = e @ mean
        return e.T @ inverse_root(u @ u.T) @ u

    def move(self, a, of_a, b, of_b, rates):
        scale = math.sqrt(max(1, len(b.value) / a.value.shape[1])) / (2 * a.gamma)
        keep = {x: math.sqrt(1 - rates[x.role] * self.c["weight_decay"]) for x in (a, b)}
        for x, update, y in (a, of_a, b), (b, of_b, a):
            size = rates[x.role] * scale / keep[y]
            x.value.mul_(keep[x]).sub_(update.to(x.value.dtype), alpha=size)


OPTIMIZERS = {
    "sgd": sgd, "adamw": adamw, "adafactor": adafactor, "lion": Lion, "signsgd": SignSGD, "muon": Muon,
    "scaled-sgd": partial(Scaled, sgd), "scaled-adamw": partial(Scaled, adamw), "lora-rite": Rite,
    "lora-muon": LoraMuon,
}  # fmt: skip


def clip(arrays, limit, norm):
    """Shortens all gradients together to limit; norm is their length. Unlike PyTorch, adds
    nothing to the norm."""
    if 0 < limit < norm:
        torch._foreach_mul_([a.value.grad for a in arrays], limit / norm)
