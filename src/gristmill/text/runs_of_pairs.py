"""Pairs of places that follow each other in two texts alike, made one."""

from __future__ import annotations

import numpy as np

from gristmill.text.flat import Offsets
from gristmill.text.jit import kernel
from gristmill.text.radix import ascending_order


@kernel
def _flattened(rows: Offsets, starts: Offsets, room: Offsets, out: Offsets) -> None:
    """Numbers that ascend as (row, start) do and are as small as they can be, for rows below `len(room) - 1`."""
    for k in range(len(rows)):
        room[rows[k] + 1] = max(room[rows[k] + 1], starts[k] + 1)
    for row in range(1, len(room)):
        room[row] += room[row - 1]
    for k in range(len(rows)):
        out[k] = room[rows[k]] + starts[k]


def in_order_of_place(rows: Offsets, starts: Offsets) -> Offsets:
    """The order in which places ascend, by row and start, equal ones as they come; rows are few and not negative."""
    out = np.empty(len(rows), np.int64)
    if len(rows):
        _flattened(rows, starts, np.zeros(int(rows.max()) + 2, np.int64), out)
    return ascending_order(out)


@kernel
def _merge(places: Offsets, twins: Offsets, alike: int, first: Offsets, stops: Offsets) -> int:
    count = 0
    before = begin = 0  # from `before` to `begin` are the pairs of the place before
    run = np.empty(len(places), np.int64)  # of each pair, which of those that are given it belongs to
    for k in range(len(places)):
        if places[k] != places[begin]:
            before, begin = begin, k
        run[k] = -1
        if places[k] - places[before] <= alike:
            for n in range(before, begin):
                if twins[k] - places[k] == twins[n] - places[n]:
                    run[k] = run[n]
                    break
        if run[k] < 0:
            run[k] = count
            first[count] = k
            count += 1
        stops[run[k]] = places[k] + alike
    return count


def merged_pairs(places: Offsets, twins: Offsets, alike: int) -> tuple[Offsets, Offsets]:
    """The first pair of each run of pairs, and up to where it is known that what follows its place is alike.

    `alike` bytes are the same from the two places of each pair on. Places ascend. A pair belongs to the run of one of
    the place before it, where both of its places are as far from those of that one, and no further than `alike`.
    """
    first, stops = np.empty(len(places), np.int64), np.empty(len(places), np.int64)
    count = _merge(places, twins, alike, first, stops) if len(places) else 0
    return first[:count], stops[:count]
