"""Texts written anew without some stretches of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gristmill.text.copying import copied
from gristmill.text.flat import Bytes, Flat, Offsets
from gristmill.text.jit import kernel, part
from gristmill.text.many_bytes import WIDE, first_bits, how_many_set, where, where_of

Counts = npt.NDArray[np.int64]


@part
def _solid(data: Bytes, start: int, stop: int) -> int:
    """Bytes that are no ASCII white space."""
    count = stop - start
    at = start
    while at < stop and at + WIDE <= len(data):
        white = where(data, at, 0x20) | where_of(data, at, 0x09, 5)
        count -= how_many_set(white & first_bits(min(stop - at, WIDE)))
        at += WIDE
    while at < stop:
        count -= data[at] == 0x20 or 0x09 <= data[at] <= 0x0D
        at += 1
    return count


@kernel
def _without(
    data: Bytes, offsets: Offsets, rows: Offsets, starts: Offsets, stops: Offsets, bounds: Offsets, counts: Counts
) -> tuple[Bytes, Offsets]:
    room = 0
    for row in rows:
        room += offsets[row + 1] - offsets[row]
    out = np.empty(room, np.uint8)
    ends = np.zeros(len(rows) + 1, np.int64)
    at = 0
    for k in range(len(rows)):
        begin, stop = offsets[rows[k]], offsets[rows[k] + 1]
        done = begin
        for n in range(bounds[k], bounds[k + 1]):
            start, end = begin + starts[n], begin + stops[n]
            at = copied(data, done, start, out, at)
            counts[0, k] += _solid(data, start, end)
            done = end
        at = copied(data, done, stop, out, at)
        if bounds[k] < bounds[k + 1]:
            counts[1, k] = _solid(out, ends[k], at)
            if done == stop and stop > begin and data[stop - 1] != 10:  # nothing comes after the line feeds before it
                while at > ends[k] and out[at - 1] == 10:
                    at -= 1
        ends[k + 1] = at
    return out[:at], ends


def without(text: Flat, rows: Offsets, starts: Offsets, stops: Offsets, bounds: Offsets) -> tuple[pa.Array, Counts]:
    """The texts of `rows` without the stretches `[starts[n], stops[n])`, in bytes from the beginning of the text.

    Row `rows[k]` has the stretches from `bounds[k]` to `bounds[k + 1]`, ascending, none over another. Where the end of
    a text goes and was no line feed, those before it go, too. The counts are bytes other than white space: that went,
    that stay; both 0 where nothing was to be cut.
    """
    counts = np.zeros((2, len(rows)), np.int64)
    data, ends = _without(text.data, text.offsets, rows, starts, stops, bounds, counts)
    return pa.LargeStringArray.from_buffers(len(rows), pa.py_buffer(ends), pa.py_buffer(data)), counts


@kernel
def _excerpts(
    data: Bytes, offsets: Offsets, rows: Offsets, starts: Offsets, stops: Offsets, most: int
) -> tuple[Bytes, Offsets]:
    out = np.empty(len(rows) * most, np.uint8)
    ends = np.zeros(len(rows) + 1, np.int64)
    at = 0
    for k in range(len(rows)):
        begin = offsets[rows[k]]
        start = begin + starts[k]
        stop = min(begin + stops[k], start + most)
        while start < stop < begin + stops[k] and (data[stop] & 0xC0) == 0x80:
            stop -= 1
        at = copied(data, start, stop, out, at)
        ends[k + 1] = at
    return out[:at], ends


def excerpts(text: Flat, rows: Offsets, starts: Offsets, stops: Offsets, most: int) -> pa.Array:
    """The first `most` bytes of stretches, the k-th of them of the text of `rows[k]`; no character is cut in two."""
    data, ends = _excerpts(text.data, text.offsets, rows, starts, stops, most)
    return pa.LargeStringArray.from_buffers(len(rows), pa.py_buffer(ends), pa.py_buffer(data))
