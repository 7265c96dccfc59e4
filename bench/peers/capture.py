"""A trainer of docs/trainers.md that trains nothing. It keeps the requests of runs with their
files in a folder, so that bench/trainer can send them to other trainers, and fails the runs.
What is measured is what the experiment says but no validation, or gradients alone."""

import json
import os
import shutil
import sys

from safetensors.torch import load_file, save_file

VALIDATION = 1  # the bit in "due"


def say(kind, **fields):
    print(json.dumps({"type": kind} | fields), flush=True)


def keep(request, folder, number, measured):
    arrays = load_file(request["work"])
    arrays["due"] = arrays["due"] & ~VALIDATION if measured else arrays["due"] * 0
    data, work = (os.path.join(folder, f"{number}-{field}.safetensors") for field in ("data", "work"))
    shutil.copy(request["data"], data)
    save_file(arrays, work)
    request |= {"data": data, "work": work, "adapters": ""}
    with open(os.path.join(folder, f"{number}.json"), "w") as f:
        json.dump(request, f)


def main(folder, precision, measured):
    start = json.loads(sys.stdin.readline())
    able = {"optimizers": ["adamw"], "methods": ["lora"], "precisions": [precision], "dropout": False}
    say(
        "ready", protocol=start["protocol"], trainer="capture", versions={"python": sys.version.split()[0]},
        device="cpu", abilities=able,
    )  # fmt: skip
    for number, line in enumerate(sys.stdin):
        keep(json.loads(line), folder, number, measured == "measured")
        say("failed", reason="kept, not trained")


if __name__ == "__main__":
    main(*sys.argv[1:])
