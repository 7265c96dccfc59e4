"""Makes the goldens beside it: what PyTorch and PEFT compute with each method on a tiny model.

    python methods.py OUT [CASE ...]

OUT receives, for each case, CASE.safetensors with

    initial/NAME, gradient/NAME    what trains, none of it at its start, and its gradients
    frozen/NAME                    what does not train, for methods that draw such arrays
    logits

and CASE.json with ten steps' losses and norms of gradients under each optimizer, and, for each kind
of array, the root mean square of the entries with which PEFT itself begins. The model is
../peft/testdata/llama3, which has biases; tokens and optimizers are those of generate.py there.
Everything is computed in float32 on one thread.
"""

import os
import sys

import peft
import torch
import transformers
from safetensors.torch import save_file

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "peft", "testdata"))
import generate  # noqa: E402

MODEL = os.path.join(HERE, "..", "peft", "testdata", "llama3")


CASES = {
    "loha": lambda maps: peft.LoHaConfig(r=4, alpha=6, target_modules=maps),
    "lokr": lambda maps: peft.LoKrConfig(r=1, alpha=6, target_modules=maps),
    "lokr-dense": lambda maps: peft.LoKrConfig(r=4, alpha=6, target_modules=maps),
    "lokr-both": lambda maps: peft.LoKrConfig(
        r=2, alpha=6, target_modules=maps, decompose_both=True, decompose_factor=6
    ),
    "vera": lambda maps: peft.VeraConfig(r=5, target_modules=maps),
    "hira": lambda maps: peft.HiraConfig(r=3, target_modules=maps),
    "lora-fa": lambda maps: peft.LoraConfig(r=4, lora_alpha=6, target_modules=maps),
    "pissa": lambda maps: peft.LoraConfig(r=4, lora_alpha=6, target_modules=maps, init_lora_weights="pissa"),
    "olora": lambda maps: peft.LoraConfig(r=4, lora_alpha=6, target_modules=maps, init_lora_weights="olora"),
    "peft-orthogonal": lambda maps: peft.LoraConfig(
        r=4, lora_alpha=6, target_modules=maps, init_lora_weights="orthogonal"
    ),
}
FIXED = {"lora-fa": "lora_A"}  # does not train


def arrays(model):
    """What trains, by the names that Go gives it."""
    return {generate.plain(n): p for n, p in model.named_parameters() if p.requires_grad}


def frozen(model):
    """Frozen arrays that PEFT drew, by the names that Go gives them."""
    found = {generate.plain(n): p for n, p in model.named_parameters() if "lora_A" in n and not p.requires_grad}
    return found | {n: getattr(model, n)["default"] for n in ("vera_A", "vera_B") if hasattr(model, n)}


def kinds(values):
    """Root mean squares by the last part of the name."""
    groups = {}
    for name, p in values.items():
        groups.setdefault(name.removesuffix(".weight").rsplit(".", 1)[-1], []).append(p.detach().flatten())
    return {kind: torch.cat(all).square().mean().sqrt().item() for kind, all in groups.items()}


def adapted(case):
    torch.manual_seed(0)
    model = generate.base(MODEL)
    model = peft.get_peft_model(model, CASES[case](generate.linear_maps(model))).eval()
    for name, p in model.named_parameters():
        p.requires_grad_(p.requires_grad and FIXED.get(case, "none") not in name)
    first = kinds(arrays(model) | frozen(model))
    g = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for _, p in sorted(arrays(model).items()):
            p.add_(0.1 * torch.randn(p.shape, generator=g))
    return model, first


def make(case, out):
    model, first = adapted(case)
    tensors = {"logits": generate.logits(model)}
    generate.loss_of(model).backward()
    for name, p in arrays(model).items():
        tensors[f"initial/{name}"], tensors[f"gradient/{name}"] = p.detach().clone(), p.grad.clone()
    for name, p in frozen(model).items():
        tensors[f"frozen/{name}"] = p.detach().clone().contiguous()
    training = {}
    for optimizer in generate.OPTIMIZERS:
        losses, norms = generate.train(adapted(case)[0], optimizer)
        training[optimizer] = {"losses": losses, "norms": norms}
    save_file(tensors, os.path.join(out, case + ".safetensors"))
    generate.write(os.path.join(out, case + ".json"), {
        "tokens": generate.TOKENS, "labels": generate.LABELS, "first": first, "training": training,
    })


if __name__ == "__main__":
    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for case in sys.argv[2:] or CASES:
        make(case, sys.argv[1])
