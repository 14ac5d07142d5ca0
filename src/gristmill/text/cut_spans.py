"""What is left of texts around cuts that are widened by a margin: pieces that end at white space."""

from __future__ import annotations

import numpy as np

from gristmill.text.characters import count_characters, previous
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part
from gristmill.text.measures import stripped
from gristmill.text.words import space_width


@part
def _back(data: Bytes, at: int, least: int, characters: int) -> int:
    """So many characters before `at`, then on to the beginning of that word; never before `least`."""
    for _ in range(characters):
        if at <= least:
            return least
        at = previous(data, at, least)
    while at > least:
        before = previous(data, at, least)
        if space_width(data, before, at):
            break
        at = before
    return max(at, least)


@part
def _forth(data: Bytes, at: int, least: int, stop: int, characters: int) -> int:
    """So many characters behind `at`, then on to the end of that word; `least` where that is not before it."""
    for _ in range(characters):
        if at >= stop:
            return stop
        at += 1
        while at < stop and (data[at] & 0xC0) == 0x80:
            at += 1
    if at <= least:
        return least
    while at < stop and not space_width(data, at, stop):
        at += 1
    return at


@part
def _keep(data: Bytes, start: int, stop: int, row: int, least: int, out: Offsets, found: int) -> int:
    start, stop = stripped(data, start, stop)
    if start == stop or count_characters(data, start, stop) < least:
        return found
    out[0, found] = row
    out[1, found] = start
    out[2, found] = stop
    return found + 1


@kernel
def _pieces(
    data: Bytes,
    first: Offsets,
    last: Offsets,
    starts: Offsets,
    stops: Offsets,
    bounds: Offsets,
    margin: int,
    least: int,
    out: Offsets,
) -> int:
    found = 0
    for row in range(len(first)):
        free = first[row]  # it ends a word: no byte is looked at for two cuts, but for those of their margins
        for k in range(bounds[row], bounds[row + 1]):
            begin = _back(data, starts[k], free, margin)
            if begin > free:
                found = _keep(data, free, begin, row, least, out, found)
            free = _forth(data, stops[k], free, last[row], margin)
        if free < last[row]:
            found = _keep(data, free, last[row], row, least, out, found)
    return found


def pieces_around(
    data: Bytes,
    first: Offsets,
    last: Offsets,
    starts: Offsets,
    stops: Offsets,
    bounds: Offsets,
    margin: int,
    least: int,
) -> Offsets:
    """The pieces of text `k`, `data[first[k]:last[k]]`, between its cuts, from `bounds[k]` on, their starts ascending.

    Each cut is widened by `margin` characters on both sides and then to whole words; pieces lose white space at their
    ends, and go where they have fewer than `least` characters. Three rows: the text, start and stop of the piece.
    """
    out = np.empty((3, len(starts) + len(first)), np.int64)
    return out[:, : _pieces(data, first, last, starts, stops, bounds, margin, least, out)]
