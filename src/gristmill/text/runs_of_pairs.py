"""Pairs of places that follow each other in two texts alike, made one."""

from __future__ import annotations

import numpy as np

from gristmill.text.flat import Offsets
from gristmill.text.jit import kernel
from gristmill.text.radix import ascending_order

_EACH = 4  # pairs of a bucket, about
_MOVES = 32  # for each pair on average: more would be made only where most places lie close together


@kernel
def _in_buckets(
    places: Offsets, twins: Offsets, bits: int, upto: Offsets, each: int, out: Offsets, out_twins: Offsets
) -> bool:
    """Put pairs into buckets of places that lie close together, and in order there; False where it takes too long.

    `upto` is empty but for zeros, one more than there are rows.
    """
    within = (np.int64(1) << bits) - 1
    low = places[0] >> bits
    for place in places:
        low = min(low, place >> bits)
    for place in places:
        row = (place >> bits) - low
        upto[row + 1] = max(upto[row + 1], (place & within) + 1)
    for row in range(1, len(upto)):
        upto[row] += upto[row - 1]
    shift = 0
    while upto[-1] >> shift > len(places) // each:
        shift += 1
    begins = np.zeros((upto[-1] >> shift) + 2, np.int64)
    for place in places:
        begins[((upto[(place >> bits) - low] + (place & within)) >> shift) + 1] += 1
    for k in range(1, len(begins)):
        begins[k] += begins[k - 1]
    for k in range(len(places)):
        bucket = (upto[(places[k] >> bits) - low] + (places[k] & within)) >> shift
        at = begins[bucket]
        begins[bucket] = at + 1
        out[at], out_twins[at] = places[k], twins[k]
    left = _MOVES * len(places)
    for k in range(1, len(out)):
        place, twin = out[k], out_twins[k]
        at = k
        while at and out[at - 1] > place:
            out[at], out_twins[at] = out[at - 1], out_twins[at - 1]
            at -= 1
        out[at], out_twins[at] = place, twin
        left -= k - at
        if left < 0:
            return False
    return True


def in_order_of_place(places: Offsets, twins: Offsets, bits: int) -> tuple[Offsets, Offsets]:
    """Pairs of places in the order of their first, equal ones as they come.

    A place is (row << bits | where in its text it is), and the rows lie so close together that a number for each costs
    little. It takes half the time of `ascending_order`, which it is where it would not.
    """
    out, out_twins = np.empty(len(places), np.int64), np.empty(len(places), np.int64)
    if len(places):
        low = int(places.min())
        upto = np.zeros((int(places.max()) >> bits) - (low >> bits) + 2, np.int64)
        if not _in_buckets(places, twins, bits, upto, _EACH, out, out_twins):
            order = ascending_order(places - low)
            return places[order], twins[order]
    return out, out_twins


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
