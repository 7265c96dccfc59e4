"""Loading a safetensors file of 500 MB, which the benchmark makes."""

from . import tools
from .tools import times

RESIDENT = 1.1  # largest allowed share of the file's size


def measure(binary):
    return tools.benchmarks(binary, "^BenchmarkLoad$", "-test.benchtime=1x")


def goals(found):
    read, load = found["Load/read"], found["Load/load"]
    size = read["MB/s"] * read["ns/op"] / 1e9
    return [
        [f"loading {size:.0f} MB of safetensors, every weight hashed", "disk or memory speed",
         f"{load['MB/s']:,.0f} MB/s; the file is read at {read['MB/s']:,.0f} MB/s,"
         f" hashed at {found['Load/hash']['MB/s']:,.0f} MB/s"],
        ["resident memory / size of the file", f"≤ {times(RESIDENT)}", times(load["resident/file"])],
    ]  # fmt: skip
