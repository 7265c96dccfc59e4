"""Part 1: float32 matrix products, one thread, in rounds."""

from . import tools
from .tools import median, times

QUICK = ["NN/512x512x512", "NT/1024x688x256", "NN/1024x256x688", "TN/688x256x1024"]
LINEAR = [(256, 256), (256, 688), (688, 256), (256, 512), (512, 256), (256, 2048), (2048, 256)]
TOKENS = 1024
ONE = "-test.cpu=1"  # otherwise gonum takes every core


def shapes(quick):
    """512³, and the products of linear maps, forward and backward: those of the
    model, and of adapters that are wide enough to matter."""
    if quick:
        return QUICK
    found = ["NN/512x512x512"]
    for n, m in LINEAR:
        found += [f"NT/{TOKENS}x{m}x{n}", f"NN/{TOKENS}x{n}x{m}", f"TN/{m}x{n}x{TOKENS}"]
    return list(dict.fromkeys(found))


def ours(binary, chosen, seconds):
    """Our kernels and gonum, by shape and name; peaks by kernel."""
    sizes = "|".join(sorted({s.split("/")[1] for s in chosen}))
    found = tools.benchmarks(binary, f"^BenchmarkSgemm$/^(NN|NT|TN)$/^({sizes})$", f"-test.benchtime={seconds}s", ONE)
    rates = {s: {} for s in chosen}
    for name, values in found.items():
        shape, _, who = name.removeprefix("Sgemm/").rpartition("/")
        if shape in rates:
            rates[shape][who] = values["GFLOPS"]
    return rates, peaks(binary, seconds)


def peaks(binary, seconds):
    found = tools.benchmarks(binary, "^BenchmarkTile$", f"-test.benchtime={seconds}s", ONE)
    return {name.removeprefix("Tile/"): v["GFLOPS"] for name, v in found.items()}


def peer(python, library, chosen, seconds, **env):
    command = [python, "bench/peers/sgemm.py", library, str(seconds), *chosen]
    found = tools.json.loads(tools.output(command, **tools.threads(1), **env))
    return found["version"], found["gflops"]


def openblas(python, chosen, seconds, flags):
    """The better of two: the kernel that OpenBLAS chooses and, if the CPU has AVX-512,
    its kernel for AVX-512, which it does not choose on every AMD CPU."""
    tried = [peer(python, "openblas", chosen, seconds)]
    if "avx512f" in flags and "Skylake" not in tried[0][0]:
        tried.append(peer(python, "openblas", chosen, seconds, OPENBLAS_CORETYPE="SKYLAKEX"))
    names = " or ".join(name for name, _ in tried)
    return names, {s: max(rates[s] for _, rates in tried) for s in chosen}


def measure(python, binary, flags, quick):
    chosen, rounds, seconds = shapes(quick), 3, (0.1 if quick else 0.25)
    found = {"rounds": [], "shapes": chosen}
    for _ in range(rounds):
        rates, peak = ours(binary, chosen, seconds)
        found["OpenBLAS"], blas = openblas(python, chosen, seconds, flags)
        found["torch"], mm = peer(python, "torch", chosen, seconds)
        for s in chosen:
            rates[s] |= {"OpenBLAS": blas[s], "torch": mm[s]}
        found["rounds"].append({"rates": rates, "peak": peak})
    return found


def summary(found, kernel):
    """For each shape the medians over rounds: the rates, our share of the peak, and the
    ratio of our rate to each other's."""
    lines = {}
    for s in found["shapes"]:
        rounds = [(r["rates"][s], r["peak"][kernel]) for r in found["rounds"]]
        lines[s] = {
            "rates": {who: median([r[who] for r, _ in rounds]) for who in rounds[0][0]},
            "share": median([r[kernel] / peak for r, peak in rounds]),
            "ratio": {who: median([r[kernel] / r[who] for r, _ in rounds]) for who in rounds[0][0]},
        }
    return lines


def text(found, kernel):
    lines = summary(found, kernel)
    peak = {k: median([r["peak"][k] for r in found["rounds"]]) for k in found["rounds"][0]["peak"]}
    who = list(next(iter(lines.values()))["rates"])
    others = [w for w in who if w not in peak]
    rows = []
    for s, line in lines.items():
        rates = [f"{line['rates'][w]:.1f}" for w in who]
        rows.append([s, *rates, f"{line['share']:.2f}", *(times(line["ratio"][w]) for w in others)])
    rows.append(["peak", *(f"{peak[w]:.1f}" if w in peak else "" for w in who), "1", *("" for _ in others)])
    return "\n\n".join([
        "## Products",
        tools.filled(
            f"GFLOPS of float32 products m×n×k on one thread, medians of {len(found['rounds'])} rounds. The first"
            " letter is for A and the second for B: T means stored transposed, N means not. The peak is the rate"
            f" of the micro-kernel alone, on data in the L1 cache. OpenBLAS is {found['OpenBLAS']}; torch.mm is the"
            f" product of MKL or oneDNN in torch {found['torch']}."
        ),
        tools.table(["shape", *who, f"{kernel}, share of peak", *(f"{kernel} over {w}" for w in others)], rows),
    ])  # fmt: skip
