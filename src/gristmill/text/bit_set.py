"""Small sets of numbers as bits: a look into one that stays in the processor's first cache spares most others."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from gristmill.text.jit import small_part

Bits = npt.NDArray[np.uint64]

_SIX, _LOW = np.uint64(6), np.uint64(63)


@small_part
def is_set(bits: Bits, number: np.uint64) -> bool:
    """Whether the bit of a number is set."""
    return bool(bits[number >> _SIX] >> (number & _LOW) & np.uint64(1))


@small_part
def set_bit(bits: Bits, number: np.uint64) -> None:
    """Set the bit of a number."""
    bits[number >> _SIX] |= np.uint64(1) << (number & _LOW)


def with_bits(numbers: Iterable[int], size: int) -> Bits:
    """`size` bits, those of some numbers set."""
    flags = np.zeros(size, np.bool_)
    flags[list(numbers)] = True
    return np.packbits(flags, bitorder="little").view(np.uint64)
