"""Trains on the file that bench/step wrote, and prints the time and the losses.
Prints "ready" and waits for a line before the clock starts."""

import argparse
import contextlib
import json
import time

import torch
from safetensors import safe_open
from torch.nn import functional as F


def read(path):
    with safe_open(path, "pt") as f:
        tensors = {name: f.get_tensor(name) for name in f.keys()}
        return tensors, {key: float(value) for key, value in f.metadata().items()}


def build(args, tensors, gamma):
    if args.program == "torch":
        import llama

        return llama.Llama(tensors, gamma, args.merged)
    import hub

    rank = len(tensors["model.layers.0.mlp.up_proj.lora_A.weight"])
    base = hub.saved(args.model) if args.model else hub.llama(tensors)
    return Logits(hub.adapt(base, tensors, rank, gamma))


class Logits(torch.nn.Module):
    """Returns only logits, since the loss is computed in the same way for all programs."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, tokens):
        return self.model(input_ids=tokens).logits


def main():
    p = argparse.ArgumentParser()
    p.add_argument("program", choices=["torch", "peft"])
    p.add_argument("file")
    p.add_argument("--model", help="folder of the model, where the file has no weights")
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--warm", type=int, default=1)
    p.add_argument("--steps", type=int, default=3)
    for flag in ("--compile", "--bf16", "--merged"):
        p.add_argument(flag, action="store_true")
    args = p.parse_args()
    torch.set_num_threads(args.threads)

    tensors, numbers = read(args.file)
    model = build(args, tensors, numbers["gamma"])
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=numbers["lr"], weight_decay=0.0, fused=True)
    tokens, targets = tensors["tokens"].long(), tensors["targets"].long()
    precision = torch.autocast("cpu", torch.bfloat16) if args.bf16 else contextlib.nullcontext()

    def loss_of(x, y):
        return F.cross_entropy(model(x).float().flatten(0, 1), y.flatten())

    if args.compile:
        loss_of = torch.compile(loss_of)
    losses = []

    def step():
        i = len(losses) % len(tokens)
        with precision:
            loss = loss_of(tokens[i], targets[i])
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())

    for _ in range(args.warm):
        step()
    print("ready", flush=True)
    input()
    began = time.perf_counter()
    for _ in range(args.steps):
        step()
    seconds = time.perf_counter() - began
    print(json.dumps({"tokens": args.steps * tokens[0].numel(), "seconds": seconds, "losses": losses}))


if __name__ == "__main__":
    main()
