"""How much memory a run takes."""

import ctypes
import os

import torch

STATUS, FORGET = "/proc/self/status", "/proc/self/clear_refs"  # Linux has them


class Meter:
    """Measures the most memory in use at once: of a GPU what PyTorch holds, else of the process."""

    def __init__(self, device):
        self.gpu = device if device.type == "cuda" else None

    def reset(self):
        if self.gpu:
            torch.cuda.reset_peak_memory_stats(self.gpu)
        elif os.path.exists(FORGET):
            trim()
            with open(FORGET, "w") as f:
                f.write("5")

    def peak(self):
        if self.gpu:
            return torch.cuda.max_memory_reserved(self.gpu)
        with open(STATUS) as f:
            return next(int(line.split()[1]) * 1024 for line in f if line.startswith("VmHWM"))

    def capacity(self):
        if self.gpu:
            return torch.cuda.mem_get_info(self.gpu)[1]
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")

    def read(self):
        """What a message says of memory; nothing where nobody knows."""
        if not self.gpu and not os.path.exists(STATUS):
            return {}
        return {"memory": {"peak": self.peak(), "capacity": self.capacity()}}

    def give_back(self):
        trim()
        if self.gpu:
            torch.cuda.empty_cache()


def trim():
    """Gives back what is free of the machine's memory: the C library keeps it, and can often not
    use it for arrays of other sizes."""
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError, TypeError):  # there is only GNU's
        pass


def ran_out(error):
    return isinstance(error, (torch.OutOfMemoryError, MemoryError)) or "can't allocate memory" in str(error)
