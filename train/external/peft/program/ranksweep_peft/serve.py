"""Answers ranksweep's messages until it says no more."""

import traceback

from . import versions
from .channel import VERSION, Channel

NOTES = [
    "not yet: GGUF files",
    "not yet run on a GPU: CUDA devices, tf32, flash_attention_2; all else has been run on a CPU",
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
        from . import bases, devices, memory, training
    except Exception as e:
        traceback.print_exc()
        channel.send("unable", reason=f"import failed: {described(e)}")
        return
    if why := devices.problem(start["device"]):
        channel.send("unable", reason=why)
        return
    device = devices.prepare(start["device"], start["threads"])
    channel.send(
        "ready", protocol=VERSION, trainer="peft", versions=versions.found(),
        device=devices.described(device, start["threads"]), devices=devices.found(),
        abilities=training.abilities(device), notes=NOTES,
    )  # fmt: skip
    base, meter = bases.Bases(channel, device), memory.Meter(device)
    while True:
        request, failure = channel.receive(), None
        if request["type"] == "save":
            continue  # its run has ended
        meter.reset()
        try:
            training.train(channel, base, request)
        except training.DeviceLost:
            raise  # nothing can be computed in this process any more
        except Exception as e:
            traceback.print_exc()
            failure = {"reason": described(e)}
            if memory.ran_out(e):
                failure = {"reason": f"out of memory: {described(e)}"} | meter.read()
        if not failure:
            channel.send("done", **meter.read())
            continue
        base.drop()  # whatever is left of the run on it
        meter.give_back()
        channel.send("failed", **failure)


def reason(start):
    """Says why this program cannot serve. Empty if it can."""
    if start["type"] != "start":
        return f"{start['type']} came first: must be start"
    if start["protocol"] != VERSION:
        return f"speaks version {VERSION} of the protocol, not {start['protocol']}"
    return ""


def described(error):
    return f"{type(error).__name__}: {error}"
