"""What of an older text a newer one leaves out, so that the newer need not be kept: it is made again from the older."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gristmill.text.copying import copied_wide
from gristmill.text.flat import Bytes, Flat, Offsets, unwritten
from gristmill.text.jit import kernel, part
from gristmill.text.many_bytes import WIDE, bits_of, block_of, first_set, where, wide_enough
from gristmill.text.same_bytes import same_from

Places = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]

_SAMPLE = 8
"""Bytes by which to find where a text goes on behind a stretch that it leaves out."""

_PER_STRETCH = 16
"""Bytes of a text for each stretch, at least: a text of more stretches is shorter than these."""

_FARTHEST = np.iinfo(np.int32).max


class Deletions(NamedTuple):
    """Row `i` leaves out bytes `places[n]` to `places[n + 1]` of its older text, for every second n from `bounds[i]` to
    `bounds[i + 1]`: ascending, none over another. It is not `told` where it is more than the older text without some.
    """

    told: Mask
    bounds: Offsets
    places: Places


@part
def _found(old: Bytes, at: int, stop: int, new: Bytes, j: int, size: int) -> int:
    """Where `new[j : j + size]` stands first in `old[at:stop]`, -1 where it does not."""
    end = size - 1
    while at + size <= stop:
        first, last = block_of(old, at), block_of(old, at + end)
        marks = bits_of(where(old, first, new[np.uint64(j)]), first, at, stop - end)
        marks &= bits_of(where(old, last, new[np.uint64(j + end)]), last, at + end, stop)
        while marks:
            here = at + first_set(marks)
            marks &= marks - np.uint64(1)
            same = True
            for k in range(1, end):
                same &= old[np.uint64(here + k)] == new[np.uint64(j + k)]
            if same:
                return here
        at += WIDE
    return -1


@kernel
def _deletions(old: Bytes, olds: Offsets, new: Bytes, news: Offsets, told: Mask, bounds: Offsets) -> Places:
    places = np.empty(2 * ((news[-1] - news[0]) // _PER_STRETCH + len(told)), np.int32)
    found = 0
    for row in range(len(told)):
        begin, most = found, found + 2 * ((news[row + 1] - news[row]) // _PER_STRETCH + 1)
        first, i_stop = olds[row], olds[row + 1]
        i, j, j_stop = first, news[row], news[row + 1]
        while told[row]:
            same = same_from(old, i, i_stop, new, j, j_stop)
            i, j = i + same, j + same
            if i == i_stop and j == j_stop:
                break
            goes_on = i_stop if j == j_stop else _found(old, i + 1, i_stop, new, j, min(_SAMPLE, j_stop - j))
            if goes_on < 0 or found == most or goes_on - first > _FARTHEST:
                told[row] = False
                found = begin
            else:
                places[found], places[found + 1] = i - first, goes_on - first
                found += 2
                i = goes_on
        bounds[row + 1] = found
    return places[:found]


def deletions(older: pa.Array, newer: pa.Array, old: Flat, new: Flat) -> Deletions:
    """What each text of `newer` leaves out of that of `older`, given both also as flat arrays."""
    told = np.ones(len(newer), np.bool_)
    for texts in (older, newer):
        if texts.null_count:
            told &= texts.is_valid().to_numpy(zero_copy_only=False)
    bounds = np.zeros(len(newer) + 1, np.int64)
    places = _deletions(wide_enough(old.data), old.offsets, wide_enough(new.data), new.offsets, told, bounds)
    return Deletions(told, bounds, places)


@kernel
def _made(
    old: Bytes,
    olds: Offsets,
    whole: Bytes,
    wholes: Offsets,
    told: Mask,
    bounds: Offsets,
    places: Places,
    ends: Offsets,
) -> Bytes:
    for row in range(len(told)):
        size = wholes[row + 1] - wholes[row]
        if told[row]:
            size = olds[row + 1] - olds[row]
            for n in range(bounds[row], bounds[row + 1], 2):
                size -= places[n + 1] - places[n]
        ends[row + 1] = ends[row] + size
    out = np.empty(ends[-1] + WIDE, np.uint8)
    for row in range(len(told)):
        at = ends[row]
        if told[row]:
            begin = olds[row]
            for n in range(bounds[row], bounds[row + 1], 2):
                at = copied_wide(old, begin, olds[row] + places[n], out, at)
                begin = olds[row] + places[n + 1]
            copied_wide(old, begin, olds[row + 1], out, at)
        else:
            copied_wide(whole, wholes[row], wholes[row + 1], out, at)
    return out[: ends[-1]]


def made_again(old: Flat, whole: Flat, gone: Deletions, known: Mask) -> pa.Array:
    """The texts that leave out so much of the older ones; where that is not told, those of `whole`.

    Null where they are not `known`.
    """
    ends = np.zeros(len(known) + 1, np.int64)
    data = _made(*old, *whole, gone.told, unwritten(gone.bounds), unwritten(gone.places), ends)
    valid = None if known.all() else pa.py_buffer(np.packbits(known, bitorder="little"))
    return pa.LargeStringArray.from_buffers(len(known), pa.py_buffer(ends), pa.py_buffer(data), valid)
