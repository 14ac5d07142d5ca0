"""Texts as lines on their way through line rules: which lines stay, what is cut from them, what text results."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.text.copying import copied, copied_wide
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part
from gristmill.text.lines import Lines
from gristmill.text.many_bytes import WIDE
from gristmill.text.measures import stripped

Mask = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]

Cuts = npt.NDArray[np.int64]
"""Three rows: the line, and where in the data the cut begins and ends; ascending, and none overlaps another."""


@part
def _strip_lines(data: Bytes, starts: Offsets, stops: Offsets) -> None:
    for k in range(len(starts)):
        if starts[k] < stops[k]:
            first, last = data[np.uint64(starts[k])], data[np.uint64(stops[k] - 1)]
            if (first <= 32) | (first >= 0x80) | (last <= 32) | (last >= 0x80):  # else, as mostly, there is none
                starts[k], stops[k] = stripped(data, starts[k], stops[k])


@part
def _strip_texts(data: Bytes, starts: Offsets, stops: Offsets, alive: Mask, bounds: Offsets) -> None:
    for row in range(len(bounds) - 1):
        first, last = bounds[row], bounds[row + 1] - 1
        while first <= last:
            start, stop = stripped(data, starts[first], stops[first])
            if alive[first] and start < stop:
                starts[first] = start
                break
            alive[first] = False
            first += 1
        while last >= first:
            start, stop = stripped(data, starts[last], stops[last])
            if alive[last] and start < stop:
                stops[last] = stop
                break
            alive[last] = False
            last -= 1


@kernel
def _join(
    data: Bytes, starts: Offsets, stops: Offsets, alive: Mask, bounds: Offsets, out: Bytes, offsets: Offsets
) -> None:
    at = 0
    for row in range(len(bounds) - 1):
        fresh = True
        begin = end = 0  # lines that stand as they were are copied as one stretch
        for k in range(bounds[row], bounds[row + 1]):
            if not alive[k]:
                continue
            if not fresh and starts[k] == end + 1 and data[np.uint64(end)] == 10:
                end = stops[k]
                continue
            if not fresh:
                at = copied_wide(data, begin, end, out, at)
                out[at] = 10
                at += 1
            fresh = False
            begin, end = starts[k], stops[k]
        at = copied_wide(data, begin, end, out, at)
        offsets[row + 1] = at


@kernel
def _without(data: Bytes, starts: Offsets, stops: Offsets, cuts: Cuts) -> Bytes:
    """Write lines that have cuts anew, without them; `starts` and `stops` then point behind `data`."""
    room = 0
    for n in range(cuts.shape[1]):
        if n == 0 or cuts[0, n] != cuts[0, n - 1]:
            room += stops[cuts[0, n]] - starts[cuts[0, n]]
    anew = np.empty(room, np.uint8)
    found = n = 0
    while n < cuts.shape[1]:
        line = cuts[0, n]
        begin = found
        done = starts[line]
        while n < cuts.shape[1] and cuts[0, n] == line:
            found = copied(data, done, cuts[1, n], anew, found)
            done = cuts[2, n]
            n += 1
        found = copied(data, done, stops[line], anew, found)
        starts[line] = len(data) + begin
        stops[line] = len(data) + found
    return anew[:found]


@kernel
def _lines_in(mask: Mask, bounds: Offsets) -> Counts:
    counts = np.empty(len(bounds) - 1, np.int64)
    for row in range(len(counts)):
        found = 0
        for k in range(np.uint64(bounds[row]), np.uint64(bounds[row + 1])):
            found += mask[k]
        counts[row] = found
    return counts


@kernel
def _sums(counts: Counts, alive: Mask, bounds: Offsets) -> Counts:
    sums = np.empty(len(bounds) - 1, np.int64)
    for row in range(len(sums)):
        found = 0
        for k in range(np.uint64(bounds[row]), np.uint64(bounds[row + 1])):
            found += counts[k] if alive[k] else 0
        sums[row] = found
    return sums


@dataclass(slots=True)
class Draft:
    """The lines of the asked rows: line `k` is `data[starts[k]:stops[k]]` and stays where `alive[k]`.

    Row `i` of those asked has the lines from `bounds[i]` to `bounds[i + 1]`. Lines written anew lie behind the batch's
    own text in `data`.
    """

    data: Bytes
    starts: Offsets
    stops: Offsets
    alive: Mask
    bounds: Offsets

    @classmethod
    def of(cls, data: Bytes, lines: Lines, rows: Offsets) -> Draft:
        """All lines of the rows, as they are."""
        counts = lines.offsets[rows + 1] - lines.offsets[rows]
        bounds = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        if bounds[-1] == len(lines.starts):
            starts, stops = lines.starts.copy(), lines.stops.copy()
            return cls(data, starts, stops, np.ones(len(starts), np.bool_), bounds)
        # Rows that were not asked may have lines in a wider scan.
        which = np.repeat(lines.offsets[rows] - bounds[:-1], counts) + np.arange(bounds[-1])
        return cls(data, lines.starts[which], lines.stops[which], np.ones(len(which), np.bool_), bounds)

    def drop(self, mask: Mask) -> None:
        """Take lines out."""
        self.alive &= ~mask

    def strip_lines(self) -> None:
        """Take white space off both ends of every line."""
        _strip_lines(self.data, self.starts, self.stops)

    def strip_texts(self) -> None:
        """Take white space off both ends of every text, blank lines there included."""
        _strip_texts(self.data, self.starts, self.stops, self.alive, self.bounds)

    def cut(self, cuts: Cuts) -> Mask:
        """Cut stretches out of lines; tells which lines had any."""
        cut = np.zeros(len(self.starts), np.bool_)
        if cuts.shape[1]:
            # Cuts that fill their room lie otherwise in memory, for which Numba would compile once more.
            anew = _without(self.data, self.starts, self.stops, np.ascontiguousarray(cuts))
            self.data = np.concatenate([self.data, anew])
            cut[cuts[0]] = True
        return cut

    def rows_with(self, mask: Mask) -> Mask:
        """Which rows have such a line."""
        return self.lines_in(mask) > 0

    def sums(self, counts: Counts) -> Counts:
        """The sum over the lines of each row that stay."""
        return _sums(counts, self.alive, self.bounds)

    def lines_in(self, mask: Mask) -> Counts:
        """How many lines of each row are in the mask, whether they stay or not."""
        return _lines_in(mask, self.bounds)

    def texts(self, before: pa.Array) -> pa.Array:
        """The lines that stay, joined by line feeds; null where the text was null before."""
        sizes = np.where(self.alive, self.stops - self.starts + 1, 0)
        out = np.empty(int(sizes.sum()) + WIDE, np.uint8)
        offsets = np.zeros(len(self.bounds), np.int64)
        _join(self.data, self.starts, self.stops, self.alive, self.bounds, out, offsets)
        texts = pa.LargeStringArray.from_buffers(
            len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(out[: offsets[-1]])
        )
        return (
            pc.if_else(pc.is_valid(before), texts, pa.scalar(None, pa.large_string())) if before.null_count else texts
        )
