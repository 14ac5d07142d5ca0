"""Eight bytes of a text at a time, as one word: what a kernel skips without looking at each."""

from __future__ import annotations

import numpy as np
from numba.cpython.unsafe.numbers import trailing_zeros

from gristmill.text.flat import Bytes
from gristmill.text.jit import small_part

_ONES = np.uint64(0x0101010101010101)
HIGH = np.uint64(0x8080808080808080)
"""The highest bit of each byte."""
SPACES = np.uint64(0x2020202020202020)
"""The bit of each byte that a lower case letter has, and a space."""
_LOW = ~HIGH


@small_part
def eight(data: Bytes, at: int) -> np.uint64:
    """The bytes `data[at:at + 8]`, little-endian; all of them must be there."""
    word = np.uint64(0)
    first = np.uint64(at)  # an index without a sign needs no wrapping round, so LLVM makes one load of these
    for k in range(8):
        word |= np.uint64(data[first + np.uint64(k)]) << np.uint64(8 * k)
    return word


@small_part
def put_eight(data: Bytes, at: int, word: np.uint64) -> None:
    """Write eight bytes, little-endian; there must be room for all of them."""
    first = np.uint64(at)
    for k in range(8):
        data[first + np.uint64(k)] = np.uint8((word >> np.uint64(8 * k)) & np.uint64(255))


@small_part
def is_printable(word: np.uint64) -> bool:
    """Whether all eight bytes are printable ASCII or DEL."""
    return bool(((word - SPACES) | word) & HIGH == np.uint64(0))


@small_part
def has(word: np.uint64, byte: int) -> bool:
    """Whether one of the eight bytes is `byte` (Mycroft's test for a zero byte)."""
    other = word ^ (np.uint64(byte) * _ONES)
    return bool((other - _ONES) & ~other & HIGH != np.uint64(0))


@small_part
def ascii_only(word: np.uint64) -> bool:
    """Whether all eight bytes are ASCII."""
    return bool(word & HIGH == np.uint64(0))


@small_part
def equal(word: np.uint64, byte: int) -> np.uint64:
    """The highest bit of each byte that is `byte`."""
    other = word ^ (np.uint64(byte) * _ONES)
    return ~((other & _LOW) + _LOW | other) & HIGH


@small_part
def at_least(word: np.uint64, byte: int) -> np.uint64:
    """The highest bit of each byte whose lower seven bits are `byte` or more (`byte` is 1 to 127)."""
    return ((word & _LOW) + np.uint64(0x80 - byte) * _ONES) & HIGH


@small_part
def numerals_in(word: np.uint64) -> np.uint64:
    """The highest bit of each byte that is an ASCII digit."""
    return at_least(word, 0x30) & ~at_least(word, 0x3A) & ~word


@small_part
def letters_in(word: np.uint64) -> np.uint64:
    """The highest bit of each byte that is an ASCII letter."""
    folded = word | SPACES
    return at_least(folded, 0x61) & ~at_least(folded, 0x7B) & ~word


@small_part
def how_many(marks: np.uint64) -> int:
    """Of how many bytes the highest bit is set, where no other is."""
    return int(np.int64((marks >> np.uint64(7)) * _ONES >> np.uint64(56)))


@small_part
def first_of(marks: np.uint64) -> int:
    """The first byte with its highest bit set, 8 where none has."""
    return int(np.int64(trailing_zeros(marks))) >> 3


@small_part
def first_bytes(size: int) -> np.uint64:
    """All bits of the first bytes, 0 to 8 of them."""
    return (np.uint64(1) << np.uint64(8 * size & 63)) - np.uint64(1) if size < 8 else ~np.uint64(0)
