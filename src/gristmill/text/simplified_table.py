"""What is left of each code point when a text is simplified, by a table that tools/make_simplified.py writes."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.characters import decode, flags_of
from gristmill.text.flat import Bytes
from gristmill.text.jit import part, small_part

NOTHING, LETTER, SPACE, DIGIT, LETTERS, LONE, HANGUL = range(7)
KIND = 7  # mask of the kind of a code point
NUMBER_SEPARATOR = 8  # a flag: it may stand between the digits of one number
SHIFT = 8  # above it: how far off the code point that is left is, or where the sequence of those begins
CODE = 0xFFFFFF  # mask of such a distance, which may be negative

Entries = npt.NDArray[np.uint32]
AnyCodes = npt.NDArray[np.uint16] | npt.NDArray[np.uint32]


class Tables(NamedTuple):
    table: Entries  # in two steps, as in `characters`
    sequences: Entries  # code points, each sequence ended by 0
    marks: Entries  # of code points of 16 bits: what is left and, above, what kind it is; see below


IS_LETTER, IS_SPACE, IS_LONE = 16, 17, 18
"""Bits of a mark. Of what is a LETTER or LONE the lowest 16 say what is left, of a SPACE they are one, else 0."""
IS_OTHER = 19
"""The bit of a mark of what becomes more than that: a digit, several code points or one of more than 16 bits."""
IS_HANGUL = 20


@cache
def simplified_tables() -> Tables:
    with (files("gristmill.text") / "simplified.npz").open("rb") as file, np.load(file) as arrays:
        table, sequences = arrays["table"], arrays["sequences"]
    return Tables(table, sequences, _marks(table))


def _marks(table: Entries) -> Entries:
    codes = np.arange(1 << 16)
    entries = table[table[codes >> 8] + (codes & 255)]
    kinds = entries & KIND
    left = (codes + (entries >> SHIFT)) & CODE
    is_letter = (kinds == LETTER) | (kinds == LONE) | (kinds == HANGUL)
    other = ~np.isin(kinds, [NOTHING, LETTER, SPACE, LONE]) | (is_letter & (left > 0xFFFF))
    marks = np.where(is_letter & ~other, left, np.where(kinds == SPACE, ord(" "), 0))
    for bit, there in (
        (IS_LETTER, is_letter),
        (IS_SPACE, kinds == SPACE),
        (IS_LONE, kinds == LONE),
        (IS_OTHER, other),
        (IS_HANGUL, kinds == HANGUL),
    ):
        marks |= there.astype(np.int64) << bit
    return marks.astype(np.uint32)


@small_part
def left_of(code: int, entry: int) -> np.uint32:
    """The code point that is left of a LETTER or a LONE one."""
    return np.uint32((code + (entry >> SHIFT)) & CODE)


@small_part
def put_hangul(syllable: int, codes: AnyCodes, at: int) -> int:
    """Put the letters of a syllable (Unicode 3.12), as they stand where typed one by one; returns where they end."""
    index = syllable - 0xAC00
    codes[at] = 0x1100 + index // 588
    codes[at + 1] = 0x1161 + index % 588 // 28
    codes[at + 2] = (0x11A7 + index % 28) * (index % 28 != 0)
    return int(at + 2 + (index % 28 != 0))


@part
def put_simplified(code: int, entry: int, sequences: Entries, codes: Entries, at: int) -> int:
    """Put the code points that are left of one, of any kind; returns where they end."""
    kind = entry & KIND
    if kind == HANGUL:
        return put_hangul(code, codes, at)
    if kind == LETTERS:
        begin = np.uint64(entry >> SHIFT)
        while sequences[begin] != 0:
            codes[at] = sequences[begin]
            begin += np.uint64(1)
            at += 1
        return at
    codes[at] = np.uint32(48) if kind == DIGIT else left_of(code, entry)
    return int(at + (kind not in (NOTHING, SPACE)))


@part
def after_number(data: Bytes, at: int, stop: int, table: Entries) -> int:
    """Where a number ends that goes on at `at`: digits, and once a separator with digits behind it."""
    separated = False
    while at < stop:
        code, after = decode(data, at, stop)
        entry = np.int64(flags_of(code, table))
        if entry & KIND != DIGIT:
            if separated or not entry & NUMBER_SEPARATOR or after >= stop:
                return at
            code, after = decode(data, after, stop)
            if flags_of(code, table) & KIND != DIGIT:
                return at
            separated = True
        at = after
    return at
