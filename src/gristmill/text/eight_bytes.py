"""Eight bytes of a text at a time, as one word: what a kernel skips without looking at each."""

from __future__ import annotations

import numpy as np

from gristmill.text.flat import Bytes
from gristmill.text.jit import small_part

_ONES = np.uint64(0x0101010101010101)
_HIGH = np.uint64(0x8080808080808080)
_SPACES = np.uint64(0x2020202020202020)


@small_part
def eight(data: Bytes, at: int) -> np.uint64:
    """The bytes `data[at:at + 8]`, little-endian; all of them must be there."""
    word = np.uint64(0)
    first = np.uint64(at)  # an index without a sign needs no wrapping round, so LLVM makes one load of these
    for k in range(8):
        word |= np.uint64(data[first + np.uint64(k)]) << np.uint64(8 * k)
    return word


@small_part
def is_printable(word: np.uint64) -> bool:
    """Whether all eight bytes are printable ASCII or DEL."""
    return bool(((word - _SPACES) | word) & _HIGH == np.uint64(0))


@small_part
def has(word: np.uint64, byte: int) -> bool:
    """Whether one of the eight bytes is `byte` (Mycroft's test for a zero byte)."""
    other = word ^ (np.uint64(byte) * _ONES)
    return bool((other - _ONES) & ~other & _HIGH != np.uint64(0))
