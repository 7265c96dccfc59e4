"""Which libraries there are, and whether they are of versions that were tested."""

import importlib.metadata
import os
import platform
import re
import sys

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
REPORTED = ["torch", "transformers", "peft"]


def found():
    """The versions for the provenance of runs."""
    return {"python": platform.python_version()} | {name: importlib.metadata.version(name) for name in REPORTED}


def problem():
    """Says what is missing or of another version, and the command that installs it. Empty if
    nothing is."""
    wrong = []
    for line in read("tested.txt"):
        name, low, high = re.fullmatch(r"([\w-]+)>=([\d.]+),<([\d.]+)", line).groups()
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            wrong.append(f"{name} is missing")
            continue
        if not parts(low) <= parts(version) < parts(high):
            wrong.append(f"{name} {version} was not tested: must be at least {low} and below {high}")
    if not wrong:
        return ""
    install = f"{sys.executable} -m pip install {' '.join(read('requirements.txt'))}"
    return f"{'; '.join(wrong)}. This installs what was tested: {install}"


def read(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as f:
        return f.read().split()


def parts(version):
    """The numbers of a version; 2.15.0+cpu gives (2, 15, 0)."""
    return tuple(int(n) for n in re.match(r"\d+(\.\d+)*", version)[0].split("."))
