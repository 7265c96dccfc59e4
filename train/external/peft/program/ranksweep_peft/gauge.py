"""Measures a run. Every quantity is defined in docs/columns.md. Sums stay on the device
until a step's numbers are sent."""

import math

import torch

from .deltas import spectral, squares


class Squares:
    """Sums squares of entries, from which both norms follow."""

    def __init__(self, sum=0.0, count=0):
        self.sum, self.count = sum, count

    def add(self, x):
        self.sum, self.count = self.sum + squares(x), self.count + x.numel()

    def join(self, other):
        self.sum, self.count = self.sum + other.sum, self.count + other.count

    def norm(self):
        return math.sqrt(self.sum)

    def rms(self):
        return math.sqrt(self.sum / self.count)


def fetched(sums):
    """Brings all sums from the device at once."""
    there = [s for s in sums if torch.is_tensor(s.sum)]
    for s, value in zip(there, torch.stack([s.sum for s in there]).tolist() if there else []):
        s.sum = value


ROLES = ["a", "b", "weight", "own"]


def gradients(maps, split):
    """The gradients of all maps together, and of each map if split."""
    each = {m.name: {role: Squares() for role in ROLES} for m in maps}
    total = {role: Squares() for role in ROLES}
    found = [(m.name, a.role, a.value.grad) for m in maps for a in m.arrays]
    norms = torch._foreach_norm([grad for *_, grad in found], 2, torch.float64)
    for (name, role, grad), sum in zip(found, torch.stack(norms).square().tolist()):
        s = Squares(sum, grad.numel())
        each[name][role].join(s)
        total[role].join(s)
    return gradient_values(total), {name: gradient_values(roles) for name, roles in each.items() if split}


def gradient_values(roles):
    """The gradient of what a method trains beside A and B is apart."""
    values, whole = {}, Squares()
    for role, s in roles.items():
        if role != "own":
            whole.join(s)
        if not s.count:
            continue
        if role in ("a", "b"):
            values[f"grad_norm_{role}"], values[f"grad_rms_{role}"] = s.norm(), s.rms()
        if role == "own":
            values["grad_norm_m"] = s.norm()
    return values | {"grad_norm": whole.norm(), "grad_rms": whole.rms()}


class Sizes:
    """What a probe measures of one map, or of several together."""

    KINDS = ["output", "whole", "input", "delta", "moved", "start"]

    def __init__(self):
        self.sums = {kind: Squares() for kind in self.KINDS}
        self.stable_rank, self.ranked = 0.0, 0

    def join(self, other):
        for kind, s in self.sums.items():
            s.join(other.sums[kind])
        self.stable_rank, self.ranked = self.stable_rank + other.stable_rank, self.ranked + other.ranked

    def values(self):
        s = self.sums
        values = {
            "adapter_output": s["output"].rms(), "map_output": s["whole"].rms(),
            "input_gradient": s["input"].rms(), "delta_w": s["delta"].norm(),
        }  # fmt: skip
        if s["start"].sum > 0:
            values["a_movement"] = s["moved"].norm() / s["start"].norm()
        if self.ranked:
            values["stable_rank"] = self.stable_rank / self.ranked
        return values


def probe(model, maps, batches, work, split, scale):
    """What training has added to the maps, and its effect on fixed batches."""
    sizes = {m.name: Sizes() for m in maps}
    scored = sum(b.scored for b in batches)
    for batch in batches:
        passed(model, maps, batch, scored, sizes, scale)
    tops = {m.name: added(m, work, sizes[m.name]) for m in maps}
    fetched([s for size in sizes.values() for s in size.sums.values()])
    total = Sizes()
    for m in maps:
        size, top = sizes[m.name], tops[m.name]
        if top > 0:
            size.stable_rank, size.ranked = size.sums["delta"].sum / top, 1
        total.join(size)
    return total.values(), {name: size.values() for name, size in sizes.items() if split}


def passed(model, maps, batch, scored, sizes, scale):
    """Passes a batch through the model and back, and measures what goes through the maps."""
    outputs, hooks = {}, []

    def hook(m):
        def forward(_, inputs, output):
            with torch.no_grad(), torch.autocast(output.device.type, enabled=False):
                sizes[m.name].sums["output"].add(m.output(batch.rows(inputs[0])))
                sizes[m.name].sums["whole"].add(batch.rows(output))
            outputs[m.name] = output

        return forward

    for m in maps:
        hooks.append(m.layer.register_forward_hook(hook(m)))
    try:
        loss = batch.loss(model) / scored
    finally:
        for h in hooks:
            h.remove()
    gradients = scale.gradients(loss, [outputs[m.name] for m in maps])
    with torch.no_grad():
        for m, v in zip(maps, gradients):
            sizes[m.name].sums["input"].add(m.input_gradient(batch.rows(v)))


@torch.no_grad()
def added(m, work, size):
    """Measures what training has added to a map, and returns the square of its spectral norm."""
    delta = m.delta()
    size.sums["delta"].sum = delta.squares()
    moved = m.moved(work)
    if moved:
        size.sums["moved"].add(moved[0])
        size.sums["start"].add(moved[1])
    return spectral(delta)
