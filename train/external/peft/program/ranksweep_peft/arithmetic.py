"""How numbers are stored and multiplied: docs/trainers.md says it of each precision."""

import importlib.util
import os
import sys

import torch

from . import versions


class Precision:
    def __init__(self, weights, products=None, tf32=False):
        self.weights = weights  # what frozen weights are stored in
        self.products = products  # what products are computed in where that is apart, by autocast
        self.tf32 = tf32

    @property
    def computes(self):
        return self.products or self.weights

    @property
    def scaled(self):
        """Whether small gradients would vanish unless the loss is multiplied by something."""
        return self.computes == torch.float16


PRECISIONS = {
    "float32": Precision(torch.float32),
    "tf32": Precision(torch.float32, tf32=True),
    "bf16": Precision(torch.bfloat16, torch.bfloat16),
    "bf16-weights": Precision(torch.bfloat16),
    "bf16-autocast": Precision(torch.float32, torch.bfloat16),
    "fp16": Precision(torch.float16, torch.float16),
}
QUANTIZATIONS = {
    "none": {},
    "int8": {"load_in_8bit": True},
    "nf4": {"load_in_4bit": True, "bnb_4bit_quant_type": "nf4"},
    "nf4-double": {"load_in_4bit": True, "bnb_4bit_quant_type": "nf4", "bnb_4bit_use_double_quant": True},
    "fp4": {"load_in_4bit": True, "bnb_4bit_quant_type": "fp4"},
}
FLASH = "flash_attention_2"
ATTENTIONS = ["default", "eager", "sdpa", FLASH]


def abilities(device):
    """What of these a device can compute, and by field why it lacks the rest."""
    why = {}
    precisions, quantizations, attentions = list(PRECISIONS), list(QUANTIZATIONS), list(ATTENTIONS)
    if not multiplies_tf32(device):
        precisions.remove("tf32")
        why["precision"] = f"{device} has no tf32: NVIDIA GPUs have it from compute capability 8.0 on"
    if missing := versions.optional_problem("bitsandbytes"):
        quantizations, why["quantization"] = ["none"], missing
    if device.type == "cpu":
        attentions.remove(FLASH)
        why["attention"] = f"{FLASH} runs on GPUs alone"
    elif not importlib.util.find_spec("flash_attn"):
        attentions.remove(FLASH)
        why["attention"] = f"flash_attn is missing: {sys.executable} -m pip install flash-attn --no-build-isolation"
    return {
        "precisions": precisions, "quantizations": quantizations, "attentions": attentions,
        "gradient_checkpointing": True, "deterministic": True, "why": why,
    }  # fmt: skip


def multiplies_tf32(device):
    return device.type == "cuda" and torch.version.cuda and torch.cuda.get_device_capability(device) >= (8, 0)


def prepare(request, device):
    """Sets what holds for all products of a run."""
    if request["precision"] not in abilities(device)["precisions"]:  # another device may have it
        raise ValueError(f"precision {request['precision']}: {abilities(device)['why']['precision']}")
    torch.set_float32_matmul_precision("high" if PRECISIONS[request["precision"]].tf32 else "highest")
    torch.use_deterministic_algorithms(request["deterministic"])
    os.environ["FLASH_ATTENTION_DETERMINISTIC"] = "1" if request["deterministic"] else "0"  # transformers reads it


class Scale:
    """A power of two that losses are multiplied by, so that their gradients do not vanish in
    float16. If a gradient is too large for it, the scale is halved and the gradient computed
    again, so that no update is left out. It is 1 under other precisions."""

    LARGEST, CALM = 2.0**16, 2000

    def __init__(self, precision):
        self.now = self.LARGEST if precision.scaled else 1.0
        self.used, self.calm = precision.scaled, 0

    def settled(self, loss, gradients):
        """Divides gradients by the scale. Returns whether they are what they should be: if
        not, the scale has changed."""
        if not self.used:
            return True
        torch._foreach_div_(gradients, self.now)
        if self.now > 1 and loss.isfinite() and not all(g.isfinite().all() for g in gradients):
            self.now, self.calm = self.now / 2, 0
            return False
        self.calm += 1
        if self.calm % self.CALM == 0:
            self.now = min(2 * self.now, self.LARGEST)
        return True

    def gradients(self, loss, arrays):
        """The gradients of a loss, in float32."""
        while True:
            found = torch.autograd.grad(loss * self.now, arrays, retain_graph=self.used)
            found = [g.float() for g in found]
            if self.settled(loss, found):
                return found
