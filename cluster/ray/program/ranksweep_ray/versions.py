"""Whether the Ray and the Python that are here are of versions that were tested."""

import importlib.metadata
import importlib.util
import os
import platform
import re
import sys

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def problem(address):
    """Says what is missing or of another version, and what installs it. Empty if nothing is."""
    for name, low, high in tested():
        version = platform.python_version() if name == "python" else installed(name)
        if not version:
            return f"{sys.executable} has no {name}. This installs what was tested: {install(read('requirements.txt'))}"
        if not parts(low) <= parts(version) < parts(high):
            return (
                f"{name} {version} was not tested: must be at least {low} and below {high}, and the version of the "
                f"cluster. This installs what was tested: {install(read('requirements.txt'))}"
            )
    if address.startswith("ray://") and not importlib.util.find_spec("grpc"):
        return "an address with ray:// needs more of Ray: " + install(f"ray[client]=={installed('ray')}")
    return ""


def install(what):
    return f"{sys.executable} -m pip install '{what.strip()}'"


def here():
    return f"Ray {installed('ray')} and Python {platform.python_version()}"


def tested():
    return re.findall(r"([\w-]+)>=([\d.]+),<([\d.]+)", read("tested.txt"))


def installed(name):
    """The version of a library. Empty if it is missing."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def read(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as f:
        return f.read()


def parts(version):
    return tuple(int(n) for n in re.match(r"\d+(\.\d+)*", version)[0].split("."))
