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

from gristmill.text.eight_bytes import put_eight
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import part, small_part
from gristmill.text.many_bytes import how_many_set
from gristmill.text.mixing import GOLDEN, Hashes, up_to_eight

Heads = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]

SIZES = range(2, 11)
"""Sizes of n-gram that are looked at; those up to LAST_TOP for the commonest, the others for duplicates."""
LAST_TOP = 4

_STEP = np.uint64(0xD1342543DE82EF95)  # odd, so a power of it is never 0
_LOWEST_BITS = np.uint64(0x0101010101010101)
_SIZE = np.uint64(0xBF58476D1CE4E5B9)
_MARKS = 8  # for each gram: so many that few grams share one by chance


BEHIND = 72
"""How many bytes that mean nothing lie behind the joined words, so that eight at a time are read and written."""


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
    joined: Bytes  # the words of the text joined by nothing, and some bytes that mean nothing
    limits: Heads  # by word: how many bytes joined from there on come nowhere else
    places: Counts  # by word: where it begins in `joined`; then where the last one ends


def room_for(words: int, size: int) -> Room:
    """Enough room for a text of so many words and bytes."""
    if words >= 1 << 30:
        raise ValueError(f"a text of {words} words is too long to count n-grams in: the limit is {1 << 30}")
    slots = 1 << max(4, int(4 * words - 1).bit_length())
    return Room(
        np.empty(words, np.uint64),
        np.empty(words, np.uint64),
        np.empty(words, np.int32),
        np.empty(words, np.int32),
        np.empty(words, np.int32),
        np.empty(slots, np.int32),
        np.empty(_MARKS // 4 * slots, np.uint8),
        np.empty(words + 1, np.int64),
        np.empty(size + BEHIND, np.uint8),
        np.empty(words, np.int32),
        np.empty(words + 1, np.int64),
    )


@part
def cleared(slots: Heads, entries: int) -> np.uint64:
    """Empty as much of the table as `entries` need at half load; returns the shift that maps a hash into it."""
    bits = 4
    while (1 << bits) < 4 * entries:
        bits += 1
    for slot in range(np.uint64(1 << bits)):
        slots[slot] = -1
    return np.uint64(64 - bits)


@small_part
def find(keys: Hashes, slots: Heads, shift: np.uint64, position: int) -> int:
    """The position that first brought this key, which is now `position` where the key is new."""
    key = keys[np.uint64(position)]
    mask = (np.uint64(1) << (np.uint64(64) - shift)) - np.uint64(1)
    slot = (key * GOLDEN) >> shift
    while slots[slot] >= 0:
        if keys[np.uint64(slots[slot])] == key:
            return int(np.int64(slots[slot]))
        slot = (slot + np.uint64(1)) & mask
    slots[slot] = position
    return int(np.int64(position))


@part
def start(data: Bytes, starts: Offsets, stops: Offsets, begin: int, end: int, room: Room) -> int:
    """Make ready for the words `begin` to `end`: every word is a gram of size 1, and may come again."""
    chars = length = 0
    for k in range(np.uint64(end - begin)):
        at, stop = starts[np.uint64(begin) + k], stops[np.uint64(begin) + k]
        room.chars[k] = chars
        room.places[k] = to = length
        length += stop - at
        chars += stop - at
        state = np.uint64(stop - at) * _SIZE
        while True:  # once for most words
            word = up_to_eight(data, at, stop)
            put_eight(room.joined, to, word)
            chars -= how_many_set((word >> np.uint64(7)) & ~(word >> np.uint64(6)) & _LOWEST_BITS)  # bytes 10xxxxxx
            state = (state ^ word) * GOLDEN
            state = (state ^ (state >> np.uint64(29))) * _SIZE
            at += 8
            if at >= stop:
                break
            to += 8
        room.words[k] = room.keys[k] = state ^ (state >> np.uint64(32))
        room.at[k] = k
    room.chars[np.uint64(end - begin)] = chars
    room.places[np.uint64(end - begin)] = length
    return end - begin


@part
def unmarked(marks: Bytes, entries: int) -> np.uint64:
    """Have no mark counted of those that `entries` need; returns the shift that makes a mark of a hash."""
    bits = 4
    while (1 << bits) < _MARKS * entries:
        bits += 1
    for mark in range(np.uint64(1 << bits)):
        marks[mark] = 0
    return np.uint64(64 - bits)


@small_part
def mark_of(key: np.uint64, shift: np.uint64) -> np.uint64:
    """The mark of a hash, which grams of equal hash have in common."""
    return (key * GOLDEN) >> shift


@small_part
def count_mark(marks: Bytes, mark: np.uint64) -> None:
    """Count a mark: up to two, and without a branch."""
    marks[mark] = (marks[mark] << 1 | 1) & 3


@part
def group(looked: int, room: Room) -> None:
    """Find out which of the grams at the first `looked` of `room.at` are equal."""
    shift = cleared(room.slots, looked)
    for k in range(np.uint64(looked)):
        position = np.uint64(room.at[k])
        room.counts[position] = 0
        head = find(room.keys, room.slots, shift, room.at[k])
        room.first[position] = head
        room.counts[np.uint64(head)] += 1


@part
def lengthen(n: int, total: int, looked: int, room: Room) -> int:
    """Make grams of size `n` of those of size `n - 1`, group equal ones, and return how many are left to look at.

    Before, the first `looked` of `room.at` are positions of grams of size `n - 1`; after, as many as are returned
    are those of the grams that have one more of the `total` words, but for most that come only once.
    """
    while looked and room.at[looked - 1] + n > total:
        looked -= 1
    shift = unmarked(room.marks, looked)
    further = np.uint64(n - 1)
    for k in range(np.uint64(looked)):
        position = np.uint64(room.at[k])
        key = room.keys[position] * _STEP + room.words[position + further]
        room.keys[position] = key
        count_mark(room.marks, mark_of(key, shift))
    some = np.uint64(0)
    for k in range(np.uint64(looked)):
        position = np.uint64(room.at[k])
        room.at[some] = position  # whether it stays, for a branch here would be guessed wrong too often
        some += np.uint64(room.marks[mark_of(room.keys[position], shift)] > 1)
    looked = int(np.int64(some))
    group(looked, room)
    return looked


@part
def only_repeated(looked: int, room: Room) -> int:
    """Keep looking only at grams that come more than once."""
    kept = np.uint64(0)
    for k in range(np.uint64(looked)):
        position = room.at[k]
        room.at[kept] = position  # whether it stays, as above
        kept += np.uint64(room.counts[np.uint64(room.first[np.uint64(position)])] > 1)
    return int(np.int64(kept))
