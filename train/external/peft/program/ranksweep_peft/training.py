"""Trains one run."""

import math

import torch
from safetensors import safe_open
from safetensors.torch import save_file

from . import arithmetic, gauge, maps, optimizers, saved
from .bases import checkpointed
from .batches import Sequences
from .dropout import dropping, positions, rewind

DUE_VALIDATION, DUE_PROBE, DUE_MAPS = 1, 2, 4
DeviceLost = torch.AcceleratorError
METHODS = ["lora", "dora", "full"]
WATCHED = ["val_loss", "delta_w", "adapter_output", "train_loss", "grad_norm"]  # these must be finite


def abilities(device):
    able = {
        "optimizers": list(optimizers.OPTIMIZERS), "methods": METHODS, "dropout": True, "checkpoints": True,
    } | arithmetic.abilities(device)  # fmt: skip
    able["why"]["optimizer"] = "it has no code for the others, or not for the method that they need; trainer local has"
    able["why"]["method"] = "it has no code for the others yet; trainer local has"
    return able


def train(channel, bases, request):
    arithmetic.prepare(request, bases.device)
    base = bases.load(request)
    attached = maps.Attached(base, request)
    try:
        with (
            safe_open(request["data"], "pt") as data, safe_open(request["work"], "pt") as work,
            checkpointed(base, request["gradient_checkpointing"]),
        ):  # fmt: skip
            Run(channel, base, attached.maps, request, data, work).train()
    finally:
        attached.detach()


class Run:
    def __init__(self, channel, model, trained, request, data, work):
        self.channel, self.model, self.maps, self.request, self.work = channel, model, trained, request, work
        self.scale = arithmetic.Scale(arithmetic.PRECISIONS[request["precision"]])
        self.sequences = Sequences(data, "train", model.device)
        self.validation = Sequences(data, "validation", model.device).batches(request["batch"])
        self.probe = Sequences(work, "probe", model.device).batches(request["batch"])
        self.order = work.get_tensor("order").view(request["steps"], request["accumulate"], request["batch"])
        self.schedule, self.due = work.get_tensor("schedule").tolist(), work.get_tensor("due").tolist()
        for m in trained:
            m.fill(work)
        self.arrays = [a for m in trained for a in m.arrays]
        self.optimizer = optimizers.new(request["optimizer"], self.arrays)

    def train(self):
        first, drops, steps = 0, {}, self.request["steps"]
        if self.request["resume"]:
            first, drops = saved.read(self.request["resume"], self)
        for step in range(first, steps + 1):
            if file := self.channel.asked():
                self.save(file, step, drops)
            values, split, validation = self.inspect(step)
            values |= drops
            if step < steps and finite(values):
                batches = [self.sequences.batch(places) for places in self.order[step].tolist()]
                self.gradient(batches, values, split, bool(self.due[step] & DUE_MAPS))
            self.channel.send("step", step=step, values=values, **split, **validation)
            if not finite(values):
                return
            if step < steps:
                drops = self.update(step, batches, values)
        if self.request["adapters"]:
            tensors = {name: p.detach().contiguous() for m in self.maps for name, p in m.trained().items()}
            save_file(tensors, self.request["adapters"])

    def save(self, file, step, drops):
        why = {}
        try:
            saved.write(file, step, drops, self)
        except Exception as e:  # the run goes on
            why["reason"] = f"{type(e).__name__}: {e}"
        self.channel.send("saved", step=step, **why)

    def inspect(self, step):
        """Measures what is due before a step's gradient."""
        due, values, split, validation = self.due[step], {}, {}, {}
        if due & DUE_MAPS:
            split["maps"] = {m.name: {} for m in self.maps}
        if due & DUE_VALIDATION and self.validation:
            nats = self.losses(self.validation)
            values["val_loss"] = sum(nats) / sum(b.scored for b in self.validation)
            validation["validation"] = nats
        if due & DUE_PROBE:
            whole, each = gauge.probe(self.model, self.maps, self.probe, self.work, bool(split), self.scale)
            values |= whole
            merge(split, each)
        return values, split, validation

    def gradient(self, batches, values, split, each):
        """Computes the gradient of the loss averaged over the scored tokens of all batches."""
        scored, before = sum(b.scored for b in batches), positions(self.maps)
        total = self.passes(batches)
        while not self.scale.settled(total, [a.value.grad for a in self.arrays]):
            rewind(self.maps, before)  # the same entries are dropped again
            total = self.passes(batches)
        whole, of_maps = gauge.gradients(self.maps, each)
        values |= whole
        values["train_loss"] = float(total) / scored
        merge(split, of_maps)

    def passes(self, batches):
        """Computes the gradients, times the scale, of the loss averaged over the scored tokens
        of all batches. Returns the sum of the loss."""
        for a in self.arrays:
            a.value.grad = None
        scored, total = sum(b.scored for b in batches), 0.0
        for batch in batches:
            with dropping(self.maps, batch):
                loss = batch.loss(self.model)
                (loss / scored * self.scale.now).backward()
            total += loss.detach()
            self.channel.working("gradients")
        for a in self.arrays:
            if a.value.grad is None:  # nothing of it reached the loss
                a.value.grad = torch.zeros_like(a.value)
        return total

    def update(self, step, batches, values):
        """Takes one step, and returns the drops of the loss if it is the first."""
        norm = values["grad_norm"]
        if "grad_norm_m" in values:
            norm = math.hypot(norm, values["grad_norm_m"])
        optimizers.clip(self.arrays, self.request["clip"], norm)
        self.optimizer.step({role: rate * self.schedule[step] for role, rate in self.request["rates"].items()})
        if step > 0:
            return {}
        first = sum(float(m.drop()) for m in self.maps)
        after = sum(self.losses(batches)) / sum(b.scored for b in batches)
        return {"loss_drop": first, "loss_drop_actual": values["train_loss"] - after}

    @torch.no_grad()
    def losses(self, batches):
        """The summed loss of each batch, in nats."""
        nats = []
        for batch in batches:
            nats.append(float(batch.loss(self.model)))
            self.channel.working("losses")
        return nats


def merge(split, each):
    for name, values in each.items():
        split["maps"][name] |= values


def finite(values):
    return all(math.isfinite(values[name]) for name in WATCHED if name in values)
