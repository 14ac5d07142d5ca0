"""Which n-grams of a text come again, and how many characters they hold: the counting behind Gopher's repetition rules.

Grams are compared by 64-bit hashes: two different ones of a text of a million words are taken for one with a
chance of about 3e-8. A gram can only come again where its first n - 1 words do, so each size looks only at what
the size before it left; most of a usual text is gone after the second. And it can only come again where its mark, a
few bits of its hash, does: marks are counted without a branch, so that only what may be a copy is looked up.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.characters import count_characters
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import part, small_part
from gristmill.text.mixing import GOLDEN, Hashes, hash_spans

Heads = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]

SIZES = range(2, 11)
"""Sizes of n-gram that are looked at; those up to LAST_TOP for the commonest, the others for duplicates."""
LAST_TOP = 4

_STEP = np.uint64(0xD1342543DE82EF95)  # odd, so a power of it is never 0
_MARKS = 8  # for each gram: so many that few grams share one by chance


class Room(NamedTuple):
    """Memory for one text of up to a number of words, used again for the next."""

    words: Hashes  # by position: the hash of the word there
    keys: Hashes  # by position: the hash of the gram that begins there
    at: Heads  # the positions still looked at, ascending
    first: Heads  # by position: the first position of an equal gram
    counts: Heads  # by position: how many equal grams there are, at the first; 0 at the others
    slots: Heads  # a hash table with open addressing; -1 is free
    marks: Bytes  # by mark: 0 where no gram has it, 1 where one has, 3 where more do
    chars: Counts  # by word: characters of all words before it


def room_for(words: int) -> Room:
    """Enough room for a text of so many words."""
    if words >= 1 << 30:
        raise ValueError(f"a text of {words} words is too long to count n-grams in: the limit is {1 << 30}")
    slots = 1 << max(4, int(2 * words - 1).bit_length())
    return Room(
        np.empty(words, np.uint64),
        np.empty(words, np.uint64),
        np.empty(words, np.int32),
        np.empty(words, np.int32),
        np.empty(words, np.int32),
        np.empty(slots, np.int32),
        np.empty(_MARKS // 2 * slots, np.uint8),
        np.empty(words + 1, np.int64),
    )


@part
def sum_characters(data: Bytes, starts: Offsets, stops: Offsets, begin: int, end: int, chars: Counts) -> None:
    """`chars[k]` becomes the number of code points in the first `k` words from word `begin`."""
    chars[0] = 0
    for k in range(begin, end):
        chars[k - begin + 1] = chars[k - begin] + count_characters(data, starts[k], stops[k])


@part
def cleared(slots: Heads, entries: int) -> int:
    """Empty as much of the table as `entries` need at half load; returns the shift that maps a hash into it."""
    bits = 4
    while (1 << bits) < 2 * entries:
        bits += 1
    for slot in range(1 << bits):
        slots[slot] = -1
    return int(64 - bits)


@small_part
def find(keys: Hashes, slots: Heads, shift: int, position: int) -> int:
    """The position that first brought this key, which is now `position` where the key is new."""
    mask = (1 << (64 - shift)) - 1
    slot = np.int64((keys[position] * GOLDEN) >> np.uint64(shift))
    while slots[slot] >= 0:
        if keys[slots[slot]] == keys[position]:
            return int(slots[slot])
        slot = (slot + 1) & mask
    slots[slot] = position
    return position


@part
def start(data: Bytes, starts: Offsets, stops: Offsets, begin: int, end: int, room: Room) -> int:
    """Make ready for the words `begin` to `end`: every word is a gram of size 1, and may come again."""
    hash_spans(data, starts, stops, begin, end, room.words)
    sum_characters(data, starts, stops, begin, end, room.chars)
    for k in range(end - begin):
        room.keys[k] = room.words[k]
        room.at[k] = k
    return end - begin


@part
def unmarked(marks: Bytes, entries: int) -> int:
    """Have no mark counted of those that `entries` need; returns the shift that makes a mark of a hash."""
    bits = 4
    while (1 << bits) < _MARKS * entries:
        bits += 1
    for mark in range(1 << bits):
        marks[mark] = 0
    return int(64 - bits)


@small_part
def mark_of(key: np.uint64, shift: int) -> np.uint64:
    """The mark of a hash, which grams of equal hash have in common."""
    return (key * GOLDEN) >> np.uint64(shift)


@small_part
def count_mark(marks: Bytes, mark: np.uint64) -> None:
    """Count a mark: up to two, and without a branch."""
    marks[mark] = (marks[mark] << 1 | 1) & 3


@part
def group(looked: int, room: Room) -> None:
    """Find out which of the grams at the first `looked` of `room.at` are equal."""
    shift = cleared(room.slots, looked)
    for k in range(looked):
        position = room.at[k]
        room.counts[position] = 0
        head = find(room.keys, room.slots, shift, position)
        room.first[position] = head
        room.counts[head] += 1


@part
def lengthen(n: int, total: int, looked: int, room: Room) -> int:
    """Make grams of size `n` of those of size `n - 1`, group equal ones, and return how many are left to look at.

    Before, the first `looked` of `room.at` are positions of grams of size `n - 1`; after, as many as are returned
    are those of the grams that have one more of the `total` words, but for most that come only once.
    """
    shift = unmarked(room.marks, looked)
    kept = 0
    for k in range(looked):
        position = room.at[k]
        if position + n <= total:
            key = room.keys[position] * _STEP + room.words[position + n - 1]
            room.keys[position] = key
            room.at[kept] = position
            kept += 1
            count_mark(room.marks, mark_of(key, shift))
    some = 0
    for k in range(kept):
        position = room.at[k]
        room.at[some] = position  # whether it stays, for a branch here would be guessed wrong too often
        some += room.marks[mark_of(room.keys[position], shift)] > 1
    group(some, room)
    return some


@part
def only_repeated(looked: int, room: Room) -> int:
    """Keep looking only at grams that come more than once."""
    kept = 0
    for k in range(looked):
        position = room.at[k]
        room.at[kept] = position  # whether it stays, as above
        kept += room.counts[room.first[position]] > 1
    return kept
