"""The page that bench/compare prints."""

from . import cost, grid, sgemm, step, tools
from .tools import times

HOW = """\
`bench/compare` printed this page: the same work was done by ranksweep and by other programs, in one go on one machine.
CONTRIBUTING.md says how to run it. Ratios are of two rates measured side by side; absolute figures are valid only for
this machine."""


def goals(found):
    """The table of targets: what, target, measured."""
    kernel = found["kernel"]
    lines = sgemm.summary(found["sgemm"], kernel).values()
    s = found["step"]
    low, high, ours, theirs = step.steepness(s, "float32")
    span = lambda values: f"{min(values):.2f} to {max(values):.2f}"
    rows = [
        ["Sgemm of one thread, share of the micro-kernel's peak", "≥ 0.90", span([x["share"] for x in lines])],
        ["the same, against OpenBLAS", "≥ 1.0×", span([x["ratio"]["OpenBLAS"] for x in lines]) + "×"],
        ["the same, against torch.mm", "", span([x["ratio"]["torch"] for x in lines]) + "×"],
        ["the same, against gonum", "", span([x["ratio"]["gonum"] for x in lines]) + "×"],
    ]
    for rank in s["ranks"]:
        what, target = f"a step in float32 at r = {rank}, share of the peak per core", step.SHARES.get(rank)
        rows.append([what, f"≥ {target:.2f}" if target else "", f"{step.share(s, rank):.2f}"])
    ratios = "≥ {}×" if step.full_rate(s) else "≥ {}× at full rate"
    for counts, targets in step.TARGETS.items():
        for rank in s["ranks"]:
            if rank in targets and any(c.counts == counts for c in s["contenders"]):
                what = f"tokens/s in {counts} at r = {rank}, against their best {counts}"
                rows.append([what, ratios.format(targets[rank]), step.show_ratio(step.ratio(s, rank, counts))])
    target = "≤ 3×" if (low, high) == (8, 2048) else ""
    rows.append([f"a step at r = {high} against r = {low}", target, f"{times(ours)} (theirs: {times(theirs)})"])
    worst = max(step.worst(s, r) for r in s["ranks"])
    rows.append(["largest difference of their float32 losses from ours", "≤ 1e-3", f"{worst:.1e}"])
    g = found["grid"]
    scale = "" if g["scale"] == "full" else f" ({g['scale']} cut)"
    ratio = times(g["theirs"] / g["ours"])
    rows.append([f"`paper-fig2-3` against two PEFT processes{scale}", f"≥ {grid.TARGET}×", ratio])
    rows.append(["heap allocations per step", "0", max(found["cost"]["allocations"].values())])
    beyond = span([cost.beyond(m) for m in found["cost"]["memory"]])
    rows.append(["memory of one more run, measured / counted", "0.90 to 1.10", beyond])
    if found["quickstart"]:
        rows.append(["`go run ./cmd/sweep run quickstart`", "< 90 s", f"{found['quickstart']:.0f} s"])
    return tools.table(["what", "target", "measured"], rows)


def page(found):
    model, sets = found["cpu"]
    facts = [
        ["date", found["date"]],
        ["form", found["form"]],
        ["took", found["took"]],
        ["CPU", f"{model}, {found['lent']} cores lent, two used"],
        ["instruction sets", ", ".join(sets)],
        ["our kernel", found["kernel"]],
        ["AVX-512 at full rate", "yes" if step.full_rate(found["step"]) else "no"],
        ["load before", found["load"]],
        *([name, version] for name, version in found["versions"].items()),
        ["OpenBLAS", found["sgemm"]["OpenBLAS"]],
    ]
    parts = [
        "# Side by side", HOW, tools.table(["", ""], facts), "## Against the targets", goals(found),
        sgemm.text(found["sgemm"], found["kernel"]), step.text(found["step"]), grid.text(found["grid"]),
        cost.text(found["cost"]),
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"
