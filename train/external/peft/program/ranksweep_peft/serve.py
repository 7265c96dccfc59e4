"""Answers ranksweep's messages until it says no more."""

import traceback

from . import versions
from .channel import VERSION, Channel

NOTES = [
    "not yet: GPUs, bf16 and fp16, 4- and 8-bit bases, gradient checkpointing, GGUF files, several "
    "devices, checkpoints of runs",
]


def main():
    channel = Channel()
    start = channel.receive()
    why = reason(start) or versions.problem()
    if why:
        channel.send("unable", reason=why)
        return
    channel.send("working", what="importing PyTorch, transformers and PEFT")
    try:
        from . import training
    except Exception as e:
        traceback.print_exc()
        channel.send("unable", reason=f"import failed: {described(e)}")
        return
    device = training.prepare(start["threads"])
    channel.send(
        "ready", protocol=VERSION, trainer="peft", versions=versions.found(), device=device,
        devices=training.devices(), abilities=training.abilities(), notes=NOTES,
    )  # fmt: skip
    bases = training.Bases(channel)
    while True:
        request = channel.receive()
        try:
            training.train(channel, bases, request)
        except Exception as e:
            traceback.print_exc()
            bases.drop()  # whatever is left of the run on it
            channel.send("failed", reason=described(e))


def reason(start):
    """Says why this program cannot serve. Empty if it can."""
    if start["type"] != "start":
        return f"{start['type']} came first: must be start"
    if start["protocol"] != VERSION:
        return f"speaks version {VERSION} of the protocol, not {start['protocol']}"
    if start["device"] != "cpu":
        return f"device {start['device']}: trains on cpu only, for now"
    return ""


def described(error):
    return f"{type(error).__name__}: {error}"
