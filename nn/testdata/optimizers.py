"""Prints goldenValues of optimizer_golden_test.go, scaledGolden of scaled_test.go and loraFAGolden of
lorafa_test.go, in float64: computed by PyTorch, transformers or PEFT if they have the optimizer, else by the
paper's algorithm.

    pip install torch==2.15.0 transformers==5.24.0 peft==0.21.2
    python optimizers.py

torch.optim.Muon always orthogonalizes in torch.bfloat16; while it runs here, that name
stands for float64. The differences of updates in bfloat16 and float32 from exact ones
are printed last, for matrices of normal numbers. So is by how much PEFT's gradient of LoRA-FA differs, which
it computes in bfloat16 unless that is not to be had.
"""

from unittest import mock

import numpy as np
import torch
from peft.optimizers.lorafa import LoraFAOptimizer
from peft.optimizers.riemannian import _RiemannianPreconditioner
from torch.optim import _muon
from transformers import Adafactor


class Lion:
    """arXiv:2302.06675, algorithm 2."""

    def __init__(self, params, lr, betas, weight_decay):
        self.params, self.lr, self.betas, self.decay = params, lr, betas, weight_decay
        self.means = [np.zeros(p.shape) for p in params]

    def step(self):
        beta1, beta2 = self.betas
        for p, m in zip(self.params, self.means):
            g, theta = p.grad.numpy(), p.detach().numpy()
            c = beta1 * m + (1 - beta1) * g
            theta -= self.lr * (np.sign(c) + self.decay * theta)
            m[:] = beta2 * m + (1 - beta2) * g


class SignSGD:
    """arXiv:1802.04434, algorithm 1, with decoupled weight decay."""

    def __init__(self, params, lr, weight_decay):
        self.params, self.lr, self.decay = params, lr, weight_decay

    def step(self):
        for p in self.params:
            theta = p.detach().numpy()
            theta -= self.lr * (np.sign(p.grad.numpy()) + self.decay * theta)


def adafactor(params, **settings):
    return Adafactor(params, relative_step=False, scale_parameter=False, warmup_init=False, **settings)


OPTIMIZERS = [
    (torch.optim.SGD, {}),
    (torch.optim.SGD, {"momentum": 0.9}),
    (torch.optim.AdamW, {"betas": (0.9, 0.999), "eps": 1e-8}),
    (torch.optim.AdamW, {"betas": (0.8, 0.95), "eps": 1e-2}),
    (adafactor, {}),
    (Lion, {"betas": (0.9, 0.99)}),
    (SignSGD, {}),
    (torch.optim.Muon, {"momentum": 0.95}),
    (torch.optim.Muon, {"momentum": 0}),
]


SCALED = [
    (torch.optim.SGD, {"momentum": 0.9}),
    (torch.optim.AdamW, {"betas": (0.9, 0.999), "eps": 1e-8}),
]


def start(shape):
    n = int(np.prod(shape))
    value = [(5 * i % 7 - 3) / 4 for i in range(n)]
    return torch.tensor(value, dtype=torch.float64).reshape(shape).requires_grad_()


def gradient(p, step):
    grad = [((7 * i + 3 * step) % 11 - 5) / 8 for i in range(p.numel())]
    return torch.tensor(grad, dtype=torch.float64).reshape(p.shape)


def golden(make, settings):
    matrix = start((3, 4))
    vector = start((1, 5) if make is torch.optim.Muon else (5,))  # Muon refuses vectors
    optimizers = [make([matrix], lr=0.1, weight_decay=0.1, **settings),
                  make([vector], lr=0.1, weight_decay=0, **settings)]
    for step in range(1, 6):
        for p in (matrix, vector):
            p.grad = gradient(p, step)
        for o in optimizers:
            with mock.patch("torch.bfloat16", torch.float64 if make is torch.optim.Muon else torch.bfloat16):
                o.step()
    return [*matrix.flatten().tolist(), *vector.flatten().tolist()]


def scaled(make, settings):
    """Five steps of an optimizer that PEFT preconditions, on A (2, 4) and B (3, 2)."""
    a, b = start((2, 4)), start((3, 2))
    optimizer = make([a, b], lr=0.1, weight_decay=0.1, **settings)
    preconditioner = _RiemannianPreconditioner([(a, b)], 1e-2)
    for step in range(1, 6):
        for p in (a, b):
            p.grad = gradient(p, step)
        preconditioner.step()
        optimizer.step()
    return [*a.flatten().tolist(), *b.flatten().tolist()]


LORA_FA = {"lr": 0.1, "betas": (0.9, 0.999), "weight_decay": 0.1, "eps": 1e-6}


def lora_fa(a, b, gamma, bfloat16, **settings):
    """PEFT's optimizer of LoRA-FA, over one adapter."""
    a.requires_grad_(False)
    group = {"params": [a, b], "names": ["map.lora_A", "map.lora_B"], "scaling_factors": [gamma, gamma]}
    optimizer = LoraFAOptimizer([group | LORA_FA | settings])

    def step():
        with mock.patch("peft.optimizers.lorafa.is_bf16_available", lambda: bfloat16):
            optimizer.step()

    return step


def five_of_lora_fa(gamma):
    """Five of its steps on B (3, 2) beside A (2, 4)."""
    a, b = start((2, 4)), start((3, 2))
    step = lora_fa(a, b, gamma, bfloat16=False)
    for i in range(1, 6):
        b.grad = gradient(b, i)
        step()
    return b.flatten().tolist()


def moved_by_lora_fa(bfloat16):
    """How ten of its steps move a B of normal numbers, in float32."""
    torch.manual_seed(2)
    a, b = torch.randn(16, 256) / 16, torch.zeros(128, 16, requires_grad=True)
    step = lora_fa(a, b, 2.0, bfloat16, weight_decay=0.0)
    for _ in range(10):
        b.grad = torch.randn(128, 256) @ a.T
        step()
    return b.detach()


def orthogonalized(g, dtype):
    coefficients = (_muon.DEFAULT_A, _muon.DEFAULT_B, _muon.DEFAULT_C)
    with mock.patch("torch.bfloat16", dtype):
        return _muon._zeropower_via_newtonschulz(g, coefficients, 5, _muon.EPS).double()


def main():
    goldens = [golden(make, settings) for make, settings in OPTIMIZERS]
    goldens += [scaled(make, settings) for make, settings in SCALED]
    goldens += [five_of_lora_fa(gamma) for gamma in (0.5, 4.0)]
    for numbers in goldens:
        values = [f"{v:.9f}," for v in numbers]
        print("\t{")
        for i in range(0, len(values), 6):
            print("\t\t" + " ".join(values[i:i + 6]))
        print("\t},")

    torch.manual_seed(1)
    for shape in ((16, 1024), (256, 1024), (1024, 256)):
        g = torch.randn(shape)
        want = orthogonalized(g.double(), torch.float64)
        rms = want.square().mean().sqrt()
        for dtype in (torch.bfloat16, torch.float32):
            d = (orthogonalized(g, dtype) - want) / rms
            print(f"{dtype} {shape}: Muon's update differs by {d.square().mean().sqrt():.2g} of its RMS,"
                  f" at most by {d.abs().max():.2g}")

    exact = moved_by_lora_fa(bfloat16=False)
    off = (moved_by_lora_fa(bfloat16=True) - exact).square().mean().sqrt() / exact.square().mean().sqrt()
    print(f"In bfloat16, ten steps of LoRA-FA differ by {off:.2g} of their RMS")


main()
