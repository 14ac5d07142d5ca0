"""Lines and paragraphs that come again, as four published implementations of Gopher's rules count them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.character_counts import characters_in
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part
from gristmill.text.many_bytes import WIDE, bits_of, block_of, first_set, how_many_set, where, wide_enough
from gristmill.text.marks import count_mark, marks_for, unmarked
from gristmill.text.mixing import GOLDEN, Hashes, folded, hashed_wide
from gristmill.text.ngrams import Heads, cleared, find, sixteen
from gristmill.text.words import space_width

Table = npt.NDArray[np.int64]


class Cut(NamedTuple):
    """How a text is cut into pieces, and which copies of a piece count."""

    newlines: int  # how many newlines part two pieces
    runs: bool  # a longer run of newlines parts only two pieces, too
    strip_text: bool  # the text is stripped of white space first
    strip_pieces: bool  # each piece is
    blanks: bool  # a piece of nothing but white space is one
    first_copies: bool  # the first of several copies counts as well


class Newlines(NamedTuple):
    """Where the newlines of all rows are: those of row `i` are `at[bounds[i]:bounds[i + 1]]`."""

    at: Offsets
    bounds: Offsets


class _Room(NamedTuple):
    starts: Offsets
    stops: Offsets
    keys: Hashes
    first: Heads
    some: Heads
    slots: Heads
    marks: Bytes


@part
def stripped(data: Bytes, start: int, stop: int) -> tuple[int, int]:
    """The bounds of `data[start:stop]` without the white space at both ends, as `str.strip` leaves them."""
    while start < stop:
        width = space_width(data, start, stop)
        if width == 0:
            break
        start += width
    while start < stop:
        last = stop - 1
        while last > start and (data[last] & 0xC0) == 0x80:
            last -= 1
        if space_width(data, last, stop) != stop - last:
            break
        stop = last
    return start, stop


@part
def _take(data: Bytes, start: int, stop: int, cut: Cut, found: int, room: _Room) -> int:
    bare, bare_stop = start, stop
    if cut.strip_pieces or not cut.blanks:
        bare, bare_stop = stripped(data, start, stop)
        if bare == bare_stop and not cut.blanks:
            return found
    room.starts[found] = bare if cut.strip_pieces else start
    room.stops[found] = bare_stop if cut.strip_pieces else stop
    return found + 1


@part
def pieces(data: Bytes, start: int, stop: int, newlines: Newlines, row: int, cut: Cut, room: _Room) -> int:
    """Cut the text of a row up; returns how many pieces it has."""
    if cut.strip_text:
        start, stop = stripped(data, start, stop)
    found = 0
    begin = start
    k, last = newlines.bounds[row], newlines.bounds[row + 1]
    while k < last and newlines.at[k] < stop:
        at = newlines.at[k]
        run = 1
        while k + run < last and newlines.at[k + run] == at + run and (cut.runs or run < cut.newlines):
            run += 1
        k += run
        if at >= start and run >= cut.newlines:
            found = _take(data, begin, at, cut, found, room)
            begin = at + run
    return int(_take(data, begin, stop, cut, found, room))


@part
def _may_be_copies(data: Bytes, count: int, room: _Room) -> int:
    """Put into `room.some` the pieces that share size and first sixteen bytes with another; returns how many they are.

    A few others may be among them: whether they share it is told by marks.
    """
    shift = unmarked(room.marks, count)
    for k in range(np.uint64(count)):
        size = room.stops[k] - room.starts[k]
        one, two = sixteen(data, room.starts[k], size)
        room.keys[k] = key = folded(one, two) + np.uint64(size) * GOLDEN
        count_mark(room.marks, key >> shift)
    some = np.uint64(0)
    for k in range(np.uint64(count)):
        room.some[some] = k
        some += np.uint64(room.marks[room.keys[k] >> shift] > 1)
    return int(np.int64(some))


@part
def _copies(data: Bytes, count: int, cut: Cut, room: _Room, out: Offsets) -> None:
    """Fill in: repeated pieces, pieces, characters of repeated pieces, characters of pieces."""
    some = _may_be_copies(data, count, room)
    shift = cleared(room.slots, some)
    repeated = np.int64(0)
    repeated_chars = np.int64(0)
    chars = np.int64(0)
    for k in range(np.uint64(some)):
        number = np.uint64(room.some[k])
        room.keys[number] = hashed_wide(data, room.starts[number], room.stops[number])
        room.first[number] = -1  # the first of its kind, until a copy comes
        head = find(room.keys, room.slots, shift, room.some[k])
        if head == room.some[k]:
            continue
        copies = 2 if cut.first_copies and room.first[head] < 0 else 1
        room.first[head] = head
        repeated += copies
        repeated_chars += copies * characters_in(data, room.starts[number], room.stops[number])
    for k in range(np.uint64(count)):
        chars += characters_in(data, room.starts[k], room.stops[k])
    out[0] = repeated
    out[1] = count
    out[2] = repeated_chars
    out[3] = chars


@kernel
def _all_texts(
    data: Bytes, offsets: Offsets, rows: Offsets, newlines: Newlines, cut: Cut, room: _Room, out: Table
) -> None:
    for k in range(len(rows)):
        count = pieces(data, offsets[rows[k]], offsets[rows[k] + 1], newlines, rows[k], cut, room)
        _copies(data, count, cut, room, out[k])


@kernel
def _places_of(data: Bytes, start: int, stop: int, byte: int) -> Offsets:
    total = 0
    for at in range(start, stop, WIDE):
        block = block_of(data, at)
        total += how_many_set(bits_of(where(data, block, byte), block, at, stop))
    places = np.empty(total, np.int64)
    found = np.uint64(0)
    for at in range(start, stop, WIDE):
        block = block_of(data, at)
        marks = bits_of(where(data, block, byte), block, at, stop)
        while marks:
            places[found] = at + first_set(marks)
            found += np.uint64(1)
            marks &= marks - np.uint64(1)
    return places


def find_newlines(data: Bytes, offsets: Offsets) -> Newlines:
    """The newlines of all rows, for several calls of `repeated_pieces`."""
    at = _places_of(wide_enough(data), int(offsets[0]), int(offsets[-1]), 10)
    return Newlines(at, np.searchsorted(at, offsets))


def repeated_pieces(data: Bytes, offsets: Offsets, rows: Offsets, newlines: Newlines, cut: Cut) -> Table:
    """For each row: repeated pieces, pieces, characters of repeated pieces, characters of all pieces."""
    out = np.zeros((len(rows), 4), np.int64)
    if len(rows):
        most = int((newlines.bounds[rows + 1] - newlines.bounds[rows]).max()) + 1
        room = _Room(
            np.empty(most, np.int64),
            np.empty(most, np.int64),
            np.empty(most, np.uint64),
            np.empty(most, np.int32),
            np.empty(most, np.int32),
            np.empty(1 << max(4, (4 * most - 1).bit_length()), np.int32),
            np.empty(marks_for(most), np.uint8),
        )
        _all_texts(wide_enough(data), offsets, rows, newlines, cut, room, out)
    return out
