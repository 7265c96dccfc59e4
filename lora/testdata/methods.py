"""Makes the goldens beside it: what PyTorch and PEFT compute with each method on a tiny model.

    python methods.py OUT [CASE ...]

OUT receives, for each case, CASE.safetensors with

    initial/NAME, gradient/NAME    what trains, none of it at its start, and its gradients
    frozen/NAME                    what does not train, for methods that draw such arrays
    logits

and CASE.json with ten steps' losses and norms of gradients under each optimizer, and, for each kind
of array, the root mean square of the entries with which PEFT itself begins. adalora.json has in addition,
as budget, which singular values PEFT keeps after each step of a training under a budget. The model is
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
    # Without a task, PEFT leaves the penalty out of the loss.
    "adalora": lambda maps: peft.AdaLoraConfig(
        init_r=4, lora_alpha=6, target_modules=maps, task_type="CAUSAL_LM", **BUDGET, **MEANS
    ),
}
BUDGET = {"target_r": 2, "tinit": 2, "tfinal": 4, "deltaT": 2, "total_step": 16}
MEANS = {"beta1": 0.85, "beta2": 0.8, "orth_reg_weight": 0.3}
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


def budget():
    """Which singular values AdaLoRA has kept after each step of AdamW, and the losses before it. GAP is by how
    much, relative to itself, the lowest score that was kept is above the highest that was not, the least of all
    cuts; where it is small, rounding could change what is kept."""
    model = adapted("adalora")[0]
    allocator, gaps = model.base_model.rankallocator, []
    kth = torch.kthvalue

    def kthvalue(scores, k):
        found = kth(scores, k)
        above = scores[scores > found[0]].min()
        gaps.append((above / found[0] - 1).item())
        return found

    torch.kthvalue = kthvalue
    trained = [p for p in model.parameters() if p.requires_grad]
    step = torch.optim.AdamW(trained, lr=1e-2, weight_decay=0)
    losses, kept = [], []
    for i in range(BUDGET["total_step"]):
        step.zero_grad()
        loss = generate.loss_of(model)
        loss.backward()
        losses.append(loss.item())
        step.step()
        model.base_model.update_and_allocate(i)
        pattern = allocator.peft_config.rank_pattern or {}
        kept.append({generate.plain(n): "".join(".+"[k] for k in row) for n, row in pattern.items()})
    torch.kthvalue = kth
    return {"losses": losses, "kept": kept, "gap": min(gaps)}


def schedules():
    """Budgets of many schedules, each [init, target, tinit, tfinal, steps] for one map and the budget of each step."""
    model, all = adapted("adalora")[0], []
    allocator = model.base_model.rankallocator
    c = allocator.peft_config
    for case in [(12, 8, 0, 0, 10), (128, 1, 3, 7, 100), (27, 0, 0, 0, 3), (1000, 1, 5, 50, 500), (64, 64, 1, 1, 9),
                 (6144, 768, 20, 40, 250), (512, 256, 10, 0, 60)]:
        allocator.init_bgt, allocator.target_bgt, c.tinit, c.tfinal, c.total_step = case
        all.append({"of": case, "budgets": [allocator.budget_schedule(i)[0] for i in range(case[4])]})
    return all


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
    golden = {"tokens": generate.TOKENS, "labels": generate.LABELS, "first": first, "training": training}
    if case == "adalora":
        golden |= {"budget": budget(), "schedules": schedules()}
    generate.write(os.path.join(out, case + ".json"), golden)


if __name__ == "__main__":
    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for case in sys.argv[2:] or CASES:
        make(case, sys.argv[1])
