"""Which hashes may come more than once, and how often at most: a few bits of each are counted, without a branch."""

from __future__ import annotations

import numpy as np

from gristmill.text.flat import Bytes
from gristmill.text.jit import part, small_part

MANY = 255  # as far as a byte counts
_MARKS = 8  # for each hash: so many that few share one by chance


def marks_for(entries: int) -> int:
    """How many marks `unmarked` needs for so many entries or fewer."""
    return 1 << max(4, int(_MARKS * entries - 1).bit_length())


@part
def unmarked(marks: Bytes, entries: int) -> np.uint64:
    """Have no mark counted of those that `entries` need; returns the shift that makes a mark of a hash."""
    bits = 4
    while (1 << bits) < _MARKS * entries:
        bits += 1
    for mark in range(np.uint64(1 << bits)):
        marks[mark] = 0
    return np.uint64(64 - bits)


@small_part
def count_mark(marks: Bytes, mark: np.uint64) -> None:
    """Count a mark: up to MANY, and without a branch."""
    count = marks[mark]
    marks[mark] = count + np.uint8(count < MANY)
