"""Hashes of the simplified words of texts, with few branches that depend on what the texts say.

A stretch of a text first becomes simplified code points in which its words lie apart: 64 bytes at once, and one code
point by itself where that does not do (digits, the end of the buffer). Then all words of the stretch are hashed.
"""

from __future__ import annotations

import numpy as np

from gristmill.text.characters import decode, flags_of
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part, small_part
from gristmill.text.mixing import GOLDEN, Hashes
from gristmill.text.simplified_block import SEEN, Lone, take_block
from gristmill.text.simplified_table import (
    DIGIT,
    KIND,
    LONE,
    SPACE,
    Tables,
    after_number,
    put_simplified,
    simplified_tables,
)
from gristmill.text.word_hashes import HELD, Held, finish_words, hash_words, no_words, then


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
def _begin_word(held: Held, edges: int, codes: int) -> int:
    """Begin a word where none has begun. As below, returns how many edges there are then."""
    held.edges[edges] = codes
    return edges | 1


@small_part
def _end_word(held: Held, edges: int, codes: int) -> int:
    """End the word that has begun, if one has."""
    held.edges[edges] = codes
    return edges + (edges & 1)


@small_part
def _begin(held: Held, begun: np.uint64) -> tuple[int, int]:
    """Hold no words but, where one has begun, a place that stands for its letters: how many places and edges."""
    held.edges[0] = 0
    there = int(begun != GOLDEN)
    return there, there


@part
def _words(data: Bytes, at: int, stop: int, tables: Tables, held: Held, out: Hashes, found: int, lone: Lone) -> int:
    """Put the hashes of the words of one text into `out` from `found` on; returns where they end.

    Where `lone` has room, it says of each word whether it is a letter of a script without spaces.
    """
    begun = GOLDEN
    codes, edges = _begin(held, begun)
    while at < stop:
        if codes > HELD:
            begun = _hash(held, edges, codes, begun, out, found)
            found += edges >> 1
            codes, edges = _begin(held, begun)
        if at + SEEN <= len(data):
            size, edges = take_block(data, at, stop, tables.marks, held, codes, edges, lone, found)
            at += size
            codes += size
            if size > 60 or at == stop:
                continue
        code, at = decode(data, at, stop)
        entry = flags_of(code, tables.table)
        kind = entry & KIND
        if kind in (SPACE, LONE):
            edges = _end_word(held, edges, codes)
        if kind == LONE and len(lone):
            lone[found + (edges >> 1)] = True
        if kind == DIGIT:
            at = after_number(data, at, stop, tables.table)
        for k in range(put_simplified(code, entry, tables.sequences, held.several, 0)):
            if held.several[k] <= 0xFFFF:
                edges = _begin_word(held, edges, codes)
                held.codes[codes] = np.uint16(held.several[k])
                codes += 1
            else:  # hashed at once, as the beginning of the word that comes next
                begun = then(_hash(held, edges, codes, begun, out, found), np.uint64(held.several[k]))
                found += edges >> 1
                codes, edges = _begin(held, begun)
        if kind == LONE:
            edges = _end_word(held, edges, codes)
    edges = _end_word(held, edges, codes)
    _hash(held, edges, codes, begun, out, found)
    return found + (edges >> 1)


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
