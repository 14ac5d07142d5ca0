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
from gristmill.text.sixteen_numbers import LANES, Numbers, hash_on, remainders

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
    inverse: np.uint64  # 2^64 / buckets, rounded up


class Characters(NamedTuple):
    """Some characters of a word, each the number that its UTF-8 bytes are, little-endian, and room for their n-grams.

    `digests` are the hashes of the n-grams that begin at each of the first sixteen, and from `buckets[16 * (n - 1)]` on
    are those of n characters, modulo the buckets of the model.
    """

    codes: Numbers
    digests: Numbers
    buckets: Numbers


def characters(max_n: int) -> Characters:
    """Room for those that sixteen n-grams of at most `max_n` characters are of."""
    return Characters(*(np.zeros(size, np.uint32) for size in (LANES + max_n, LANES, LANES * max_n)))


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
def next_characters(data: Bytes, at: int, stop: int, codes: Numbers, many: int) -> tuple[int, int]:
    """Put the characters of data[at:stop] behind the first `many` while there is room; how many, and where to go on.

    None has more than four bytes, as texts are UTF-8.
    """
    while at < stop and many < len(codes):
        byte = data[np.uint64(at)]
        code = np.uint32(byte)
        size = min(1 + int(byte >= 0xC0) + int(byte >= 0xE0) + int(byte >= 0xF0), stop - at)
        for k in range(1, size):
            code |= np.uint32(data[np.uint64(at + k)]) << np.uint32(8 * k)
        codes[np.uint64(many)] = code
        many += 1
        at += size
    return many, at


@small_part
def _hash_ngrams(features: Features, characters: Characters, many: int) -> None:
    """Find the buckets of the n-grams that begin at the first sixteen characters."""
    codes, digests = characters.codes, characters.digests
    some = np.uint32(0)
    for k in range(many):
        some |= codes[np.uint64(k)]
    widest = 1 + int(some >= 1 << 8) + int(some >= 1 << 16) + int(some >= 1 << 24)
    for lane in range(LANES):
        digests[np.uint64(lane)] = FNV_START
    for n in range(1, features.max_n + 1):
        for byte in range(widest):
            hash_on(digests, codes, n - 1, byte, FNV_PRIME)
        if n >= features.min_n:
            remainders(digests, np.uint64(features.buckets), features.inverse, characters.buckets, LANES * (n - 1))


@small_part
def ngram_rows(
    features: Features, characters: Characters, many: int, begins: bool, ends: bool, rows: Ints, held: int
) -> int:
    """Put the rows of the n-grams that begin at the first sixteen of `many` characters behind the `held` rows.

    There must be room for all. A word `begins` with the first, or `ends` with the last of the characters, and else more
    come. How many rows there are now.
    """
    present, least = features.present, max(features.min_n, 1)
    _hash_ngrams(features, characters, many)
    before = held
    for first in range(min(LANES, many)):
        for n in range(least, min(features.max_n, many - first) + 1):
            if n == 1 and ((begins and first == 0) or (ends and first == many - 1)):
                continue
            bucket = np.uint64(characters.buckets[np.uint64(LANES * (n - 1) + first)])
            rows[np.uint64(held)] = bucket  # whether it stays, for a branch here would be guessed wrong too often
            held += int((present[bucket >> np.uint64(6)] >> (bucket & np.uint64(63))) & np.uint64(1))
    for k in range(before, held):
        bucket = np.uint64(rows[np.uint64(k)])
        word = bucket >> np.uint64(6)
        below = (np.uint64(1) << (bucket & np.uint64(63))) - np.uint64(1)
        rows[np.uint64(k)] = features.ranks[word] + how_many_set(present[word] & below)
    return held


@part
def stands_in(data: Bytes, begin: int, other: Bytes, start: int, size: int) -> bool:
    """Whether data[begin:begin + size] are the bytes other[start:start + size]."""
    for i in range(size):  # noqa: SIM110 - a kernel takes no generator
        if other[start + i] != data[begin + i]:
            return False
    return True


@part
def word_row(features: Features, data: Bytes, begin: int, size: int, digest: np.uint64) -> int:
    """The row of an in-vocabulary word, which is data[begin:begin + size], or -1."""
    table, offsets = features.word_table, features.word_offsets
    slot = int(digest) & (len(table) - 1)
    while table[slot] >= 0:
        start, end = offsets[table[slot]], offsets[table[slot] + 1]
        if end - start == size and stands_in(data, begin, features.word_data, start, size):
            return int(table[slot])
        slot = (slot + 1) & (len(table) - 1)
    return -1
