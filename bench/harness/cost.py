"""Part 4: allocations of a step, and memory of several runs in one process."""

import json
import os
import shutil
import subprocess
import tempfile

from . import tools


def allocations(binary, quick):
    """Heap allocations per step, by rank."""
    ranks = "8|512" if quick else "8|64|512|2048"
    found = tools.benchmarks(binary, f"^BenchmarkStep$/^float32$/^rank=({ranks})$", "-test.benchtime=3x")
    return {name.rpartition("=")[2]: int(v["allocs/op"]) for name, v in found.items()}


def peak_memory(command):
    """The largest number of bytes that a program had resident."""
    with tempfile.TemporaryFile("w+") as said:
        child = subprocess.Popen(command, cwd=tools.ROOT, env=tools.environment(), stdout=said, stderr=said)
        most = tools.peak(child)
        if child.returncode:
            said.seek(0)
            raise RuntimeError(said.read()[-2000:])
    return most


def memory(binary, cache, rank):
    """The measured peaks of two and of four runs at once, and the counted memory of one run."""
    peaks = {}
    for n in (2, 4):
        store = os.path.join(cache, "memory")
        shutil.rmtree(store, ignore_errors=True)
        grid = ["paper-fig2-3", "--set", f"rank=[{rank}]", "--set", "scaling=[rslora]",
                "--set", f"seed={list(range(n))}", "--set", "steps=2"]  # fmt: skip
        shown = json.loads(tools.output([binary, "show", "--json", *grid]))
        peaks[n] = peak_memory([binary, "run", f"--workers={n}", f"--out={store}", *grid])
        shutil.rmtree(store)
    return {"rank": rank, "peaks": peaks, "count": shown["runs"][0]["bytes"]}


def measure(binaries, cache, quick):
    return {
        "allocations": allocations(binaries["steptest"], quick),
        "memory": [memory(binaries["sweep"], cache, rank) for rank in ([512] if quick else [8, 512, 2048])],
    }


def beyond(line):
    """Memory of one more run, measured / counted."""
    return (line["peaks"][4] - line["peaks"][2]) / 2 / line["count"]


def text(found):
    size = lambda n: f"{n / 2**20:,.0f}"
    rows = [
        [line["rank"], size(line["count"]), size(line["peaks"][2]), size(line["peaks"][4]), f"{beyond(line):.2f}"]
        for line in found["memory"]
    ]
    allocations = ", ".join(f"{n} at r={rank}" for rank, n in found["allocations"].items())
    return "\n\n".join([
        "## Allocations and memory",
        f"Heap allocations per step: {allocations}.",
        tools.filled(
            "Memory of several runs in one process, in MB: the memory of a run as counted by `sweep show`; the"
            " peak of the process with two and with four runs, model and data included; and the memory of one more"
            " run, measured / counted. Buffers are made for full sequences; the part that shorter ones never touch"
            " is counted, but not resident."
        ),
        tools.table(["rank", "counted, per run", "peak of 2", "peak of 4", "one more run / counted"], rows),
    ])  # fmt: skip
