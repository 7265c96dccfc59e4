"""The smallest trainer for ranksweep, in the standard library alone. It learns how often
each token comes, and ignores the model and its adapters. To make a trainer of your own,
replace the class Unigram. docs/trainers.md explains every message.

    sweep run mine.yaml --trainer "unigram=python3 docs/trainers/unigram.py" \
        --set trainer=unigram --set optimizer=sgd --set method=full --set lr=1
"""

import array
import json
import math
import os
import platform
import struct
import sys

VALIDATION = 1  # the bit in "due" that asks for the validation loss


class Unigram:
    """A score for each token, whose softmax is the probability that the token comes next."""

    def __init__(self, folder):
        with open(os.path.join(folder, "config.json"), encoding="utf-8") as f:
            self.scores = [0.0] * json.load(f)["vocab_size"]

    def log_probabilities(self):
        top = max(self.scores)
        total = top + math.log(sum(math.exp(s - top) for s in self.scores))
        return [s - total for s in self.scores]

    def loss(self, targets):
        """Cross-entropy summed over targets, in nats."""
        known = self.log_probabilities()
        return -sum(known[t] for t in targets)

    def gradient(self, targets):
        """The gradient of the mean loss."""
        g = [math.exp(p) for p in self.log_probabilities()]
        for t in targets:
            g[t] -= 1 / len(targets)
        return g

    def update(self, gradient, lr):
        self.scores = [s - lr * g for s, g in zip(self.scores, gradient)]


def train(request):
    data, work = arrays(request["data"]), arrays(request["work"])
    model = Unigram(request["model"])
    batch, steps = request["batch"], request["steps"]
    per_step = batch * request["accumulate"]
    held = sequences(data, "validation")
    held = [scored(held[i : i + batch]) for i in range(0, len(held), batch)]
    trained = sequences(data, "train")
    for step in range(steps + 1):
        values, more = {}, {}
        if work["due"][step] & VALIDATION and held:
            more["validation"] = [model.loss(targets) for targets in held]
            values["val_loss"] = sum(more["validation"]) / sum(len(targets) for targets in held)
        if step < steps:
            targets = scored(trained[i] for i in work["order"][step * per_step : (step + 1) * per_step])
            gradient = model.gradient(targets)
            values["train_loss"] = model.loss(targets) / len(targets)
            values["grad_norm"] = math.hypot(*gradient)
        say("step", step=step, values=values, **more)
        if not all(math.isfinite(v) for v in values.values()):
            return
        if step < steps:
            model.update(gradient, request["rates"]["weight"] * work["schedule"][step])


def arrays(path):
    """Reads a safetensors file: the length of a header, the header in JSON, and the arrays."""
    with open(path, "rb") as f:
        content = f.read()
    start = 8 + struct.unpack("<Q", content[:8])[0]
    found = {}
    for name, a in json.loads(content[8:start]).items():
        first, end = a["data_offsets"]
        kind = {"I64": "q", "F64": "d", "F32": "f"}[a["dtype"]]
        found[name] = array.array(kind, content[start + first : start + end])
    return found


def sequences(data, name):
    """The targets of every sequence in a set; -1 is not scored."""
    starts, targets = data[f"{name}.starts"], data[f"{name}.targets"]
    return [targets[i:j] for i, j in zip(starts, starts[1:])]


def scored(some):
    return [t for sequence in some for t in sequence if t >= 0]


def say(kind, **fields):
    print(json.dumps({"type": kind} | spelled(fields)), flush=True)


def spelled(value):
    """Spells out numbers that JSON does not have."""
    if isinstance(value, dict):
        return {key: spelled(v) for key, v in value.items()}
    if isinstance(value, list):
        return [spelled(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def main():
    start = json.loads(sys.stdin.readline())
    if start["protocol"] != 1:
        say("unable", reason=f"speaks version 1 of the protocol, not {start['protocol']}")
        return
    say(
        "ready", protocol=1, trainer="unigram", versions={"python": platform.python_version()}, device="cpu",
        devices=["cpu"], notes=["ignores the model"],
        abilities={"optimizers": ["sgd"], "methods": ["full"], "precisions": ["float32"], "dropout": False},
    )  # fmt: skip
    for line in sys.stdin:
        request = json.loads(line)
        if request["type"] == "train":
            train(request)
            say("done")


if __name__ == "__main__":
    main()
