"""What was found of a list in texts: a row for each hit, so that texts without one cost nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from gristmill.text.flat import Offsets
from gristmill.text.jit import part

_ROOM = 1024


class Hits(NamedTuple):
    """Text `rows[k]` has entry `entries[k]` of the list at `data[starts[k]:stops[k]]`; rows ascend."""

    rows: Offsets
    starts: Offsets
    stops: Offsets
    entries: Offsets

    def counts(self, texts: int) -> Offsets:
        """The number of hits of each text."""
        return np.bincount(self.rows, minlength=texts)


@part
def keep_hit(out: Offsets, total: int, row: int, start: int, stop: int, entry: int) -> int:
    """Write a hit down where there is room; the number of hits with it."""
    if total < out.shape[1]:
        out[0, total] = row
        out[1, total] = start
        out[2, total] = stop
        out[3, total] = entry
    return total + 1


@part
def is_kept(out: Offsets, first: int, total: int, entry: int) -> bool:
    """Whether one of the hits from `first` on is of this entry already."""
    kept = False
    for k in range(first, min(total, out.shape[1])):
        kept |= out[3, k] == entry
    return kept


def collected(find: Callable[[Offsets], int]) -> Hits:
    """The hits that a kernel writes into the array it is given, asked again with more room where it was too small.

    It returns how many there are, or a number above that where there was not room to tell.
    """
    room = _ROOM
    while True:
        out = np.empty((4, room), np.int64)
        total = find(out)
        if total <= room:
            return Hits(*out[:, :total])
        room = total
