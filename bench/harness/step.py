"""Part 2: a training step, ours and theirs in turn."""

import os
from collections import namedtuple

from . import sgemm, tools
from .tools import median, times

# Contenders that count are compared by precision. The merged form in PyTorch, which no
# library has, only shows the effect of the form by itself.
Contender = namedtuple("Contender", "name flags counts")
EAGER = [
    Contender("PyTorch float32, eager", ["torch"], "float32"),
    Contender("PEFT float32", ["peft"], "float32"),
]
FULL = EAGER + [
    Contender("PyTorch float32, compiled", ["torch", "--compile"], "float32"),
    Contender("PyTorch bfloat16 autocast, compiled", ["torch", "--compile", "--bf16"], "bfloat16"),
    Contender("PyTorch float32, eager, merged form", ["torch", "--merged"], None),
]
WAYS = {"one process of two threads": (1, 2), "two processes of one thread": (2, 1)}
OURS = ("ranksweep", "two runs side by side")
OURS_BF16 = ("ranksweep with precision: bf16", "two runs side by side")
TOLERANCE = 1e-3  # largest difference of float32 losses
OF = {"float32": OURS, "bfloat16": OURS_BF16}  # which of ours is compared with theirs
# The ratios are meant for CPUs where AVX-512 runs at its full rate.
TARGETS = {"float32": {8: 2.8, 64: 2.6, 512: 5.5, 2048: 11}, "bfloat16": {8: 1.6, 64: 1.5, 512: 2, 2048: 3}}
SHARES = {8: 0.75, 2048: 0.70}  # of the peak of the CPU at hand


def our_step(binary, rank, steps, *flags):
    (said,) = tools.race([[binary, f"-rank={rank}", "-warm=1", f"-steps={steps}", *(flags or ["-runs=2"])]])
    return said | {"rate": said["tokens"] / said["seconds"]}


def their_step(python, contender, processes, n, file, steps, cache):
    warm = 2 if "--compile" in contender.flags else 1
    program, *flags = contender.flags
    command = [python, "bench/peers/step.py", program, file, f"--threads={n}"]
    command += [f"--warm={warm}", f"--steps={steps}", *flags]
    inductor = os.path.join(cache, "inductor")
    said = tools.race([command] * processes, TORCHINDUCTOR_CACHE_DIR=inductor, **tools.threads(n))
    return said[0] | {"rate": sum(s["tokens"] / s["seconds"] for s in said)}


def turns(contender, flags, rounds, steps):
    """Rounds and steps. A contender that does not count has one round. A CPU without
    bfloat16 emulates it, tens of times slower; then one step is as good as twelve."""
    if not contender.counts:
        return 1, steps
    emulated = contender.counts == "bfloat16" and not {"avx512_bf16", "amx_bf16", "bf16"} & set(flags)
    return (1, 1) if emulated else (rounds, steps)


def measure(python, binaries, cache, flags, quick, log):
    ranks, rounds, steps = ([8, 512], 2, 2) if quick else ([8, 64, 512, 2048], 2, 4)
    contenders = EAGER if quick else FULL
    found = {"ranks": ranks, "contenders": contenders, "rounds": {r: [] for r in ranks}, "failed": {}}
    for rank in ranks:
        file = os.path.join(cache, "step.safetensors")
        tools.output([binaries["step"], f"-rank={rank}", f"-write={file}"])
        for i in range(rounds):
            log(f"a step at rank {rank}, round {i + 1} of {rounds}")
            peak = sgemm.peaks(binaries["kernel"], 0.5)
            line = {OURS: our_step(binaries["step"], rank, steps) | {"peak": peak}}
            line[OURS_BF16] = our_step(binaries["step"], rank, steps, "-runs=2", "-bf16")
            for c, way in ((c, way) for c in contenders for way in WAYS):
                most, taken = turns(c, flags, rounds, steps)
                if i >= most:
                    continue
                try:
                    line[c.name, way] = their_step(python, c, *WAYS[way], file, taken, cache)
                except RuntimeError as e:
                    found["failed"][f"{c.name}, {way}, rank {rank}"] = str(e).strip().splitlines()[-1]
            found["rounds"][rank].append(line)
        os.remove(file)
    return found


