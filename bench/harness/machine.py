"""The machine and the programs: cores, versions, and what has to be built or installed."""

import os
import platform
import re
import subprocess
import sys

from .tools import HERE, output

REQUIREMENTS = os.path.join(HERE, "requirements.txt")
NAMED = ("avx2", "fma", "avx512f", "avx512_bf16", "avx512_vnni", "amx_bf16", "asimd", "bf16")


def cpu():
    """The CPU's model, and its instruction sets that matter here."""
    with open("/proc/cpuinfo") as f:
        info = dict(re.findall(r"^(model name|flags|Features)\s*:\s*(.*)$", f.read(), re.M))
    flags = (info.get("flags") or info.get("Features", "")).split()
    return info.get("model name", platform.machine()), [f for f in NAMED if f in flags]


def take_two_cores():
    """Restricts this process and its children to two cores, and not to two threads of
    one; returns the number of cores that the machine lends."""
    free = sorted(os.sched_getaffinity(0))
    cores = {}
    for n in free:
        with open(f"/sys/devices/system/cpu/cpu{n}/topology/thread_siblings_list") as f:
            cores.setdefault(f.read(), n)
    if len(cores) > 2:
        os.sched_setaffinity(0, list(cores.values())[:2])
    return len(free)


def venv(folder):
    """Makes the peers' environment, or brings it up to requirements.txt, and
    returns its interpreter."""
    python, stamp = os.path.join(folder, "bin", "python"), os.path.join(folder, "installed.txt")
    with open(REQUIREMENTS) as f:
        wanted = f.read()
    if not os.path.exists(stamp) or open(stamp).read() != wanted:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "-r", REQUIREMENTS], check=True)
        with open(stamp, "w") as f:
            f.write(wanted)
    return python


def build(folder):
    """Our programs and benchmarks, by name."""
    os.makedirs(folder, exist_ok=True)
    programs = {"sweep": "cmd/sweep", "step": "bench/step", "material": "bench/material"}
    tests = {"kernel": "nn/kernel", "steptest": "bench/step", "checkpoint": "checkpoint"}
    at = {name: os.path.join(folder, name) for name in programs | tests}
    for name, package in programs.items():
        output(["go", "build", "-o", at[name], f"./{package}"])
    for name, package in tests.items():
        output(["go", "test", "-c", "-o", at[name], f"./{package}"])
    return at


def versions(python):
    code = (
        "import torch, peft, transformers, numpy, platform; from torch.backends import mkl, mkldnn\n"
        "print(platform.python_version(), torch.__version__, peft.__version__, transformers.__version__,"
        " numpy.__version__)\n"
        "print(torch.backends.cpu.get_cpu_capability(), mkl.is_available(), mkldnn.is_available())"
    )
    lines = output([python, "-c", code]).splitlines()[-2:]
    names = ("Python", "torch", "peft", "transformers", "numpy")
    found = dict(zip(names, lines[0].split())) | {"Go": output(["go", "env", "GOVERSION"]).strip().removeprefix("go")}
    capability, mkl, onednn = lines[1].split()
    parts = [n for n, there in (("MKL", mkl), ("oneDNN", onednn)) if there == "True"]
    found["torch"] += f" ({capability}; {', '.join(parts)})"
    return found
