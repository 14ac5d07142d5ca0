"""Words between white space, whole or without their ASCII punctuation, as decontamination scripts compare them."""

from __future__ import annotations

import numpy as np

from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, small_part
from gristmill.text.mixing import GOLDEN, Hashes, hashed, mixed
from gristmill.text.words import Words, whitespace_words


@small_part
def bare_byte(byte: int) -> int:
    """An ASCII letter in lower case, a digit or a byte of another script; 0 for all other ASCII."""
    if 0x41 <= byte <= 0x5A:
        return int(byte + 32)
    return int(byte) if byte >= 0x80 or 0x61 <= byte <= 0x7A or 0x30 <= byte <= 0x39 else 0


@small_part
def bare_hash(data: Bytes, start: int, stop: int, state: np.uint64) -> np.uint64:
    """The hash of a word's bare bytes; `state` itself where it has none."""
    for at in range(start, stop):
        byte = bare_byte(data[at])
        if byte:
            state = (state ^ np.uint64(byte)) * GOLDEN
            state ^= state >> np.uint64(29)
    return state


@kernel
def _hash(data: Bytes, starts: Offsets, stops: Offsets, bare: bool, out: Hashes) -> None:
    for k in range(len(starts)):
        if bare:
            state = bare_hash(data, starts[k], stops[k], GOLDEN)
            out[k] = mixed(state) if state != GOLDEN else np.uint64(0)
        else:
            out[k] = hashed(data, starts[k], stops[k], GOLDEN)


def word_hashes(data: Bytes, starts: Offsets, stops: Offsets, bare: bool = False) -> Hashes:
    """A hash of each word, with `bare` of its letters and digits alone: 0 where it has none."""
    out = np.empty(len(starts), np.uint64)
    _hash(data, starts, stops, bare, out)
    return out


def words_of_rows(data: Bytes, offsets: Offsets, rows: Offsets, bare: bool = False) -> tuple[Words, Hashes]:
    """The words of the asked rows and their hashes; row `rows[k]` has those from `words.offsets[k]` on.

    With `bare`, words are compared by their letters and digits, and what has none is no word.
    """
    found = whitespace_words(data, offsets, rows)
    bounds = np.append(found.offsets[rows], len(found.starts))
    hashes = word_hashes(data, found.starts, found.stops, bare)
    if not bare:
        return Words(found.starts, found.stops, bounds), hashes
    some = hashes != 0
    kept = np.concatenate([[0], np.cumsum(some)])
    return Words(found.starts[some], found.stops[some], kept[bounds]), hashes[some]
