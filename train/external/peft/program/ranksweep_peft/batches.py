"""Sequences from files, as batches that a model reads."""

import torch
from torch.nn import functional as F

UNSCORED = -1


class Sequences:
    """A set of sequences that lie end to end in a file."""

    def __init__(self, tensors, name, device):
        self.device = device
        self.tokens, self.targets = tensors.get_tensor(f"{name}.tokens"), tensors.get_tensor(f"{name}.targets")
        self.starts = tensors.get_tensor(f"{name}.starts").tolist()

    def __len__(self):
        return len(self.starts) - 1

    def batch(self, places):
        parts = [slice(self.starts[i], self.starts[i + 1]) for i in places]
        return Batch([self.tokens[p] for p in parts], [self.targets[p] for p in parts], self.device)

    def batches(self, size):
        """All sequences in order, at most size in a batch."""
        return [self.batch(range(i, min(i + size, len(self)))) for i in range(0, len(self), size)]


class Batch:
    """Sequences one below the other, padded on the right, so that causal attention needs no
    mask. Padding is never scored."""

    def __init__(self, tokens, targets, device):
        pad = torch.nn.utils.rnn.pad_sequence
        self.tokens = pad(tokens, batch_first=True).to(device)
        flat = pad(targets, batch_first=True, padding_value=UNSCORED).flatten()
        places = (flat != UNSCORED).nonzero().squeeze(1)
        self.targets, self.places = flat[places].to(device), places.to(device)
        lengths = torch.tensor([len(t) for t in tokens])
        real = (torch.arange(self.tokens.shape[1]) < lengths[:, None]).flatten()  # not padding
        self.padded, self.real = not bool(real.all()), real.to(device)

    @property
    def scored(self):
        return len(self.targets)

    def loss(self, model):
        """Cross-entropy summed over the scored tokens, in nats and float64."""
        logits = model(input_ids=self.tokens, use_cache=False).logits.flatten(0, 1)[self.places]
        return F.cross_entropy(logits.float(), self.targets, reduction="none").double().sum()

    def rows(self, x):
        """The rows of x, (sequences, tokens, channels), that are not padding, in float32."""
        x = x.reshape(-1, x.shape[-1]).float()
        return x[self.real] if self.padded else x