def best(line, counts, contenders):
    names = {c.name for c in contenders if c.counts == counts}
    return max((said["rate"] for key, said in line.items() if key[0] in names), default=None)


def ratio(found, rank, counts):
    """Ours divided by the best of the same precision, the median over rounds; none if
    float32 losses differ, since a wrong step that is faster proves nothing."""
    if counts == "float32" and worst(found, rank) > TOLERANCE:
        return None
    rounds = [(line[OF[counts]]["rate"], best(line, counts, found["contenders"])) for line in found["rounds"][rank]]
    ratios = [a / b for a, b in rounds if b]
    return median(ratios) if ratios else None


def show_ratio(x):
    return "no result" if x is None else times(x)


def difference(found, rank, key):
    """The largest difference of any step's loss from ours."""
    lines = [line for line in found["rounds"][rank] if key in line]
    return max((tools.largest_difference(line[OURS]["losses"], line[key]["losses"]) for line in lines), default=None)


def worst(found, rank):
    """The largest difference of all contenders that count as float32."""
    keys = [(c.name, way) for c in found["contenders"] if c.counts == "float32" for way in WAYS]
    return max(d for d in (difference(found, rank, k) for k in keys) if d is not None)


def share(found, rank):
    """The step's rate per core, as a share of the micro-kernel's peak."""
    said = [line[OURS] for line in found["rounds"][rank]]
    return median([s["flops"] / s["seconds"] / 2 / 1e9 / s["peak"][s["kernel"]] for s in said])


def full_rate(found):
    """Whether AVX-512 multiplies about twice as fast as AVX2 here, by the peaks of all rounds."""
    peaks = [line[OURS]["peak"] for lines in found["rounds"].values() for line in lines]
    return all("avx512" in p for p in peaks) and median([p["avx512"] / p["avx2"] for p in peaks]) > 1.5


def rate(found, rank, key):
    rates = [line[key]["rate"] for line in found["rounds"][rank] if key in line]
    return median(rates) if rates else None


def steepness(found, counts):
    """The time of a step at the largest rank divided by the time at the smallest: ours, and
    the best of theirs."""
    low, high = found["ranks"][0], found["ranks"][-1]
    ours = rate(found, low, OURS) / rate(found, high, OURS)
    theirs = [median([best(line, counts, found["contenders"]) for line in found["rounds"][r]]) for r in (low, high)]
    return low, high, ours, theirs[0] / theirs[1]


def text(found):
    ranks = found["ranks"]
    head = ["", *(f"r={r}" for r in ranks)]
    keys = [OURS_BF16, *((c.name, way) for c in found["contenders"] for way in WAYS)]
    show = lambda x, form=",.0f": "failed" if x is None else format(x, form)
    rates = [[", ".join(k), *(show(rate(found, r, k)) for r in ranks)] for k in [OURS, *keys]]
    for counts, targets in TARGETS.items():
        if any(c.counts == counts for c in found["contenders"]):
            measured = [(ratio(found, r, counts), targets.get(r)) for r in ranks]
            cells = [show_ratio(x) + (f" (target {t}×)" if t else "") for x, t in measured]
            rates.append([f"**ours in {counts} over their best {counts}**", *cells])
    losses = [[", ".join(k), *(show(difference(found, r, k), ".1e") for r in ranks)] for k in keys]
    count = len(found["rounds"][ranks[0]])
    parts = [
        "## A step",
        tools.filled(
            "Tokens per second on two cores: LoRA on all linear maps of a LLaMA of dim 256, 6 layers, 4 heads,"
            f" feed-forward width 688, vocabulary 4096, batch 8×256, AdamW (theirs fused). Medians of {count}"
            " rounds. In each round every program was run in turn, and the ratio is the median of the rounds'"
            " ratios."
        ),
        tools.table(head, rates),
        "The largest difference of a step's loss from ours. All use the same weights, A, batches and rates, from"
        " a file.",
        tools.table(head, losses),
    ]
    parts += [f"Failed: {what}: {why}" for what, why in found["failed"].items()]
    return "\n\n".join(parts)
