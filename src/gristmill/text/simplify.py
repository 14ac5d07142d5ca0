"""The words of a text as near-copies share them: lower case, numbers as 0, no punctuation, no marks.

This is datatrove's `simplify_text` by a table of code points (tools/make_simplified.py), and it hashes the words
rather than writing them. It departs from it where one code point alone does not decide, or should not:

- a final sigma is a sigma, so lower-cased and upper-cased Greek agree; combining marks are not put in order (most
  are dropped anyway);
- in Chinese, Japanese, Thai, Lao, Khmer and Myanmar, which put no spaces between words, each letter is a word;
  Tibetan stops part words.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.characters import decode, flags_of
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part, small_part
from gristmill.text.mixing import GOLDEN, Hashes, mixed

NOTHING, LETTER, SPACE, DIGIT, LETTERS, LONE, HANGUL = range(7)
KIND = 7  # mask of the kind of a code point
NUMBER_SEPARATOR = 8  # a flag: it may stand between the digits of one number
SHIFT = 8  # above it: how far off the code point that is left is, or where the sequence of those begins
CODE = 0xFFFFFF  # mask of such a distance, which may be negative

Entries = npt.NDArray[np.uint32]
Lone = npt.NDArray[np.bool_]


class _Tables(NamedTuple):
    table: Entries  # in two steps, as in `characters`
    sequences: Entries  # code points, each sequence ended by 0


@cache
def _tables() -> _Tables:
    with (files("gristmill.text") / "simplified.npz").open("rb") as file, np.load(file) as arrays:
        return _Tables(arrays["table"], arrays["sequences"])


@small_part
def _then(state: np.uint64, code: int) -> np.uint64:
    return (state ^ np.uint64(code)) * GOLDEN


@part
def _then_sequence(state: np.uint64, begin: np.int64, sequences: Entries) -> np.uint64:
    while sequences[begin] != 0:
        state = _then(state, int(sequences[begin]))
        begin += np.int64(1)
    return state


@part
def _then_hangul(state: np.uint64, syllable: int) -> np.uint64:
    """Syllables decompose by arithmetic (Unicode 3.12), as letters that were typed one by one stand."""
    index = syllable - 0xAC00
    state = _then(state, 0x1100 + index // 588)
    state = _then(state, 0x1161 + index % 588 // 28)
    return _then(state, 0x11A7 + index % 28) if index % 28 else state


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


@part
def _simplify(
    data: Bytes, start: int, stop: int, tables: _Tables, by_character: bool, out: Hashes, found: int, lone: Lone
) -> int:
    """Put the hashes of the words (or characters) of one text into `out` from `found` on; returns where they end.

    Where `lone` has room, it says of each word whether it is a letter of a script without spaces.
    """
    table = tables.table
    ascii_block = int(table[0])
    state = GOLDEN
    at = start
    first = found
    while at < stop:
        code, after = int(data[at]), at + 1
        if code < 0x80:
            entry = int(table[ascii_block + code])
        else:
            code, after = decode(data, at, stop)
            entry = flags_of(code, table)
        kind = entry & KIND
        if (kind in (SPACE, LONE) or by_character) and state != GOLDEN:
            out[found] = mixed(state)
            found += 1
            state = GOLDEN
        if kind in (LETTER, LONE):
            state = _then(state, (code + (entry >> SHIFT)) & CODE)
        elif kind == DIGIT:
            state = _then(state, 48)
            after = after_number(data, after, stop, table)
        elif kind == HANGUL:
            state = _then_hangul(state, code)
        elif kind == LETTERS:
            state = _then_sequence(state, np.int64(entry >> SHIFT), tables.sequences)
        elif kind == SPACE and by_character and found > first and out[found - 1] != mixed(GOLDEN):
            out[found] = mixed(GOLDEN)
            found += 1
        if kind == LONE and not by_character:
            if len(lone):
                lone[found] = True
            out[found] = mixed(state)
            found += 1
            state = GOLDEN
        at = after
    if state != GOLDEN:
        out[found] = mixed(state)
        found += 1
    elif by_character and found > first and out[found - 1] == mixed(GOLDEN):
        found -= 1
    return found


@kernel
def _all_texts(
    data: Bytes,
    offsets: Offsets,
    rows: Offsets,
    tables: _Tables,
    by_character: bool,
    out: Hashes,
    bounds: Offsets,
    lone: Lone,
) -> None:
    found = bounds[0]  # a plain 0 would have Numba compile the callee once more, for the constant
    for k in range(len(rows)):
        found = _simplify(data, offsets[rows[k]], offsets[rows[k] + 1], tables, by_character, out, found, lone)
        bounds[k + 1] = found


def simplified_table() -> Entries:
    """The kind of each code point, for what walks over the same words."""
    return _tables().table


def simplified(data: Bytes, offsets: Offsets, rows: Offsets, by_character: bool = False) -> tuple[Hashes, Offsets]:
    """The hashes of the simplified words of each row, or of its characters with one space between words.

    Row `rows[k]` has `hashes[bounds[k]:bounds[k + 1]]`.
    """
    hashes, bounds, _ = _simplified(data, offsets, rows, by_character, False)
    return hashes, bounds


def simplified_and_lone(data: Bytes, offsets: Offsets, rows: Offsets) -> tuple[Hashes, Offsets, Lone]:
    """As `simplified`, and for each word whether it is a letter of a script without spaces."""
    return _simplified(data, offsets, rows, False, True)


def _simplified(
    data: Bytes, offsets: Offsets, rows: Offsets, by_character: bool, tell: bool
) -> tuple[Hashes, Offsets, Lone]:
    bounds = np.zeros(len(rows) + 1, np.int64)
    # No word or character takes less than a byte, and pages that are not written to take no memory.
    room = int((offsets[rows + 1] - offsets[rows]).sum())
    out = np.empty(room, np.uint64)
    lone = np.zeros(room if tell else 0, np.bool_)
    if len(rows):
        _all_texts(data, offsets, rows, _tables(), by_character, out, bounds, lone)
    return out[: bounds[-1]], bounds, lone[: bounds[-1]]
