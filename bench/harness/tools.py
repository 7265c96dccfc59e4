"""Starting programs and reading what they print."""

import json
import math
import os
import re
import statistics
import subprocess
import tempfile
import textwrap

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(HERE)
median = statistics.median

# Variables that would slow a peer down, or choose another kernel for us.
FOREIGN = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "RANKSWEEP_KERNEL", "GOMAXPROCS", "GOGC", "GOMEMLIMIT")


def environment(**more):
    own = {k: v for k, v in os.environ.items() if k not in FOREIGN}
    return own | {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"} | more


def threads(n):
    return {"OMP_NUM_THREADS": str(n), "MKL_NUM_THREADS": str(n), "OPENBLAS_NUM_THREADS": str(n)}


def output(command, cwd=ROOT, stdin=None, **env):
    done = subprocess.run(command, cwd=cwd, env=environment(**env), input=stdin, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stderr[-2000:]}")
    return done.stdout


def race(commands, **env):
    """Starts programs, waits until all are ready, lets all go at once, and
    returns what each says, with the CPU seconds that it took from there on and
    the most bytes that it had resident."""
    with tempfile.TemporaryFile("w+") as errors:
        pipe = dict(stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True)
        racers = [subprocess.Popen(c, cwd=ROOT, env=environment(**env), **pipe) for c in commands]
        try:
            if all([r.stdout.readline() == "ready\n" for r in racers]):
                before = [cpu_seconds(r) for r in racers]
                for r in racers:
                    r.stdin.write("\n")
                    r.stdin.flush()
                said = [json.loads(r.stdout.readline()) | {"cpu": cpu_seconds(r)} for r in racers]
                return [s | {"cpu": s["cpu"] - b, "peak": peak(r)} for s, b, r in zip(said, before, racers)]
            raise ValueError("a program ended before it was ready")
        except (ValueError, OSError) as e:
            errors.seek(0)
            raise RuntimeError(f"{e}\n{errors.read()[-2000:]}") from e
        finally:
            for r in racers:
                r.kill()
                r.communicate()


def cpu_seconds(child):
    """The CPU time that a program has taken on all cores, by proc(5)."""
    with open(f"/proc/{child.pid}/stat") as f:
        user, system = f.read().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def peak(child):
    """Waits for a program's end and returns the largest number of bytes that it had resident."""
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_maxrss * 1024


def benchmarks(binary, pattern, *flags):
    """Runs Go benchmarks and returns, by name, their values by unit."""
    text = output([binary, "-test.run=^$", f"-test.bench={pattern}", *flags])
    found = {}
    for name, values in re.findall(r"^Benchmark(\S+?)(?:-\d+)?\s+\d+\s+(.*)$", text, re.M):
        fields = values.split()
        found[name] = {unit: float(v) for v, unit in zip(fields[::2], fields[1::2])}
    return found


def largest_difference(ours, theirs):
    """The largest difference of two curves, as far as both go; infinite if a number is NaN."""
    found = [abs(a - b) for a, b in zip(ours, theirs)]
    return max((d if d == d else math.inf for d in found), default=math.inf)


def filled(text):
    """A paragraph with lines of at most 120 columns."""
    return textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False)


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def times(ratio):
    return f"{ratio:.2f}×"
