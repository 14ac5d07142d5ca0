"""The rows of words met before, for most words of a text are common ones, of few rows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gristmill.text.eight_bytes import eight
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import small_part
from gristmill.text.many_bytes import first_bits
from gristmill.text.mixing import GOLDEN, up_to_eight
from gristmill.text.sixteen_numbers import Bits, Ints, Shorts, on_lines, widen


class Memo(NamedTuple):
    """A word has one slot where it may stand, of two places; the last two that were put there stay.

    Place p is of the word with the bytes `words[4 * p]` and `words[4 * p + 1]`, none of which are 0; behind them, in
    the same memory, are its rows, from `rows[16 * p + 8]` on, and how many there are in `rows[16 * p + 15]`. So a
    slot is one line of the processor's cache.
    """

    words: Bits
    rows: Shorts


SLOT_BITS = 15
MARK_BITS = 17
WIDTH = 8
"""Numbers that are written where a word is recalled, its rows first; there are fewer rows."""
LONGEST = 16
"""Bytes of a word."""
MOST_ROWS = 1 << 16
"""Rows of a table that can be told apart."""


def memo() -> Memo:
    """One of no words."""
    words = on_lines((8 << SLOT_BITS,), np.uint64)
    return Memo(words, words.view(np.uint16))


@small_part
def word_key(data: Bytes, at: int, size: int) -> tuple[np.uint64, np.uint64]:
    """The bytes of a word of at most LONGEST, little-endian, with zeros above."""
    if at + LONGEST <= len(data):
        first = eight(data, at) & first_bits(8 * size)
        second = eight(data, at + 8) & first_bits(max(8 * size - 64, 0))
    else:
        first = up_to_eight(data, at, at + size)
        second = up_to_eight(data, at + 8, at + size) if size > 8 else np.uint64(0)
    return first, second


@small_part
def key_hash(first: np.uint64, second: np.uint64) -> np.uint64:
    """By whose upper bits a word is found."""
    return (first ^ (second * GOLDEN)) * GOLDEN


@small_part
def slot_of(hashed: np.uint64) -> int:
    """Where a word may stand."""
    return int(np.int64(hashed >> np.uint64(64 - SLOT_BITS)))


def word_marks(names: Bytes, bounds: Offsets) -> Bits:
    """Marks of the words `names[bounds[i]:bounds[i + 1]]`, those of at most LONGEST bytes."""
    sizes = np.diff(bounds)[:, None]
    places, columns = bounds[:-1, None] + np.arange(LONGEST), np.arange(LONGEST)
    padded = np.where(columns < sizes, names[np.minimum(places, len(names) - 1)], 0).astype(np.uint8)
    keys = padded[sizes[:, 0] <= LONGEST].view("<u8").astype(np.uint64)
    hashes = (keys[:, 0] ^ (keys[:, 1] * GOLDEN)) * GOLDEN >> np.uint64(64 - MARK_BITS)
    marks = np.zeros(1 << (MARK_BITS - 6), np.uint64)
    np.bitwise_or.at(marks, (hashes >> np.uint64(6)).astype(np.int64), np.uint64(1) << (hashes & np.uint64(63)))
    return marks


@small_part
def is_marked(marks: Bits, hashed: np.uint64) -> bool:
    """False where a word is none of those that are marked; it may be another where true."""
    mark = hashed >> np.uint64(64 - MARK_BITS)
    return bool((marks[mark >> np.uint64(6)] >> (mark & np.uint64(63))) & np.uint64(1))


@small_part
def recalled(known: Memo, slot: int, first: np.uint64, second: np.uint64, rows: Ints, held: int) -> int:
    """Put the rows of a word behind the `held` rows, where there is room for WIDTH; how many, -1 for a new word."""
    words = known.words
    other = np.uint64(8 * slot + 4)
    is_other = (words[other] == first) & (words[other + np.uint64(1)] == second)  # a branch would be guessed wrong
    place = np.uint64(2 * slot) + np.uint64(is_other)
    at = np.uint64(4) * place
    if words[at] != first or words[at + np.uint64(1)] != second:
        return -1
    at *= np.uint64(4)
    widen(known.rows, int(at) + 8, rows, held)
    return int(known.rows[at + np.uint64(15)])


@small_part
def remember(known: Memo, slot: int, first: np.uint64, second: np.uint64, rows: Ints, begin: int, end: int) -> None:
    """Keep rows[begin:end] as those of a word, if there are few."""
    if end - begin < WIDTH:
        at = 8 * slot
        for k in range(4):
            known.words[at + 4 + k] = known.words[at + k]
        known.words[at], known.words[at + 1] = first, second
        at *= 4
        for k in range(end - begin):
            known.rows[at + 8 + k] = rows[begin + k]
        known.rows[at + 15] = end - begin
