"""The trainer peft against a plain script with PEFT: the same runs by both in turn, by the
protocol of docs/trainers.md, each in one process that keeps its model."""

import glob
import json
import os
import shutil
import subprocess
import time

from . import tools
from .tools import median

OURS, BARE, PLAIN = "peft, everything measured", "peft, gradients measured", "plain script"
SPEED, OVERHEAD, LOSS = 0.95, 0.05, 1e-3
EXPERIMENT = """\
name: trainer
question: How many tokens a second?
model: {model}
data: {{source: {data}, validation: {validation}}}
adapter: {{alpha: 16, targets: all-linear}}
train: {{optimizer: adamw, lr: 3e-4, batch: {batch}, context: {context}, steps: {steps}, precision: {precision}}}
measure: {{every: 1, eval_every: 0, probe_every: {every}, modules_every: {every}, probe: {batch}}}
grid: {{trainer: [capture], rank: [{ranks}], scaling: [{schemes}]}}
"""


def requests(python, sweep, cache, args, measured):
    """The requests for all runs, by scheme and rank, as sweep hands them to a trainer."""
    what = "measured" if measured else "bare"
    folder = os.path.join(cache, "requests", what)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    file = os.path.join(folder, "experiment.yaml")
    with open(file, "w") as f:
        f.write(EXPERIMENT.format(validation=args.batch, **vars(args)))
    capture = f"capture={python} bench/peers/capture.py {folder} {args.precision} {what}"
    command = [sweep, "run", file, "--workers=1", f"--trainer={capture}", f"--out={os.path.join(folder, 'store')}"]
    subprocess.run(command, cwd=tools.ROOT, env=tools.environment(), capture_output=True)  # all runs fail, by intent
    found = {}
    for path in glob.glob(os.path.join(folder, "*.json")):
        with open(path) as f:
            request = json.load(f)
        found[request["gamma"], request["rank"]] = request
    if len(found) != len(args.ranks.split(",")) * len(args.schemes.split(",")):
        raise RuntimeError(f"{len(found)} runs came of {' '.join(command)}: see what it prints")
    return dict(sorted(found.items(), key=lambda entry: (entry[0][1], entry[0][0])))


class Talker:
    """A trainer in a process of its own."""

    def __init__(self, command, device, threads, log):
        pipes = dict(stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
        self.child = subprocess.Popen(command, cwd=tools.ROOT, env=tools.environment(), **pipes)
        self.say({"type": "start", "protocol": 1, "device": device, "threads": threads})
        self.ready = self.listen("ready")

    def say(self, message):
        self.child.stdin.write(json.dumps(message) + "\n")
        self.child.stdin.flush()

    def listen(self, last, heard=None):
        """The message that ends something; messages before it go to heard."""
        for line in self.child.stdout:
            message = json.loads(line)
            if message["type"] == last:
                return message
            if message["type"] not in ("working", "step"):
                raise RuntimeError(f"{' '.join(self.child.args)} said {line}")
            if heard is not None:
                heard.append(message)
        raise RuntimeError(f"{' '.join(self.child.args)} ended")

    def train(self, request):
        """Seconds by the clock and of all cores, from the request to the end, and the losses."""
        heard, began, used = [], time.perf_counter(), tools.cpu_seconds(self.child)
        self.say(request)
        self.listen("done", heard)
        seconds, cpu = time.perf_counter() - began, tools.cpu_seconds(self.child) - used
        steps = [m["values"] for m in heard if m["type"] == "step"]
        losses, probes = [v["train_loss"] for v in steps if "train_loss" in v], sum("delta_w" in v for v in steps)
        return {"seconds": seconds, "cpu": cpu, "losses": losses, "probes": probes}

    def close(self):
        self.child.stdin.close()
        self.child.wait()


def measure(python, sweep, cache, args, log):
    """By rank and multiplier, a list of rounds; each has what every program said. The first
    round, which warms up, is left out."""
    wanted = {OURS: requests(python, sweep, cache, args, True), BARE: requests(python, sweep, cache, args, False)}
    wanted[PLAIN] = wanted[BARE]
    with open(os.path.join(cache, "trainer.log"), "w") as errors:
        ours = Talker([python, "train/external/peft/program/trainer.py"], args.device, args.threads, errors)
        plain = Talker([python, "bench/peers/plain.py"], args.device, args.threads, errors)
        by = {OURS: ours, BARE: ours, PLAIN: plain}
        try:
            found = {}
            for key in wanted[PLAIN]:
                log(f"rank {key[1]}, γ = {key[0]:.4g}: {args.pairs + 1} rounds")
                rounds = []
                for i in range(args.pairs + 1):
                    order = list(by) if i % 2 else list(by)[::-1]
                    rounds.append({name: by[name].train(wanted[name][key]) for name in order})
                found[key] = rounds[1:]
            return ours.ready, found
        finally:
            ours.close()
            plain.close()


def speeds(rounds, clock):
    """Tokens per second with the gradients measured at every step, over those of the plain script."""
    return [line[PLAIN][clock] / line[BARE][clock] for line in rounds]


def probes(rounds, clock):
    """How many steps a probe takes as long as, which measures adapters and single maps."""
    step = lambda line: line[BARE][clock] / len(line[BARE]["losses"])
    return [(line[OURS][clock] - line[BARE][clock]) / line[OURS]["probes"] / step(line) for line in rounds]


def interval(values):
    """The median, and the second lowest and highest: of nine, an interval for the median with
    a confidence of 0.96, whatever the distribution (by order statistics)."""
    ordered = sorted(values)
    low, high = (ordered[1], ordered[-2]) if len(ordered) > 8 else (ordered[0], ordered[-1])
    return f"{median(values):.3f} ({low:.3f} to {high:.3f})"


def difference(rounds):
    return max(tools.largest_difference(line[PLAIN]["losses"], line[name]["losses"])
               for line in rounds for name in (OURS, BARE))  # fmt: skip


def rows(found, clock, every):
    """The lines of the table, and whether the targets are reached. A run of many steps with a
    probe now and then is as fast as its steps and its probes."""
    lines, reached = [], True
    for (gamma, rank), rounds in found.items():
        speed, probe, apart = speeds(rounds, clock), probes(rounds, clock), difference(rounds)
        cost = median(probe) / every
        reached &= median(speed) >= SPEED and cost <= OVERHEAD and apart <= LOSS
        step = median([line[PLAIN][clock] for line in rounds]) / len(rounds[0][PLAIN]["losses"])
        lines.append([rank, f"{gamma:.4g}", f"{step:.3g} s", interval(speed), interval(probe), f"{cost:.1%}",
                      f"{apart:.1e}"])  # fmt: skip
    return lines, reached


def head(every):
    return ["rank", "γ", "a step of the plain script", "tokens/s with gradients measured, over the plain script's",
            "a probe, in steps", f"cost of a probe every {every} steps", "largest difference of a loss"]  # fmt: skip
