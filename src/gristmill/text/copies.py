"""Which pieces of equal key are copies that go, given all pieces in the order of keys."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.flat import Offsets
from gristmill.text.jit import kernel
from gristmill.text.mixing import Hashes

Mask = npt.NDArray[np.bool_]


@kernel
def _later(keys: Hashes, rows: Offsets, least: int, copies: int, goes: Mask, first: Offsets) -> None:
    begin = 0
    while begin < len(keys):
        end = begin + 1
        different = 1
        while end < len(keys) and keys[end] == keys[begin]:
            different += rows[end] != rows[end - 1]
            end += 1
        for k in range(begin, end):
            goes[k] = different >= least and k >= begin + copies
            first[k] = begin if copies else k
        begin = end


def later_copies(keys: Hashes, rows: Offsets, least: int, copies: int) -> tuple[Mask, Offsets]:
    """Which pieces go where `copies` stay of those that at least `least` rows have, and in favour of which: its index.

    Keys ascend, and rows ascend in a key. With no copies to stay, each goes in favour of itself.
    """
    goes = np.zeros(len(keys), np.bool_)
    first = np.zeros(len(keys), np.int64)
    _later(keys, rows, least, copies, goes, first)
    return goes, first


@kernel
def _earlier(keys: Hashes, most: int, later: Offsets, earlier: Offsets) -> int:
    count = 0
    begin = 0
    for k in range(len(keys)):
        if keys[k] != keys[begin]:
            begin = k
        for n in range(begin, min(begin + most, k)):
            later[count] = k
            earlier[count] = n
            count += 1
        for n in range(max(begin + most, k - most), k):
            later[count] = k
            earlier[count] = n
            count += 1
    return count


def earlier_ones(keys: Hashes, most: int) -> tuple[Offsets, Offsets]:
    """Pairs of indexes: each piece with the first `most` of its key that come before it, and with the last `most`."""
    later = np.empty(2 * most * len(keys), np.int64)
    earlier = np.empty(2 * most * len(keys), np.int64)
    count = _earlier(keys, most, later, earlier) if len(keys) else 0
    return later[:count], earlier[:count]
