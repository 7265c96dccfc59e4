"""The devices that this program finds, and the one that it trains on."""

import os
import platform
import re

import torch


def problem(name):
    """Says why there is no such device. Empty if there is."""
    if not re.fullmatch(r"cpu|cuda:\d+", name):
        return f"device {name}: must be cpu or cuda:N, where N is 0 for the first GPU"
    if name == "cpu" or int(name[5:]) < torch.cuda.device_count():
        return ""
    return (
        f"device {name}: PyTorch {torch.__version__} finds {', '.join(found())} alone: take one of these, or install "
        "the PyTorch for your GPU as pytorch.org says"
    )


def found():
    return ["cpu"] + [f"cuda:{i} {torch.cuda.get_device_name(i)}" for i in range(torch.cuda.device_count())]


def prepare(name, threads):
    """Makes the device ready. Returns it."""
    os.environ["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8"  # without it cuBLAS has no deterministic algorithms
    torch.set_num_threads(threads)
    device = torch.device(name)
    if device.type == "cuda":
        torch.cuda.set_device(device)
    return device


def described(device, threads):
    """A device in words. Two GPUs of one kind have the same."""
    if device.type == "cpu":
        return f"cpu {platform.machine()}, {threads} threads"
    return f"{torch.cuda.get_device_name(device)}, CUDA {torch.version.cuda or torch.version.hip}"
