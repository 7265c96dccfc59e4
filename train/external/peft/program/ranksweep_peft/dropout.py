"""Drops entries of an adapter's input in training, the very ones that ranksweep drops."""

import contextlib

import torch

from .stream import Stream, fnv


class Dropout(torch.nn.Module):
    """Drops nothing outside of a training pass. A pass that is computed twice, as gradient
    checkpointing does, drops the same twice."""

    def __init__(self, rate, seed, name, device):
        super().__init__()
        self.rate, self.stream = rate, Stream(seed, fnv(f"dropout\0{name}".encode()), device)
        self.begin(None)

    def begin(self, batch):
        self.batch, self.kept = batch, None

    def forward(self, x):
        if self.batch is None:
            return x
        if self.kept is None:
            self.kept = self.drawn(x.shape)
        return torch.where(self.kept, x * (1 / (1 - self.rate)), 0)

    def drawn(self, shape):
        """Which entries are kept. Numbers are drawn for tokens alone, row by row, not for padding."""
        real = self.batch.real
        kept = torch.zeros((len(real), shape[-1]), dtype=torch.bool, device=real.device)
        kept[real] = self.stream.at_least(self.rate, int(real.sum()) * shape[-1]).view(-1, shape[-1])
        return kept.view(shape)


def streams(maps):
    """The random streams of maps."""
    return [m.dropout.stream for m in maps if getattr(m, "dropout", None)]


def positions(maps):
    """Where the streams of maps are."""
    return [stream.state for stream in streams(maps)]


def rewind(maps, positions):
    """Puts the streams of maps back to positions where they were."""
    for stream, position in zip(streams(maps), positions, strict=True):
        stream.state = position


@contextlib.contextmanager
def dropping(maps, batch):
    """One pass of a batch through the model and back, in which entries are dropped."""
    for m in maps:
        m.drops(batch)
    try:
        yield
    finally:
        for m in maps:
            m.drops(None)
