"""Part 3: a whole grid, by sweep run and by a script with PEFT."""

import csv
import json
import os
import shutil
import time

from . import tools
from .tools import times

SCALES = {
    "full": [],
    "small": ["--set", "steps=15", "--set", "seed=[0]"],
    "tiny": ["--set", "steps=5", "--set", "seed=[0]", "--set", "rank=[8,512]"],
}
TARGET = 6
SAME = """\
Both have the same model, batches in the same order, first A, γ, AdamW (theirs fused) with the same rate, float32 and
number of steps. Both measure the training loss and the norm of the gradient at every step, and the validation loss
every 20 steps, at the first and at the last. Theirs keeps two processes for the whole grid, each with one thread, pads
a batch to its longest sequence, and ends with losses and norms in memory. Ours works on ragged batches, also measures
the gradients, outputs and updates of all adapters, writes a checked record of every run, prints tables and draws
figures. Our time includes reading and tokenizing the data; theirs gets tokens, but includes importing its libraries."""


def timed(command, **env):
    began = time.perf_counter()
    said = tools.output(command, **env)
    return time.perf_counter() - began, said


def measure(python, binaries, cache, scale):
    folder, store = os.path.join(cache, "grid"), os.path.join(cache, "store")
    for old in (folder, store):
        shutil.rmtree(old, ignore_errors=True)
    os.makedirs(folder)
    grid = tools.output([binaries["sweep"], "show", "paper-fig2-3", "--json", *SCALES[scale]])
    with open(os.path.join(folder, "grid.json"), "w") as f:
        f.write(grid)
    tools.output([binaries["material"], folder], stdin=grid)
    ours, _ = timed([binaries["sweep"], "run", "paper-fig2-3", "--workers=2", f"--out={store}", *SCALES[scale]])
    theirs, said = timed([python, "bench/peers/grid.py", folder], **tools.threads(1))
    curves = json.loads(said)["curves"]
    found = {"ours": ours, "theirs": theirs, "runs": len(curves), "scale": scale}
    found["difference"] = differences(curves, store)
    shutil.rmtree(folder)
    shutil.rmtree(store)
    return found


def differences(curves, store):
    """The largest difference of any run and step, by quantity."""
    largest = {}
    for run, curve in curves.items():
        with open(os.path.join(store, "runs", run, "curve.csv")) as f:
            points = list(csv.DictReader(f))
        for quantity, theirs in curve.items():
            ours = [float(p[quantity]) for p in points if p[quantity]]
            assert len(ours) == len(theirs), (run, quantity)
            largest[quantity] = max(largest.get(quantity, 0), tools.largest_difference(ours, theirs))
    return largest


def quickstart(cache):
    """The time that a newcomer waits, the build included."""
    store = os.path.join(cache, "quickstart")
    shutil.rmtree(store, ignore_errors=True)
    seconds, _ = timed(["go", "run", "./cmd/sweep", "run", "quickstart", f"--out={store}"])
    shutil.rmtree(store)
    return seconds


def text(found):
    cut = " ".join(SCALES[found["scale"]][1::2])
    what = f"`paper-fig2-3`{', cut by ' + cut if cut else ''}: {found['runs']} runs, two at a time."
    rows = [["ranksweep, sweep run", f"{found['ours']:.0f} s"], ["PEFT, two processes", f"{found['theirs']:.0f} s"],
            ["**ratio**", f"{times(found['theirs'] / found['ours'])} (target {TARGET}×)"]]  # fmt: skip
    largest = ", ".join(f"{q.replace('_', ' ')} {d:.1e}" for q, d in found["difference"].items())
    difference = tools.filled(f"The largest differences of any run and step: {largest}.")
    return "\n\n".join(["## A grid", what, tools.table(["", "wall time"], rows), difference, SAME])
