"""How far two texts are the same around a place that they have in common."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from gristmill.text.characters import (
    COMPLEX,
    HAN,
    HIRAGANA,
    MARK,
    SPACE,
    Table,
    characters,
    decode,
    flags_of,
    previous,
)
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part, small_part
from gristmill.text.mixing import GOLDEN, mixed
from gristmill.text.prefetching import LINE, ask_for
from gristmill.text.radix import ascending_order
from gristmill.text.same_bytes import same_before, same_from
from gristmill.text.words import space_width

N = TypeVar("N", np.uint8, np.int64)

Stretches = npt.NDArray[np.int64]
"""Three rows: where a stretch begins and ends, and where its like begins."""

Seen = npt.NDArray[np.int64]
"""How far two texts are the same, by the other text and how far it is shifted: a hash table for one row at a time.

An entry is the row and one, the other text, the shift, and where in the first it ends to be the same.
"""

_AHEAD = 8
"""How many pairs before its turn the text of a twin, which may be anywhere, is asked for."""
_TIMES = 64
"""How many times as many bytes as a text has are compared before stretches over others are left."""


@part
def _inside_word(data: Bytes, at: int, start: int, stop: int, table: Table) -> bool:
    """Whether `at` lies inside a character, or in a word and the marks that stand at it.

    Scripts without spaces may be parted at any character.
    """
    if at <= start or at >= stop:
        return False
    if (data[at] & 0xC0) == 0x80:
        return True
    after = flags_of(decode(data, at, stop)[0], table)
    if after & MARK:
        return True
    before = flags_of(decode(data, previous(data, at, start), stop)[0], table)
    return not (before | after) & (SPACE | HAN | HIRAGANA | COMPLEX)


@part
def _whole_words(data: Bytes, start: int, stop: int, begin: int, end: int, table: Table) -> tuple[int, int]:
    """The part of a stretch of `data[start:stop]` that cuts no word, and leaves the white space before it."""
    while begin < end and _inside_word(data, begin, start, stop, table):
        begin += 1
    while end > begin and _inside_word(data, end, start, stop, table):
        end -= 1
    while begin < end:
        width = space_width(data, begin, end)
        if not width:
            break
        begin += width
    return begin, end


@part
def _count_words(data: Bytes, begin: int, end: int) -> int:
    """Runs of anything else than white space."""
    count = 0
    inside = False
    at = begin
    while at < end:
        width = space_width(data, at, end)
        count += width == 0 and not inside
        inside = width == 0
        at += max(width, 1)
    return count


class Side(NamedTuple):
    """One side of pairs of places: byte `at[k]` of the text of `rows[k]`, `data[starts[row]:stops[row]]`."""

    data: Bytes
    starts: Offsets
    stops: Offsets
    rows: Offsets
    at: Offsets


@small_part
def _slot(seen: Seen, mask: int, row: int, other: int, shift: int) -> int:
    """Where the entry is, or where it belongs."""
    slot = int(np.int64(mixed((np.uint64(other) * GOLDEN) ^ np.uint64(shift)))) & mask
    while seen[slot, 0] == row + 1 and (seen[slot, 1] != other or seen[slot, 2] != shift):
        slot = (slot + 1) & mask
    return slot


@small_part
def _ask_for(side: Side, order: Offsets, n: int) -> None:
    """Have the text around the place of a pair brought into the fast memory."""
    if n < len(order):
        place = side.starts[side.rows[order[n]]] + side.at[order[n]]
        for line in range(-1, 4):
            ask_for(side.data, place + LINE * line)


@part
def _slots(rows: Offsets, order: Offsets, first: int) -> int:
    """How many slots the pairs of one row take, of which `order[first]` is the first one: a power of two."""
    last = first
    while last < len(order) and rows[order[last]] == rows[order[first]]:
        last += 1
    slots = 2
    while slots < 2 * (last - first):
        slots *= 2
    return slots


@kernel
def _extend(
    one: Side,
    stops: Offsets,
    other: Side,
    order: Offsets,
    seen: Seen,
    size: int,
    by_words: bool,
    table: Table,
    pair: Offsets,
    out: Stretches,
) -> int:
    count = mask = 0
    row = reach = -1
    left = 0
    for n in range(len(order)):
        k = order[n]
        _ask_for(other, order, n + _AHEAD)
        if one.rows[k] != row:
            row, reach = one.rows[k], -1
            left = _TIMES * (one.stops[row] - one.starts[row])
            mask = _slots(one.rows, order, n) - 1
        twin_row, shift = other.rows[k], one.at[k] - other.at[k]
        slot = _slot(seen, mask, row, twin_row, shift)
        if seen[slot, 0] == row + 1 and one.at[k] < seen[slot, 3]:
            continue  # it lies in what was found before
        if left < 0 and one.at[k] < reach and stops[k] <= reach:
            continue
        start, stop = one.starts[row], one.stops[row]
        twin_start, twin_stop = other.starts[twin_row], other.stops[twin_row]
        at, there = start + one.at[k], twin_start + other.at[k]
        begin = at - same_before(one.data, at, start, other.data, there, twin_start)
        end = at + same_from(one.data, at, stop, other.data, there, twin_stop)
        left -= end - begin
        seen[slot, 0], seen[slot, 1], seen[slot, 2], seen[slot, 3] = row + 1, twin_row, shift, end - start
        if (_count_words(one.data, begin, end) if by_words else end - begin) < size:
            continue
        reach = max(reach, end - start)
        begin, end = _whole_words(one.data, start, stop, begin, end, table)
        if begin < end:
            pair[count] = k
            out[0, count] = begin - start
            out[1, count] = end - start
            out[2, count] = begin - start - shift
            count += 1
    return count


def extended(one: Side, stops: Offsets, other: Side, size: int, by_words: bool) -> tuple[Offsets, Stretches]:
    """For pairs of places, the stretches around them that are the same and long enough. `stops` tells of each up to
    where in its first text it is known to be.

    Gives the pair that each was found by, and the stretch: bytes from the beginning of the text of its first place, and
    where it begins in the other's. It is `size` bytes or words long, or more, before it is brought to whole words. A
    pair that lies in the stretch of another one of the same two texts is passed over. So is one in any stretch that
    was found, once a text has been gone through many times: what repeats itself throughout is like itself everywhere.
    """
    pair = np.empty(len(one.rows), np.int64)
    out = np.empty((3, len(pair)), np.int64)
    if not len(pair):
        return pair, out
    order = ascending_order(one.rows << int(one.at.max()).bit_length() | one.at)
    seen = np.zeros((2 << int(np.bincount(one.rows).max()).bit_length(), 4), np.int64)
    stops = _unwritten(stops)
    count = _extend(_seen(one), stops, _seen(other), order, seen, size, by_words, characters(), pair, out)
    return pair[:count], out[:, :count]


def _seen(side: Side) -> Side:
    """The same memory, mapped or not, as the one type that the kernel is compiled for."""
    return Side(_unwritten(side.data), *map(_unwritten, side[1:]))


def _unwritten(array: npt.NDArray[N]) -> npt.NDArray[N]:
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view
