"""A trainer of docs/trainers.md that trains as a plain script with transformers and PEFT does:
it measures nothing, and says the losses once all steps are done."""

import json
import os
import sys

import torch
from peft import LoraConfig, get_peft_model
from safetensors import safe_open
from torch.nn.functional import cross_entropy
from transformers import AutoModelForCausalLM

IGNORED = -100


def say(out, kind, **fields):
    out.write(json.dumps({"type": kind} | fields) + "\n")
    out.flush()


def batches(request, device):
    """Every step's tokens and labels, padded on the right, so that attention needs no mask."""
    with safe_open(request["data"], "pt") as data, safe_open(request["work"], "pt") as work:
        tokens, targets = data.get_tensor("train.tokens"), data.get_tensor("train.targets")
        starts, order = data.get_tensor("train.starts").tolist(), work.get_tensor("order")
    targets[targets < 0] = IGNORED
    pad = torch.nn.utils.rnn.pad_sequence
    for places in order.view(request["steps"], request["batch"]).tolist():
        parts = [slice(starts[i], starts[i + 1]) for i in places]
        yield (
            pad([tokens[p] for p in parts], batch_first=True).to(device),
            pad([targets[p] for p in parts], batch_first=True, padding_value=IGNORED).to(device),
        )


def adapt(base, request):
    rank, gamma = request["rank"], request["gamma"]
    model = get_peft_model(base, LoraConfig(r=rank, lora_alpha=gamma * rank, target_modules=request["maps"]))
    with torch.no_grad(), safe_open(request["work"], "pt") as work:
        for name, p in model.named_parameters():
            if "lora_A" in name:
                p.copy_(work.get_tensor(name.removeprefix("base_model.model.").replace(".default", "")))
    return model


def train(base, request, out):
    model, c = adapt(base, request), request["optimizer"]
    optimizer = torch.optim.AdamW(
        [p for p in model.parameters() if p.requires_grad], lr=request["rates"]["a"], betas=(c["beta1"], c["beta2"]),
        eps=c["eps"], weight_decay=c["weight_decay"], fused=True,
    )  # fmt: skip
    low = torch.autocast(base.device.type, torch.bfloat16, enabled=request["precision"] == "bf16")
    losses = []
    for tokens, labels in batches(request, base.device):
        with low:
            logits = model(input_ids=tokens, use_cache=False).logits
        loss = cross_entropy(logits.flatten(0, 1).float(), labels.flatten(), ignore_index=IGNORED)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.detach())
    losses = torch.stack(losses).tolist()  # waits for the device
    model.unload()
    for step, loss in enumerate(losses):
        say(out, "step", step=step, values={"train_loss": loss})
    say(out, "step", step=len(losses), values={})
    say(out, "done")


def main():
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no message
    start, base, form = json.loads(sys.stdin.readline()), None, None
    torch.set_num_threads(start["threads"])
    say(out, "ready", protocol=start["protocol"], trainer="plain", versions={}, device=start["device"],
        abilities={"optimizers": ["adamw"], "methods": ["lora"], "precisions": ["float32", "bf16"],
                   "dropout": False})  # fmt: skip
    for line in sys.stdin:
        request = json.loads(line)
        if form != (request["model"], request["precision"]):
            form = request["model"], request["precision"]
            dtype = torch.bfloat16 if request["precision"] == "bf16" else torch.float32
            base = AutoModelForCausalLM.from_pretrained(request["model"], dtype=dtype).to(start["device"])
        train(base, request, out)


if __name__ == "__main__":
    main()
