"""Texts cut up into lines or paragraphs, each with a hash of what it says."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.characters import count_characters
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part
from gristmill.text.mixing import Hashes, hash_lists, hash_spans
from gristmill.text.repeated_lines import stripped
from gristmill.text.simplify import simplified

Table = npt.NDArray[np.int64]


class Spans(NamedTuple):
    """Pieces of texts in order: piece k is `data[starts[k]:stops[k]]`, all of it that goes where it is cut out.

    `bare_starts` and `bare_stops` leave out the white space at both ends. Row i of those asked has the pieces from
    `bounds[i]` to `bounds[i + 1]`.
    """

    starts: Offsets
    stops: Offsets
    bare_starts: Offsets
    bare_stops: Offsets
    bounds: Offsets


@part
def _line_end(data: Bytes, at: int, stop: int) -> int:
    """Where the line that `at` lies in ends, its line feed included."""
    while at < stop:
        at += 1
        if data[at - 1] == 10:
            break
    return at


@part
def _take(data: Bytes, start: int, stop: int, bare: int, bare_stop: int, least: int, spans: Table, count: int) -> int:
    if count_characters(data, bare, bare_stop) < least:
        return count
    spans[0, count] = start
    spans[1, count] = stop
    spans[2, count] = bare
    spans[3, count] = bare_stop
    return count + 1


@part
def _lines(data: Bytes, at: int, stop: int, least: int, spans: Table, count: int) -> int:
    while at < stop:
        end = _line_end(data, at, stop)
        bare, bare_stop = stripped(data, at, end)
        if bare < bare_stop:
            count = _take(data, at, end, bare, bare_stop, least, spans, count)
        at = end
    return count


@part
def _paragraphs(data: Bytes, at: int, stop: int, least: int, spans: Table, count: int) -> int:
    start = bare = bare_stop = -1  # of the paragraph that grows; -1 while there is none
    grows = False
    while at < stop:
        end = _line_end(data, at, stop)
        one, other = stripped(data, at, end)
        if one == other:
            grows = False
        else:
            if start >= 0 and not grows:
                count = _take(data, start, at, bare, bare_stop, least, spans, count)
            if not grows:
                start = at
                bare = one
            grows = True
            bare_stop = other
        at = end
    if start >= 0:
        count = _take(data, start, stop, bare, bare_stop, least, spans, count)
    return count


@kernel
def _cut_up(data: Bytes, offsets: Offsets, rows: Offsets, paragraphs: bool, least: int) -> tuple[Table, Offsets]:
    total = 0
    for row in rows:
        total += 1
        for at in range(offsets[row], offsets[row + 1]):
            total += data[at] == 10
    spans = np.empty((4, total), np.int64)
    bounds = np.zeros(len(rows) + 1, np.int64)
    count = bounds[0]  # a plain 0 would have Numba compile the callee once more, for the constant
    for k in range(len(rows)):
        begin, stop = offsets[rows[k]], offsets[rows[k] + 1]
        if paragraphs:
            count = _paragraphs(data, begin, stop, least, spans, count)
        else:
            count = _lines(data, begin, stop, least, spans, count)
        bounds[k + 1] = count
    return spans[:, :count], bounds


def lines(data: Bytes, offsets: Offsets, rows: Offsets, least: int) -> Spans:
    """The lines of `least` characters or more, blank ones left out; a line goes with its line feed."""
    spans, bounds = _cut_up(data, offsets, rows, False, least)
    return Spans(spans[0], spans[1], spans[2], spans[3], bounds)


def paragraphs(data: Bytes, offsets: Offsets, rows: Offsets, least: int) -> Spans:
    """The paragraphs of `least` characters or more, parted by blank lines; one goes with the blank lines behind it."""
    spans, bounds = _cut_up(data, offsets, rows, True, least)
    return Spans(spans[0], spans[1], spans[2], spans[3], bounds)


@kernel
def _hash_spans(data: Bytes, starts: Offsets, stops: Offsets, out: Hashes) -> None:
    hash_spans(data, starts, stops, 0, len(starts), out)


def hash_as_written(data: Bytes, starts: Offsets, stops: Offsets) -> Hashes:
    """A hash of the bytes of each span."""
    out = np.empty(len(starts), np.uint64)
    if len(starts):
        _hash_spans(data, starts, stops, out)
    return out


def hash_simplified(data: Bytes, starts: Offsets, stops: Offsets) -> tuple[Hashes, npt.NDArray[np.bool_]]:
    """A hash of the simplified words of each span, and whether it has any."""
    offsets = np.empty(2 * len(starts), np.int64)
    offsets[::2], offsets[1::2] = starts, stops
    words, bounds = simplified(data, offsets, np.arange(0, len(offsets), 2, dtype=np.int64))
    return hash_lists(words, bounds, 1), np.diff(bounds) > 0
