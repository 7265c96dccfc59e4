"""Trains the runs of a grid with PEFT, two at a time, on the material that
bench/material wrote: the same batches in the same order, and the same first A."""

import json
import math
import multiprocessing
import os
import sys
import time

import torch
from safetensors.torch import load_file
from torch.nn import functional as F

import hub


def sequences(tensors):
    lengths = tensors["lengths"].long().tolist()
    return list(zip(tensors["tokens"].long().split(lengths), tensors["targets"].long().split(lengths)))


def padded(part):
    """Pads on the right, so that causal attention needs no mask."""
    x, y = zip(*part)
    pad = torch.nn.utils.rnn.pad_sequence
    return pad(x, batch_first=True), pad(y, batch_first=True, padding_value=-1)


def loss_of(model, batch, reduction="mean"):
    logits = model(input_ids=batch[0]).logits
    return F.cross_entropy(logits.flatten(0, 1), batch[1].flatten(), ignore_index=-1, reduction=reduction)


@torch.no_grad()
def validate(model, batches):
    total = sum(loss_of(model, b, "sum").item() for b in batches)
    return total / sum((y >= 0).sum().item() for _, y in batches)


def train(job):
    folder, run = job
    c, size = run["config"], run["config"]["train"]["batch"]
    torch.manual_seed(c["seed"])
    base = hub.saved(f"{folder}/model")
    tensors = load_file(f"{folder}/seed-{c['seed']}.safetensors")
    model = hub.adapt(base, tensors, c["adapter"]["rank"], run["gamma"])
    rows, held = sequences(tensors), sequences(load_file(f"{folder}/validation.safetensors"))
    val = [padded(held[i : i + size]) for i in range(0, len(held), size)]
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=c["train"]["lr"], weight_decay=0.0, fused=True)
    curve = {"train_loss": [], "grad_norm": [], "val_loss": []}
    steps, every = c["train"]["steps"], c["measure"]["eval_every"]
    for step in range(steps):
        if step % every == 0:
            curve["val_loss"].append(validate(model, val))
        loss = loss_of(model, padded(rows[step * size : (step + 1) * size]))
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(trained, math.inf)
        optimizer.step()
        optimizer.zero_grad()
        curve["train_loss"].append(loss.item())
        curve["grad_norm"].append(norm.item())
    curve["val_loss"].append(validate(model, val))
    return run["id"], curve


def main(folder):
    with open(f"{folder}/grid.json") as f:
        runs = sorted(json.load(f)["runs"], key=lambda r: -r["flops"])
    began = time.perf_counter()
    context = multiprocessing.get_context("spawn")
    with context.Pool(2, torch.set_num_threads, (1,)) as pool:
        curves = dict(pool.imap_unordered(train, [(folder, r) for r in runs], chunksize=1))
    print(json.dumps({"seconds": time.perf_counter() - began, "curves": curves}))


if __name__ == "__main__":
    os.environ["OMP_NUM_THREADS"] = "1"
    main(sys.argv[1])
