"""Packs documents of tokens into rows of one length: exact best-fit decreasing, or one stream cut at every row's end.

Best fit puts the longest document that is left into the row with the least room that takes it (Johnson, 1974; for
training by Ding et al., 2024, arXiv 2404.10830). The room of a row is a whole number up to the row's length, so "the
least room of at least n" is the next bit in a bitmap of rooms: a few instructions, whatever the number of rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gristmill.text.jit import kernel, small_part

Lengths = npt.NDArray[np.int64]

LONGEST_ROW = 1 << 24
_LEVELS = 4  # of 64 bits each: 64 ** 4 is `LONGEST_ROW`

_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
_FIRST_BIT = np.zeros(64, np.int64)
for _bit in range(64):
    _FIRST_BIT[(int(_DE_BRUIJN) << _bit) % (1 << 64) >> 58] = _bit


@dataclass(frozen=True)
class Packing:
    """Which piece of which document stands where. Row r is the pieces `rows[r]` to `rows[r + 1]`, one after another."""

    rows: Lengths
    documents: Lengths
    """The document of each piece, by its number."""
    begins: Lengths
    """Where the piece begins in its document: 0 where documents are whole."""
    lengths: Lengths

    @property
    def row_lengths(self) -> Lengths:
        """How many tokens each row holds."""
        sums = np.concatenate([np.zeros(1, np.int64), np.cumsum(self.lengths)])
        return np.diff(sums[self.rows])

    def efficiency(self, length: int) -> float:
        """The share of the places of all rows that hold a token; 1 where there is no row."""
        places = (len(self.rows) - 1) * length
        return float(self.lengths.sum() / places) if places else 1.0


def best_fit(lengths: Lengths, row_length: int, window: int = 0) -> Packing:
    """Whole documents in as few rows as best-fit decreasing needs; of `window` documents at a time, or of all.

    Rows come in the order of their first document, and documents in a row in their own order. Those without a token
    stand in no row. ValueError where a document is longer than a row.
    """
    lengths = _checked(lengths, row_length)
    if len(lengths) and (longest := int(lengths.max())) > row_length:
        where = int(lengths.argmax())
        raise ValueError(f"document {where} has {longest} tokens, and a row holds {row_length}: cut it before")
    step = window if window > 0 else max(len(lengths), 1)
    rows, pieces = [np.zeros(1, np.int64)], [np.empty(0, np.int64)]
    placed = 0
    for first in range(0, len(lengths), step):
        part = lengths[first : first + step]
        row_of, count = _best_fit(part, row_length)
        own_rows, documents = _in_order(row_of, count)
        rows.append(own_rows[1:] + placed)
        placed += len(documents)
        pieces.append(documents + first)
    documents = np.concatenate(pieces)
    return Packing(np.concatenate(rows), documents, np.zeros(len(documents), np.int64), lengths[documents])


def concatenated(lengths: Lengths, row_length: int) -> Packing:
    """All documents one after another, cut at every row's end: a document may go on in the next row."""
    lengths = _checked(lengths, row_length)
    return Packing(*_concatenated(lengths, row_length))


def one_each(lengths: Lengths, row_length: int) -> Packing:
    """Every document in a row of its own. ValueError where a document is longer than a row."""
    lengths = _checked(lengths, row_length)
    if len(lengths) and (longest := int(lengths.max())) > row_length:
        raise ValueError(f"document {int(lengths.argmax())} has {longest} tokens, and a row holds {row_length}")
    documents = np.flatnonzero(lengths)
    rows = np.arange(len(documents) + 1, dtype=np.int64)
    return Packing(rows, documents, np.zeros(len(documents), np.int64), lengths[documents])


def positions(lengths: Lengths) -> npt.NDArray[np.int64]:
    """The place of every token in its piece, all pieces one after another: position ids that begin anew with each."""
    ends = np.cumsum(lengths)
    return np.arange(int(ends[-1]) if len(ends) else 0, dtype=np.int64) - np.repeat(ends - lengths, lengths)


def _checked(lengths: Lengths, row_length: int) -> Lengths:
    if not 1 <= row_length < LONGEST_ROW:
        raise ValueError(f"a row holds from 1 to {LONGEST_ROW - 1} tokens, not {row_length}")
    lengths = np.ascontiguousarray(lengths, np.int64)
    if len(lengths) >= 1 << 31:
        raise ValueError("more than 2**31 - 1 documents at once: pack them in windows")
    if len(lengths) and int(lengths.min()) < 0:
        raise ValueError(f"document {int(lengths.argmin())} has a negative length")
    return lengths


@small_part
def _first_bit(word: np.uint64) -> np.int64:
    """The number of the lowest bit that is set; `word` is not 0."""
    lowest = word & (~word + np.uint64(1))
    return np.int64(_FIRST_BIT[(lowest * _DE_BRUIJN) >> np.uint64(58)])


