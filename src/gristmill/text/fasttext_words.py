"""Which rows of a pruned fastText model's table a word stands for: its own, and those of its n-grams of characters.

Follows facebookresearch/fastText (`dictionary.cc`); Joulin et al. 2016, arXiv:1607.01759.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import part, small_part
from gristmill.text.many_bytes import first_bits, first_set, how_many_set
from gristmill.text.sixteen_numbers import LANES, Bits, Ints, Numbers, are_set, fill, hash_on, hash_on_ascii, remainders

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
    word_marks: Bits  # of the words, by `text/word_memo.py`


class Characters(NamedTuple):
    """Some characters of a word, each the number that its UTF-8 bytes are, little-endian, and room for their n-grams.

    `digests` are the hashes of the n-grams that begin at each of the first sixteen, and from `buckets[16 * (n - 1)]` on
    are those of n characters, modulo the buckets of the model. Bit k of `marks[n - 1]` is set where the one that begins
    at character k has a row.
    """

    codes: Numbers
    digests: Numbers
    buckets: Numbers
    marks: Bits


def characters(max_n: int) -> Characters:
    """Room for those that sixteen n-grams of at most `max_n` characters are of."""
    codes, digests, buckets = (np.zeros(size, np.uint32) for size in (LANES + max_n, LANES, LANES * max_n))
    return Characters(codes, digests, buckets, np.zeros(max_n, np.uint64))


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
def _mark(features: Features, characters: Characters, n: int, many: int) -> None:
    """Find the rows of the n-grams whose hashes are there, of so many characters."""
    if n >= features.min_n:
        buckets, at = characters.buckets, LANES * (n - 1)
        remainders(characters.digests, np.uint64(features.buckets), features.inverse, buckets, at)
        characters.marks[n - 1] = are_set(features.present, buckets, at) & first_bits(max(many - n + 1, 0))


@small_part
def mark_ngrams(features: Features, characters: Characters, many: int) -> None:
    """Find the n-grams that have a row, among those that begin at the first sixteen of `many` characters."""
    codes, digests = characters.codes, characters.digests
    some = np.uint32(0)
    for k in range(many):
        some |= codes[np.uint64(k)]
    widest = 1 + int(some >= 1 << 8) + int(some >= 1 << 16) + int(some >= 1 << 24)
    fill(digests, FNV_START)
    for n in range(1, features.max_n + 1):
        hash_on(digests, codes, n - 1, widest, FNV_PRIME)
        _mark(features, characters, n, many)


@small_part
def mark_ascii(features: Features, characters: Characters, first: np.uint64, second: np.uint64, size: int) -> None:
    """The same for a word of at most fourteen bytes of ASCII, eight of them in `first`, which is looked at in whole."""
    low = np.uint64(BOW) | (first << np.uint64(8))
    high = (first >> np.uint64(56)) | (second << np.uint64(8))
    if size < 7:
        low |= np.uint64(EOW) << np.uint64(8 * size + 8)
    else:
        high |= np.uint64(EOW) << np.uint64(8 * size - 56)
    fill(characters.digests, FNV_START)
    for n in range(1, features.max_n + 1):
        hash_on_ascii(characters.digests, low, high, FNV_PRIME)
        _mark(features, characters, n, size + 2)
        low = (low >> np.uint64(8)) | (high << np.uint64(56))
        high >>= np.uint64(8)


@small_part
def ngram_rows(
    features: Features, characters: Characters, many: int, begins: bool, ends: bool, rows: Ints, held: int
) -> int:
    """Put the rows of the n-grams that are marked behind the `held` rows, where there is room for all; how many now.

    A word `begins` with the first of the `many` characters, or `ends` with the last, and else more come.
    """
    present, marks, least = features.present, characters.marks, max(features.min_n, 1)
    if least == 1 and features.max_n > 0:  # the signs of a word's ends are no n-grams by themselves
        marks[0] &= ~(np.uint64(begins) | (np.uint64(ends) << np.uint64(min(many - 1, LANES))))
    some = np.uint64(0)
    for n in range(least, features.max_n + 1):
        some |= marks[np.uint64(n - 1)]
    while some:
        first = np.uint64(first_set(some))
        some &= some - np.uint64(1)
        for n in range(least, features.max_n + 1):
            bucket = np.uint64(characters.buckets[np.uint64(LANES * (n - 1)) + first])
            word = bucket >> np.uint64(6)
            below = (np.uint64(1) << (bucket & np.uint64(63))) - np.uint64(1)
            # Whether it stays is told by the next one, for a branch here would be guessed wrong too often.
            rows[np.uint64(held)] = features.ranks[word] + how_many_set(present[word] & below)
            held += int((marks[np.uint64(n - 1)] >> first) & np.uint64(1))
    return held


@part
def stands_in(data: Bytes, begin: int, other: Bytes, start: int, size: int) -> bool:
    """Whether data[begin:begin + size] are the bytes other[start:start + size]."""
    for i in range(size):  # noqa: SIM110 - a kernel takes no generator
        if other[start + i] != data[begin + i]:
            return False
    return True


@part
def word_row(features: Features, data: Bytes, begin: int, size: int) -> int:
    """The row of an in-vocabulary word, which is data[begin:begin + size], or -1."""
    digest = FNV_START
    for k in range(begin, begin + size):
        digest = hashed_on(digest, data[np.uint64(k)])
    table, offsets = features.word_table, features.word_offsets
    slot = int(digest) & (len(table) - 1)
    while table[slot] >= 0:
        start, end = offsets[table[slot]], offsets[table[slot] + 1]
        if end - start == size and stands_in(data, begin, features.word_data, start, size):
            return int(table[slot])
        slot = (slot + 1) & (len(table) - 1)
    return -1
