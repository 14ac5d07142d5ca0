"""Hashes of the simplified words of texts, with few branches that depend on what the texts say.

A stretch of a text first becomes simplified code points in which its words lie apart: 64 bytes at once, and one code
point by itself where that does not do (numbers, the end of the buffer). Then all words of the stretch are hashed.
Where there is little to take at once, as in tables of numbers, words are hashed one code point after the other.
"""

from __future__ import annotations

import numpy as np

from gristmill.text.characters import decode, flags_of
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part, small_part
from gristmill.text.many_bytes import WIDE
from gristmill.text.mixing import GOLDEN, Hashes, mixed
from gristmill.text.simplified_block import SEEN, Lone, take_block, take_plain
from gristmill.text.simplified_table import (
    DIGIT,
    KIND,
    LETTER,
    LONE,
    NOTHING,
    SPACE,
    Entries,
    Tables,
    after_number,
    left_of,
    put_simplified,
    simplified_tables,
)
from gristmill.text.word_hashes import HELD, Held, finish_words, hash_words, no_words, then

_POOR, _LITTLE, _STRETCH = 4, 8, 128
"""Behind so many blocks that gave fewer bytes than that, so many bytes are taken one by one."""


@part
def _hash(held: Held, edges: int, codes: int, begun: np.uint64, out: Hashes, found: int) -> np.uint64:
    """Hash the words that have ended; returns the state of one that has not, GOLDEN where there is none.

    The first word goes on from `begun` where that is not GOLDEN, and has a place before its letters that says nothing.
    """
    held.edges[edges] = codes
    hash_words(held, edges + 1 >> 1, begun, out, found)
    words = edges >> 1
    finish_words(out, found, found + words)
    return out[found + words] if edges & 1 else GOLDEN


@small_part
def _begin(held: Held, begun: np.uint64) -> tuple[int, int]:
    """Hold no words but, where one has begun, a place that stands for its letters: how many places and edges."""
    held.edges[0] = 0
    there = int(begun != GOLDEN)
    return there, there


@part
def _one_by_one(
    data: Bytes,
    at: int,
    until: int,
    stop: int,
    tables: Tables,
    several: Entries,
    state: np.uint64,
    out: Hashes,
    found: int,
    lone: Lone,
) -> tuple[int, np.uint64, int]:
    """Hash the words of code points that begin before `until`: where the next one is, the state of the last word."""
    while at < until:
        code, at = decode(data, at, stop)
        entry = flags_of(code, tables.table)
        kind = entry & KIND
        if kind in (SPACE, LONE) and state != GOLDEN:
            out[found] = mixed(state)
            found += 1
            state = GOLDEN
        if kind in (LETTER, LONE):
            state = then(state, np.uint64(left_of(code, entry)))
        elif kind == DIGIT:
            state = then(state, np.uint64(0x30))
            at = after_number(data, at, stop, tables.table)
        elif kind not in (SPACE, NOTHING):
            for k in range(put_simplified(code, entry, tables.sequences, several, 0)):
                state = then(state, np.uint64(several[k]))
        if kind == LONE:
            if len(lone):
                lone[found] = True
            out[found] = mixed(state)
            found += 1
            state = GOLDEN
    return at, state, found


@part
def _words(data: Bytes, at: int, stop: int, tables: Tables, held: Held, out: Hashes, found: int, lone: Lone) -> int:
    """Put the hashes of the words of one text into `out` from `found` on; returns where they end.

    Where `lone` has room, it says of each word whether it is a letter of a script without spaces.
    """
    begun = GOLDEN
    codes, edges = _begin(held, begun)
    poor = at - at  # blocks one after the other that had little that could be taken at once
    while at < stop:
        few = at + SEEN > len(data)
        if not few:
            if codes > HELD:
                begun = _hash(held, edges, codes, begun, out, found)
                found += edges >> 1
                codes, edges = _begin(held, begun)
            if stop - at >= WIDE:
                after = take_plain(data, at, held, codes, edges)
                if after >= 0:
                    edges = after
                    at += WIDE
                    codes += WIDE
                    poor = at - at
                    continue
            size, edges = take_block(data, at, stop, tables.marks, held, codes, edges, lone, found)
            at += size
            codes += size
            poor = poor + 1 if size < _LITTLE else 0
            if size > WIDE - 4 or at == stop:
                continue
            code, after = decode(data, at, stop)
            kind = flags_of(code, tables.table) & KIND
            if poor < _POOR and (kind == DIGIT or (kind == LONE and edges & 1)):
                held.edges[edges] = codes
                if kind == LONE:  # it ends a word, and the next block begins with it
                    edges += 1
                else:
                    edges |= 1
                    held.codes[codes] = np.uint16(0x30)
                    codes += 1
                    at = after_number(data, after, stop, tables.table)
                continue
        begun = _hash(held, edges, codes, begun, out, found)
        found += edges >> 1
        until = stop if few else min(stop, at + _STRETCH if poor >= _POOR else at + 1)
        at, begun, found = _one_by_one(data, at, until, stop, tables, held.several, begun, out, found, lone)
        codes, edges = _begin(held, begun)
        poor = min(poor, _POOR - 1)
    begun = _hash(held, edges, codes, begun, out, found)
    found += edges >> 1
    if begun != GOLDEN:
        out[found] = mixed(begun)
        found += 1
    return found


@kernel
def _words_of_texts(
    data: Bytes, offsets: Offsets, rows: Offsets, tables: Tables, held: Held, out: Hashes, bounds: Offsets, lone: Lone
) -> None:
    found = bounds[0]  # a plain 0 would have Numba compile the callee once more, for the constant
    for k in range(len(rows)):
        found = _words(data, offsets[rows[k]], offsets[rows[k] + 1], tables, held, out, found, lone)
        bounds[k + 1] = found


def words_of_texts(data: Bytes, offsets: Offsets, rows: Offsets, tell: bool) -> tuple[Hashes, Offsets, Lone]:
    """The hashes of the words of each row, and with `tell`, which are letters of scripts without spaces."""
    bounds = np.zeros(len(rows) + 1, np.int64)
    # No word takes less than a byte, and pages that are not written to take no memory.
    room = int((offsets[rows + 1] - offsets[rows]).sum())
    out = np.empty(room, np.uint64)
    lone = np.zeros(room if tell else 0, np.bool_)
    if len(rows):
        _words_of_texts(data, offsets, rows, simplified_tables(), no_words(), out, bounds, lone)
    return out[: bounds[-1]], bounds, lone[: bounds[-1]]
