"""How many words of a text stand in a short list, a list for each language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.affixes import FNV_OFFSET, FNV_PRIME
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part
from gristmill.text.measures import Counts
from gristmill.text.words import Words

MOST_WORDS = 62  # a list fits the bits of one number
_OFFSET, _PRIME = np.uint64(FNV_OFFSET), np.uint64(FNV_PRIME)


class Vocabulary(NamedTuple):
    """List `n` has the FNV-1a hashes `hashes[bounds[n]:bounds[n + 1]]`; `first[n, byte]`: bit l is set where one of its
    words begins with that byte and has l bytes."""

    hashes: npt.NDArray[np.uint64]
    bounds: Offsets
    first: npt.NDArray[np.int64]


def _hash(word: bytes) -> int:
    value = FNV_OFFSET
    for byte in word:
        value = (value ^ byte) * FNV_PRIME & (1 << 64) - 1
    return value


def vocabulary(lists: Sequence[Sequence[str]]) -> Vocabulary:
    """Make lists ready for the kernel. A word has less than 63 bytes, a list no more than 64 words."""
    hashes: list[int] = []
    bounds = [0]
    first = np.zeros((len(lists), 256), np.int64)
    for n, words in enumerate(lists):
        raw = [word.encode() for word in words]
        if len(raw) > MOST_WORDS or any(not 0 < len(word) < 63 for word in raw):
            raise ValueError(f"list {n} has over {MOST_WORDS} words, or one that is empty or over 62 bytes")
        for word in raw:
            first[n, word[0]] |= 1 << len(word)
        hashes.extend(map(_hash, raw))
        bounds.append(len(hashes))
    return Vocabulary(np.array(hashes, np.uint64), np.array(bounds, np.int64), first)


@part
def _lower(byte: int) -> int:
    return byte + 32 if 0x41 <= byte <= 0x5A else byte


@kernel
def _hits(
    data: Bytes,
    starts: Offsets,
    stops: Offsets,
    offsets: Offsets,
    rows: Offsets,
    lists: Offsets,
    lower: bool,
    hashes: npt.NDArray[np.uint64],
    bounds: Offsets,
    first: npt.NDArray[np.int64],
) -> Counts:
    counts = np.zeros((2, len(rows)), np.int64)
    for i in range(len(rows)):
        which = lists[i]
        if which < 0:
            continue
        met = 0
        for k in range(offsets[rows[i]], offsets[rows[i] + 1]):
            size = stops[k] - starts[k]
            lead = _lower(data[starts[k]]) if lower else data[starts[k]]
            if size > 62 or not (first[which, lead] >> size) & 1:
                continue
            value = _OFFSET
            for at in range(starts[k], stops[k]):
                byte = _lower(data[at]) if lower else data[at]
                value = (value ^ np.uint64(byte)) * _PRIME
            for n in range(bounds[which], bounds[which + 1]):
                if hashes[n] == value:
                    counts[0, i] += 1
                    met |= 1 << (n - bounds[which])
        while met:
            counts[1, i] += met & 1
            met >>= 1
    return counts


def hits(data: Bytes, words: Words, rows: Offsets, lists: Offsets, known: Vocabulary, *, lower: bool) -> Counts:
    """For each asked row the words that stand in its list, all of them and distinct ones: two rows of counts.

    `lists` has the list of each asked row, -1 for none. With `lower`, ASCII letters are lower-cased first.
    """
    return _hits(data, *words, rows, lists, lower, *known)