@small_part
def _least(bits: npt.NDArray[np.uint64], levels: Lengths, at_least: np.int64) -> np.int64:
    """The least number of at least `at_least` in the set; -1 where there is none."""
    at = at_least
    for level in range(_LEVELS):
        word = bits[levels[level] + (at >> 6)] >> np.uint64(at & 63)
        if word != 0:
            at += _first_bit(word)
            for below in range(level - 1, -1, -1):
                at = (at << 6) + _first_bit(bits[levels[below] + at])
            return at
        at = (at >> 6) + 1
    return np.int64(-1)


@small_part
def _add(bits: npt.NDArray[np.uint64], levels: Lengths, number: np.int64) -> None:
    at = number
    for level in range(_LEVELS):
        bits[levels[level] + (at >> 6)] |= np.uint64(1) << np.uint64(at & 63)
        at >>= 6


@small_part
def _discard(bits: npt.NDArray[np.uint64], levels: Lengths, number: np.int64) -> None:
    at = number
    for level in range(_LEVELS):
        bits[levels[level] + (at >> 6)] &= ~(np.uint64(1) << np.uint64(at & 63))
        if bits[levels[level] + (at >> 6)] != 0:
            return
        at >>= 6


@kernel
def _best_fit(lengths: Lengths, row_length: int) -> tuple[npt.NDArray[np.int32], int]:
    """The row of each document, -1 for one without a token, and how many rows there are.

    Among rows with equal room the one that came to it first is taken.
    """
    number = len(lengths)
    row_of = np.full(number, -1, np.int32)

    # Documents by falling length, equal ones in their own order.
    begins = np.zeros(row_length + 2, np.int64)
    for length in lengths:
        begins[row_length - length + 1] += 1
    for index in range(row_length + 1):
        begins[index + 1] += begins[index]
    filled = number - (begins[row_length + 1] - begins[row_length])
    order = np.empty(number, np.int32)
    for document in range(number):
        own = row_length - lengths[document]
        order[begins[own]] = document
        begins[own] += 1

    levels = np.zeros(_LEVELS + 1, np.int64)
    size = row_length + 1
    for level in range(_LEVELS):
        size = (size >> 6) + 2  # one word more, for the search that leaves the last one
        levels[level + 1] = levels[level] + size
    bits = np.zeros(levels[_LEVELS], np.uint64)

    # The rows of each room, first come, first served.
    first = np.full(row_length + 1, -1, np.int32)
    last = np.full(row_length + 1, -1, np.int32)
    after = np.empty(filled, np.int32)
    rows = 0
    for index in range(filled):
        document = order[index]
        length = lengths[document]
        room = _least(bits, levels, length)
        if room < 0:
            row = np.int32(rows)
            rows += 1
            left = row_length - length
        else:
            row = first[room]
            first[room] = after[row]
            if first[room] < 0:
                _discard(bits, levels, room)
            left = room - length
        row_of[document] = row
        if left > 0:
            after[row] = -1
            if first[left] < 0:
                first[left] = row
                _add(bits, levels, left)
            else:
                after[last[left]] = row
            last[left] = row
    return row_of, rows


@kernel
def _in_order(row_of: npt.NDArray[np.int32], count: int) -> tuple[Lengths, Lengths]:
    """Documents by row, rows by their first document: where each row begins, and the documents."""
    named = np.full(count, -1, np.int32)
    rows = np.zeros(count + 1, np.int64)
    seen = 0
    for row in row_of:
        if row >= 0:
            if named[row] < 0:
                named[row] = seen
                seen += 1
            rows[named[row] + 1] += 1
    for index in range(count):
        rows[index + 1] += rows[index]
    ends = rows[:-1].copy()
    documents = np.empty(rows[-1], np.int64)
    for document in range(len(row_of)):
        row = row_of[document]
        if row >= 0:
            documents[ends[named[row]]] = document
            ends[named[row]] += 1
    return rows, documents


@kernel
def _concatenated(lengths: Lengths, row_length: int) -> tuple[Lengths, Lengths, Lengths, Lengths]:
    total = np.int64(0)
    most = 0
    for length in lengths:
        if length > 0:
            most += 1 + (total % row_length + length - 1) // row_length
        total += length
    rows = np.empty((total + row_length - 1) // row_length + 1, np.int64)
    documents = np.empty(most, np.int64)
    begins = np.empty(most, np.int64)
    pieces = np.empty(most, np.int64)
    piece = 0
    row = 0
    room = np.int64(0)
    for document in range(len(lengths)):
        begin = np.int64(0)
        while begin < lengths[document]:
            if room == 0:
                rows[row] = piece
                row += 1
                room = np.int64(row_length)
            taken = min(room, lengths[document] - begin)
            documents[piece] = document
            begins[piece] = begin
            pieces[piece] = taken
            piece += 1
            begin += taken
            room -= taken
    rows[row] = piece
    return rows, documents, begins, pieces
