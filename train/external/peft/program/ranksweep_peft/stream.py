"""Random numbers of Go's math/rand/v2, drawn in parallel on a device."""

import functools
import math

import torch

MULTIPLIER = 2549297995355413924 << 64 | 4865540595714422341
INCREMENT = 6364136223846793005 << 64 | 1442695040888963407
CHEAP = 0xDA942042E4DD58B5
FNV_OFFSET, FNV_PRIME = 0xCBF29CE484222325, 0x100000001B3
LOW = 0xFFFFFFFF
WORD, STATE = 1 << 64, 1 << 128
LANES, ROWS = 1 << 12, 1 << 6  # so many numbers at once stay in a cache


class Stream:
    """PCG-DXSM (O'Neill, www.pcg-random.org) with the multiplier and the seeding of Go's PCG.
    The state begins as the words high and low."""

    def __init__(self, high, low, device):
        self.state, self.device, self.jumps = high << 64 | low, device, jumps()
        self.scales, self.shifts = lanes(device)

    def at_least(self, bound, count):
        """Draws so many numbers from [0, 1), and says which are at least the bound."""
        least, parts = math.ceil(bound * 2**53), []
        for first in range(0, count, LANES * ROWS):
            n = min(count - first, LANES * ROWS)
            parts.append((self.drawn(n) & (2**53 - 1)) >= least)
        return torch.cat(parts)

    def drawn(self, count):
        """The next 64-bit numbers, with the bits of an int64."""
        states = []
        for first in range(0, count, LANES):
            states.append(self.state)
            scale, shift = self.jumps[min(count - first, LANES) - 1]
            self.state = (scale * self.state + shift) % STATE
        high, low = (w[:, None] for w in words(states, self.device))
        return mixed(*plus(*times(high, low, *self.scales), *self.shifts)).flatten()[:count]


@functools.cache
def jumps():
    """State i + 1 after a state is scale·state + shift of element i."""
    scale, shift, all = 1, 0, []
    for _ in range(LANES):
        scale, shift = scale * MULTIPLIER % STATE, (shift * MULTIPLIER + INCREMENT) % STATE
        all.append((scale, shift))
    return all


@functools.cache
def lanes(device):
    """The scales and the shifts of all jumps, as words."""
    return [words(numbers, device) for numbers in zip(*jumps())]


def fnv(text):
    """FNV-1a of 64 bits."""
    h = FNV_OFFSET
    for byte in text:
        h = (h ^ byte) * FNV_PRIME % WORD
    return h


def words(numbers, device):
    """The high and the low words of numbers of 128 bits."""
    return [torch.tensor([signed(n >> shift) for n in numbers], device=device) for shift in (64, 0)]


def signed(n):
    """The int64 with the lowest 64 bits of n."""
    n %= WORD
    return n - WORD if n >= WORD >> 1 else n


def right(x, n):
    """Shifts the bits of x, as one does without a sign."""
    return (x >> n) & ((1 << (64 - n)) - 1)


def times(high, low, by_high, by_low):
    """The lowest 128 bits of a product."""
    a, b, c, d = right(low, 32), low & LOW, right(by_low, 32), by_low & LOW
    bd, ad, bc = b * d, a * d, b * c
    middle = right(bd, 32) + (ad & LOW) + (bc & LOW)
    carried = a * c + right(ad, 32) + right(bc, 32) + right(middle, 32)
    return carried + high * by_low + low * by_high, low * by_low


def plus(high, low, by_high, by_low):
    """The lowest 128 bits of a sum."""
    total, sign = low + by_low, -(1 << 63)
    return high + by_high + ((total ^ sign) < (by_low ^ sign)), total


def mixed(high, low):
    """DXSM: the output of a state."""
    high = (high ^ right(high, 32)) * signed(CHEAP)
    return (high ^ right(high, 48)) * (low | 1)
