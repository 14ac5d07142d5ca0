"""How far two texts are the same around a place that they have in common."""

from __future__ import annotations

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
from gristmill.text.jit import kernel, part
from gristmill.text.words import space_width

Stretches = npt.NDArray[np.int64]
"""Three rows: where a stretch begins and ends, and where its like begins."""


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


@kernel
def _extend(
    data: Bytes,
    texts: Offsets,
    order: Offsets,
    one_row: Offsets,
    one_at: Offsets,
    other_row: Offsets,
    other_at: Offsets,
    size: int,
    by_words: bool,
    table: Table,
    pair: Offsets,
    out: Stretches,
) -> int:
    count = 0
    row = other = diagonal = reach = np.int64(-1)
    for k in order:
        start, stop = texts[one_row[k]], texts[one_row[k] + 1]
        other_start, other_stop = texts[other_row[k]], texts[other_row[k] + 1]
        begin, twin = start + one_at[k], other_start + other_at[k]
        if one_row[k] == row and other_row[k] == other and begin - twin == diagonal and begin < reach:
            continue  # it lies in what was found last
        row, other, diagonal = one_row[k], other_row[k], begin - twin
        end = begin
        while end < stop and end - diagonal < other_stop and data[end] == data[end - diagonal]:
            end += 1
        while begin > start and begin - diagonal > other_start and data[begin - 1] == data[begin - 1 - diagonal]:
            begin -= 1
        reach = end
        if (_count_words(data, begin, end) if by_words else end - begin) < size:
            continue
        begin, end = _whole_words(data, start, stop, begin, end, table)
        if begin < end:
            pair[count] = k
            out[0, count] = begin - start
            out[1, count] = end - start
            out[2, count] = begin - diagonal - other_start
            count += 1
    return count


def extended(
    data: Bytes,
    texts: Offsets,
    one: tuple[Offsets, Offsets],
    other: tuple[Offsets, Offsets],
    size: int,
    by_words: bool,
) -> tuple[Offsets, Stretches]:
    """For pairs of places (row, byte in its text), the stretches around them that are the same and long enough.

    Gives the pair that each was found by, and the stretch: bytes from the beginning of the text of its first place, and
    where it begins in the other's. It is `size` bytes or words long, or more, before it is brought to whole words. A
    pair that lies in the stretch of another one of the same two texts is passed over.
    """
    shift = one[1] - other[1]
    order = np.lexsort((one[1], shift, other[0], one[0])).astype(np.int64)
    pair = np.empty(len(order), np.int64)
    out = np.empty((3, len(order)), np.int64)
    count = 0
    if len(order):
        count = _extend(data, texts, order, *one, *other, size, by_words, characters(), pair, out)
    return pair[:count], out[:, :count]
