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


OPTIMIZERS = {
    "sgd": sgd, "adamw": adamw, "adafactor": adafactor, "lion": Lion, "signsgd": SignSGD, "muon": Muon,
    "scaled-sgd": partial(Scaled, sgd), "scaled-adamw": partial(Scaled, adamw),
}  # fmt: skip


def clip(arrays, limit, norm):
    """Shortens all gradients together to limit; norm is their length. Unlike PyTorch, adds
    nothing to the norm."""
    if 0 < limit < norm:
        torch._foreach_mul_([a.value.grad for a in arrays], limit / norm)
