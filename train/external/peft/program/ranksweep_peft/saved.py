"""Saves a run between two steps, and brings a fresh one into the state that was saved."""

import json

import torch
from safetensors import safe_open
from safetensors.torch import save_file

from .dropout import positions, rewind


def write(path, step, drops, run):
    """Writes all that the rest of a run depends on: the arrays, what the optimizer remembers,
    the places in random streams, the scale of losses, the next step, and measurements that it
    will report."""
    state = {f"array.{i}": a.value.detach() for i, a in enumerate(run.arrays)}
    state |= {f"optimizer.{name}": value for name, value in run.optimizer.state().items()}
    tensors = {name: v.contiguous() for name, v in state.items() if torch.is_tensor(v)}
    numbers = {name: v for name, v in state.items() if not torch.is_tensor(v)}
    rest = {
        "step": step, "drops": drops, "numbers": numbers, "scale": [run.scale.now, run.scale.calm],
        "streams": positions(run.maps),
    }  # fmt: skip
    save_file(tensors, path, {"run": json.dumps(rest)})


@torch.no_grad()
def read(path, run):
    """Returns the next step, and measurements that it will report."""
    with safe_open(path, "pt") as file:
        rest = json.loads(file.metadata()["run"])
        state = {name: file.get_tensor(name) for name in file.keys()} | rest["numbers"]
    for i, a in enumerate(run.arrays):
        a.value.copy_(state[f"array.{i}"])
    prefix = "optimizer."
    run.optimizer.restore({name[len(prefix) :]: v for name, v in state.items() if name.startswith(prefix)})
    run.scale.now, run.scale.calm = rest["scale"]
    rewind(run.maps, rest["streams"])
    return rest["step"], rest["drops"]
