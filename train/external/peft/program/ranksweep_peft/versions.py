"""Which libraries there are, and whether they are of versions that were tested."""

import importlib.metadata
import os
import platform
import re
import sys

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
REPORTED = ["torch", "transformers", "peft"]
OPTIONAL = ["bitsandbytes"]  # needed by some settings alone


def found():
    """The versions for the provenance of runs."""
    there = {name: installed(name) for name in REPORTED + OPTIONAL}
    return {"python": platform.python_version()} | {name: version for name, version in there.items() if version}


def problem():
    """Says what is missing or of another version, and the command that installs it. Empty if
    nothing is."""
    return told([name for name in tested() if name not in OPTIONAL], "requirements.txt")


def optional_problem(name):
    """The same of a library that is needed by some settings alone."""
    return told([name], "optional.txt")


def told(names, requirements):
    wrong = [why for why in map(unfit, names) if why]
    if not wrong:
        return ""
    install = f"{sys.executable} -m pip install {' '.join(read(requirements))}"
    return f"{'; '.join(wrong)}. This installs what was tested: {install}"


def unfit(name):
    """Says that a library is missing or was not tested. Empty if it was."""
    low, high = tested()[name]
    version = platform.python_version() if name == "python" else installed(name)
    if not version:
        return f"{name} is missing"
    if parts(low) <= parts(version) < parts(high):
        return ""
    return f"{name} {version} was not tested: must be at least {low} and below {high}"


def tested():
    """The first version that was tested and the first that was not, by name."""
    lines = [re.fullmatch(r"([\w-]+)>=([\d.]+),<([\d.]+)", line).groups() for line in read("tested.txt")]
    return {name: (low, high) for name, low, high in lines}


def installed(name):
    """The version of a library. Empty if it is missing."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def read(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as f:
        return f.read().split()


def parts(version):
    """The numbers of a version; 2.15.0+cpu gives (2, 15, 0)."""
    return tuple(int(n) for n in re.match(r"\d+(\.\d+)*", version)[0].split("."))
