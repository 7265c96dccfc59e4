"""Base models, as runs need them."""

from contextlib import contextmanager
from functools import partial

import torch
import transformers
from torch.utils.checkpoint import checkpoint
from transformers.modeling_layers import GradientCheckpointingLayer

from .arithmetic import PRECISIONS, QUANTIZATIONS

transformers.utils.logging.disable_progress_bar()

FORM = ["model", "precision", "quantization", "attention"]  # what of a request a base depends on


class Bases:
    """Keeps the base model of the last run, which serves the next ones."""

    def __init__(self, channel, device):
        self.channel, self.device = channel, device
        self.drop()

    def drop(self):
        self.form = self.model = None

    def load(self, request):
        form = [request[key] for key in FORM]
        if form != self.form:
            self.drop()  # makes room
            self.channel.send("working", what=f"loading {request['model']}")
            self.model, self.form = loaded(request, self.device), form
        return self.model


def loaded(request, device):
    precision, how = PRECISIONS[request["precision"]], {}
    if request["attention"] != "default":
        how["attn_implementation"] = request["attention"]
    if device.type != "cpu":
        how["device_map"] = {"": str(device)}
    if quantized := QUANTIZATIONS[request["quantization"]]:
        if "load_in_4bit" in quantized:
            quantized = quantized | {"bnb_4bit_compute_dtype": precision.computes}
        how["quantization_config"] = transformers.BitsAndBytesConfig(**quantized)
    model = transformers.AutoModelForCausalLM.from_pretrained(
        request["model"], dtype=precision.weights, local_files_only=True, **how
    )
    if precision.products:
        model.forward = torch.autocast(device.type, precision.products)(model.forward)
    model.eval().requires_grad_(False)  # no dropout of its own
    if quantized and device.type == "cpu":
        on_a_cpu(model)
    return model


BLOCK = 64  # of weights with 4 bits that share a scale


def on_a_cpu(model):
    """Mends what bitsandbytes 0.50 and PEFT 0.21 do to quantized weights on a CPU."""
    import bitsandbytes

    for name, m in model.named_modules():
        if isinstance(m, bitsandbytes.nn.Linear4bit):
            m.training = True  # otherwise it packs weights for inference, which then give no gradient
            if m.in_features % BLOCK:
                raise ValueError(
                    f"quantization: {name} has {m.in_features} inputs: must be a multiple of {BLOCK} for 4 bits on a "
                    "CPU, where bitsandbytes rounds others wrongly"
                )
        elif isinstance(m, bitsandbytes.nn.Linear8bitLt):
            m.init_8bit_state()
            # For DoRA, PEFT moves weights to the device where they are, and their scales are lost.
            m.register_forward_pre_hook(lambda m, _: setattr(m.weight, "CB", None))


@contextmanager
def checkpointed(model, wanted):
    """Lets layers keep their inputs alone, and compute the rest again on the way back."""
    layers = [m for m in model.modules() if isinstance(m, GradientCheckpointingLayer)] if wanted else []
    if wanted and not layers:
        raise ValueError("gradient_checkpointing true: transformers has none for this model: must be false")
    for layer in layers:
        layer.forward = partial(checkpoint, layer.forward, use_reentrant=False, preserve_rng_state=False)
    try:
        yield
    finally:
        for layer in layers:
            del layer.forward
