"""Which rows of a pruned fastText model's table a word stands for: its own, and those of its n-grams of characters.

Follows facebookresearch/fastText (`dictionary.cc`); Joulin et al. 2016, arXiv:1607.01759.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import part, small_part
from gristmill.text.many_bytes import how_many_set

Ints = npt.NDArray[np.int32]
Bits = npt.NDArray[np.uint64]

FNV_START, FNV_PRIME, MASK = np.uint64(2166136261), np.uint64(16777619), np.uint64(0xFFFFFFFF)
BOW, EOW = ord("<"), ord(">")
LABEL = np.frombuffer(b"__label__", np.uint8)
END = np.frombuffer(b"</s>", np.uint8)


class Features(NamedTuple):
    """What the rows of a table are of: words first, then the n-grams of which the model kept any, by rising hash.

    Bit h & 63 of `present[h >> 6]` is set where n-grams of hash h have a row, and `ranks[h >> 6]` is the row of the
    first such hash of those 64. Most have none, and the bits fit into the cache of a core. The words are
    `word_data[word_offsets[i]:word_offsets[i + 1]]`, found through the open-addressed `word_table`.
    """

    present: Bits
    ranks: Ints
    buckets: int
    word_data: Bytes
    word_offsets: Offsets
    word_table: Ints
    min_n: int
    max_n: int


class Memo(NamedTuple):
    """The rows of words met before, for most words of a text are common ones, of few rows.

    A word has one slot where it may stand, and the last one stays there. Slot s is of the word with the bytes
    `words[2 * s]` and `words[2 * s + 1]`, none of which are 0; `rows[WIDTH * s]` is how many rows it has, and they
    follow.
    """

    words: Bits
    rows: Ints


SLOT_BITS = 13
WIDTH = 8
LONGEST = 16  # bytes of a word


def memo() -> Memo:
    """One of no words."""
    return Memo(np.zeros(2 << SLOT_BITS, np.uint64), np.empty(WIDTH << SLOT_BITS, np.int32))


@small_part
def recalled(known: Memo, slot: int, first: np.uint64, second: np.uint64, rows: Ints, held: int) -> int:
    """Put the rows of a word behind the `held` rows, where there is room for WIDTH; how many, -1 for a new word."""
    if known.words[2 * slot] != first or known.words[2 * slot + 1] != second:
        return -1
    for k in range(WIDTH - 1):
        rows[held + k] = known.rows[WIDTH * slot + 1 + k]
    return int(known.rows[WIDTH * slot])


@small_part
def remember(known: Memo, slot: int, first: np.uint64, second: np.uint64, rows: Ints, begin: int, end: int) -> None:
    """Keep rows[begin:end] as those of a word, if there are few."""
    if end - begin < WIDTH:
        known.words[2 * slot], known.words[2 * slot + 1] = first, second
        known.rows[WIDTH * slot] = end - begin
        for k in range(end - begin):
            known.rows[WIDTH * slot + 1 + k] = rows[begin + k]


@small_part
def remainder(value: np.uint64, divisor: np.uint64, inverse: np.uint64) -> np.uint64:
    """`value` modulo `divisor`, both of 32 bits, without the slow division: `inverse` is 2^64 / divisor, rounded up.

    Lemire, Kaser and Kurz 2019, arXiv:1902.01961.
    """
    low = value * inverse
    return ((low >> np.uint64(32)) * divisor + (((low & MASK) * divisor) >> np.uint64(32))) >> np.uint64(32)


@small_part
def hashed_on(digest: np.uint64, byte: int) -> np.uint64:
    """The FNV-1a hash of one more byte, its sign extended as fastText has it."""
    return ((digest ^ np.uint64(np.uint32(np.int8(byte)))) * FNV_PRIME) & MASK


@small_part
def _is_inner(byte: int) -> bool:
    """Whether a byte goes on with a character."""
    return byte & 0xC0 == 0x80


@small_part
def ngram_rows(features: Features, chars: Bytes, size: int, first: int, rows: Ints, held: int) -> tuple[int, int]:
    """Put the rows of the n-grams of chars[:size] that begin at `first` or later behind the `held` rows.

    How many rows there are now, and where those begin that there was no room for.
    """
    present, max_n, min_n = features.present, features.max_n, features.min_n
    buckets = np.uint64(features.buckets)
    inverse = ~np.uint64(0) // buckets + np.uint64(1)
    before = held
    i = first
    while i < size and held + max_n <= len(rows):
        if _is_inner(chars[np.uint64(i)]):
            i += 1
            continue
        digest = FNV_START
        j = i
        for n in range(1, max_n + 1):
            if j >= size:
                break
            digest = hashed_on(digest, chars[np.uint64(j)])
            j += 1
            while j < size and _is_inner(chars[np.uint64(j)]):
                digest = hashed_on(digest, chars[np.uint64(j)])
                j += 1
            if n >= min_n and not (n == 1 and (i == 0 or j == size)):
                bucket = remainder(digest, buckets, inverse)
                rows[np.uint64(held)] = bucket  # whether it stays, for a branch here would be guessed wrong too often
                held += int((present[bucket >> np.uint64(6)] >> (bucket & np.uint64(63))) & np.uint64(1))
        i += 1
    for k in range(before, held):
        bucket = np.uint64(rows[k])
        below = (np.uint64(1) << (bucket & np.uint64(63))) - np.uint64(1)
        rows[k] = features.ranks[bucket >> np.uint64(6)] + how_many_set(present[bucket >> np.uint64(6)] & below)
    return held, i


@part
def stands_in(chars: Bytes, begin: int, other: Bytes, start: int, size: int) -> bool:
    """Whether chars[begin:begin + size] are the bytes other[start:start + size]."""
    for i in range(size):  # noqa: SIM110 - a kernel takes no generator
        if other[start + i] != chars[begin + i]:
            return False
    return True


@part
def word_row(features: Features, chars: Bytes, size: int, digest: np.uint64) -> int:
    """The row of an in-vocabulary word (its bytes stand at chars[1:size + 1]), or -1."""
    table, offsets = features.word_table, features.word_offsets
    slot = int(digest) % len(table)
    while table[slot] >= 0:
        begin, end = offsets[table[slot]], offsets[table[slot] + 1]
        if end - begin == size and stands_in(chars, 1, features.word_data, begin, size):
            return int(table[slot])
        slot = (slot + 1) % len(table)
    return -1
