"""How many words of a text stand in a short list, a list for each language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gristmill.text.affixes import FNV_OFFSET, FNV_PRIME
from gristmill.text.eight_bytes import at_least
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part, small_part
from gristmill.text.many_bytes import how_many_set
from gristmill.text.measures import Counts
from gristmill.text.mixing import GOLDEN, Hashes, up_to_eight
from gristmill.text.words import Words

MOST_WORDS = 62  # a list fits the bits of one number
_SLOT_BITS = 12
_OFFSET, _PRIME = np.uint64(FNV_OFFSET), np.uint64(FNV_PRIME)


class Vocabulary(NamedTuple):
    """List `n` has the words `bounds[n]` to `bounds[n + 1]`: their FNV-1a `hashes`, first eight bytes and sizes.

    A word is found by its first eight bytes: `slots[n, s]` is how many words of the list come up to it, and slot s or
    one behind it is its own. 0 is free.
    """

    hashes: Hashes
    begins: Hashes
    sizes: Offsets
    bounds: Offsets
    slots: Bytes


def _hash(word: bytes) -> int:
    value = FNV_OFFSET
    for byte in word:
        value = (value ^ byte) * FNV_PRIME & (1 << 64) - 1
    return value


def _slot(begin: int) -> int:
    return (begin * int(GOLDEN) & (1 << 64) - 1) >> (64 - _SLOT_BITS)


def vocabulary(lists: Sequence[Sequence[str]]) -> Vocabulary:
    """Make lists ready for the kernel. A word has less than 63 bytes, a list no more than 62 words, all different."""
    hashes: list[int] = []
    begins: list[int] = []
    sizes: list[int] = []
    bounds = [0]
    slots = np.zeros((len(lists), 1 << _SLOT_BITS), np.uint8)
    for n, words in enumerate(lists):
        raw = [word.encode() for word in words]
        if len(set(raw)) > MOST_WORDS or len(set(raw)) < len(raw) or any(not 0 < len(word) < 63 for word in raw):
            raise ValueError(f"list {n} has over {MOST_WORDS} words, one twice, or one that is empty or over 62 bytes")
        for at, word in enumerate(raw):
            begin = int.from_bytes(word[:8], "little")
            slot = _slot(begin)
            while slots[n, slot]:
                slot = (slot + 1) % (1 << _SLOT_BITS)
            slots[n, slot] = at + 1
            hashes.append(_hash(word))
            begins.append(begin)
            sizes.append(len(word))
        bounds.append(len(hashes))
    return Vocabulary(
        np.array(hashes, np.uint64), np.array(begins, np.uint64), np.array(sizes, np.int64), np.array(bounds), slots
    )


@small_part
def _lowered(word: np.uint64) -> np.uint64:
    """Eight bytes with their upper case letters of ASCII made lower case ones."""
    upper = at_least(word, 0x41) & ~at_least(word, 0x5B) & ~word
    return word | (upper >> np.uint64(2))


@part
def _hashed(data: Bytes, start: int, stop: int, lower: bool) -> np.uint64:
    value = _OFFSET
    for at in range(start, stop):
        byte = data[at]
        if lower and 0x41 <= byte <= 0x5A:
            byte += 32
        value = (value ^ np.uint64(byte)) * _PRIME
    return value


@kernel
def _hits(
    data: Bytes,
    starts: Offsets,
    stops: Offsets,
    offsets: Offsets,
    rows: Offsets,
    lists: Offsets,
    lower: bool,
    distinct: bool,
    known: Vocabulary,
) -> Counts:
    hashes, begins, sizes, bounds, table = known
    counts = np.zeros(len(rows), np.int64)
    for i in range(len(rows)):
        if lists[i] < 0:
            continue
        first, slots = bounds[lists[i]] - 1, table[lists[i]]
        every = ((np.uint64(1) << np.uint64(bounds[lists[i] + 1] - bounds[lists[i]])) - np.uint64(1)) << np.uint64(1)
        met = np.uint64(0)
        found = 0
        for k in range(np.uint64(offsets[rows[i]]), np.uint64(offsets[rows[i] + 1])):
            start, size = starts[k], stops[k] - starts[k]
            begin = up_to_eight(data, start, stops[k])
            if lower:
                begin = _lowered(begin)
            slot = (begin * GOLDEN) >> np.uint64(64 - _SLOT_BITS)
            while slots[slot]:
                word = np.uint64(first + slots[slot])
                if (
                    begins[word] == begin
                    and sizes[word] == size
                    and (size <= 8 or _hashed(data, start, stops[k], lower) == hashes[word])
                ):
                    found += 1
                    met |= np.uint64(1) << np.uint64(slots[slot])
                    break
                slot = (slot + np.uint64(1)) & np.uint64((1 << _SLOT_BITS) - 1)
            if distinct and met == every:
                break
        counts[i] = how_many_set(met) if distinct else found
    return counts


def hits(
    data: Bytes, words: Words, rows: Offsets, lists: Offsets, known: Vocabulary, *, lower: bool, distinct: bool
) -> Counts:
    """For each asked row the words that stand in its list, each time they do or, if `distinct`, once.

    `lists` has the list of each asked row, -1 for none. With `lower`, ASCII letters are lower-cased first.
    """
    return _hits(data, *words, rows, lists, lower, distinct, known)
