"""Which n-grams of a text come again, and how many characters they hold: the counting behind Gopher's repetition rules.

Grams are compared by 64-bit hashes: two different ones of a text of a million words are taken for one with a
chance of about 3e-8. A gram can only come again where its first n - 1 words do, so each size looks only at what
the size before it left; most of a usual text is gone after the second. And it can only come again where its mark, a
few bits of its hash, does, and not more often: marks are counted without a branch, so that only what may be a copy is
looked at, and only what may be the commonest is looked up.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.eight_bytes import ascii_only, eight, put_eight
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import part, small_part
from gristmill.text.many_bytes import how_many_set
from gristmill.text.marks import count_mark, marks_for, unmarked
from gristmill.text.mixing import GOLDEN, Hashes, folded, mixed

Heads = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]

SIZES = range(2, 11)
"""Sizes of n-gram that are looked at; those up to LAST_TOP for the commonest, the others for duplicates."""
LAST_TOP = 4

_STEP = np.uint64(0xD1342543DE82EF95)  # odd, so a power of it is never 0
_LOWEST_BITS = np.uint64(0x0101010101010101)
FIRST_BYTES = np.array([(1 << 8 * min(max(size, 0), 8)) - 1 for size in range(-24, 33)], np.uint64)
"""For how many bytes to keep, and 24, the bits of eight bytes that are kept, be they -24 or 32."""
BEHIND = 72
"""How many bytes that mean nothing lie behind the joined words, so that eight at a time are read and written."""


class Room(NamedTuple):
    """Memory for one text of up to a number of words, used again for the next."""

    words: Hashes  # by position: the hash of the word there
    at: Heads  # the positions still looked at, ascending; what follows is by the number of one of them
    keys: Hashes  # the hash of the gram that begins there
    times: Bytes  # how often it comes at most, up to MANY
    first: Heads  # the number of the first equal gram
    counts: Heads  # how many equal grams there are, for the first; 0 for the others
    some: Heads  # the numbers of those that are looked up
    slots: Heads  # a hash table with open addressing; -1 is free
    marks: Bytes  # by mark: how many grams have it, up to MANY
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
        words=np.empty(words, np.uint64),
        at=np.empty(words, np.int32),
        keys=np.empty(words, np.uint64),
        times=np.empty(words, np.uint8),
        first=np.empty(words, np.int32),
        counts=np.empty(words, np.int32),
        some=np.empty(words, np.int32),
        slots=np.empty(slots, np.int32),
        marks=np.empty(marks_for(words), np.uint8),
        chars=np.empty(words + 1, np.int64),
        joined=np.empty(size + BEHIND, np.uint8),
        limits=np.empty(words, np.int32),
        places=np.empty(words + 1, np.int64),
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
def find(keys: Hashes, slots: Heads, shift: np.uint64, number: int) -> int:
    """The number of the one that first brought this key, which is now `number` where the key is new."""
    key = keys[np.uint64(number)]
    mask = (np.uint64(1) << (np.uint64(64) - shift)) - np.uint64(1)
    slot = (key * GOLDEN) >> shift
    while slots[slot] >= 0:
        if keys[np.uint64(slots[slot])] == key:
            return int(np.int64(slots[slot]))
        slot = (slot + np.uint64(1)) & mask
    slots[slot] = number
    return int(np.int64(number))


@small_part
def sixteen(data: Bytes, at: int, size: int) -> tuple[np.uint64, np.uint64]:
    """The bytes `data[at:at + size]`, the first sixteen of them or all, with zeros above."""
    size = min(size, 16)
    if at + 16 <= len(data):
        one, two = eight(data, at), eight(data, at + 8)
    else:
        block = len(data) - 16
        one, two = eight(data, min(at, block + 8)), eight(data, block + 8)
        one, two = one >> np.uint64(8 * max(at - block - 8, 0)), two >> np.uint64(8 * (at - block) & 63)
    return one & FIRST_BYTES[np.uint64(size + 24)], two & FIRST_BYTES[np.uint64(size + 16)]


@small_part
def _not_first(word: np.uint64) -> int:
    """How many of eight bytes are not the first of a character: those of the form 10xxxxxx."""
    return how_many_set((word >> np.uint64(7)) & ~(word >> np.uint64(6)) & _LOWEST_BITS)


@part
def start(data: Bytes, starts: Offsets, stops: Offsets, begin: int, end: int, room: Room) -> int:
    """Make ready for the words `begin` to `end`; returns how many they are."""
    chars = length = 0
    for k in range(np.uint64(end - begin)):
        at = starts[np.uint64(begin) + k]
        left = stops[np.uint64(begin) + k] - at
        room.chars[k] = chars
        room.places[k] = to = length
        length += left
        chars += left
        word = np.uint64(left) * _STEP
        while True:  # once for most words
            one, two = sixteen(data, at, left)
            put_eight(room.joined, to, one)
            put_eight(room.joined, to + 8, two)
            word += folded(one, two)
            if not ascii_only(one | two):
                chars -= _not_first(one) + _not_first(two)
            if left <= 16:
                break
            word = mixed(word)
            left -= 16
            at += 16
            to += 16
        room.words[k] = word
    room.chars[np.uint64(end - begin)] = chars
    room.places[np.uint64(end - begin)] = length
    return end - begin


@part
def pairs(total: int, room: Room) -> tuple[int, np.uint64]:
    """Make grams of size 2 and count their marks; returns how many there are, and the shift that makes their marks."""
    shift = unmarked(room.marks, total)
    last = max(total - 1, 0)
    for k in range(np.uint64(last)):
        key = room.words[k] * _STEP + room.words[k + np.uint64(1)]
        room.at[k] = k
        room.keys[k] = key
        count_mark(room.marks, key >> shift)
    return last, shift


@part
def lengthen(n: int, total: int, looked: int, room: Room) -> tuple[int, np.uint64]:
    """Make grams of size `n` of those of size `n - 1` and count their marks.

    Returns how many of the first `looked` there are, as the last ones may lack one more of the `total` words, and
    the shift that makes their marks.
    """
    while looked and room.at[looked - 1] + n > total:
        looked -= 1
    shift = unmarked(room.marks, looked)
    further = np.uint64(n - 1)
    for k in range(np.uint64(looked)):
        key = room.keys[k] * _STEP + room.words[np.uint64(room.at[k]) + further]
        room.keys[k] = key
        count_mark(room.marks, key >> shift)
    return looked, shift


@part
def only_marked(looked: int, shift: np.uint64, room: Room) -> tuple[int, int]:
    """Keep looking only at grams whose marks come more than once; returns how many, and how often one comes at most."""
    some = np.uint64(0)
    most = np.uint64(0)
    for k in range(np.uint64(looked)):
        key = room.keys[k]
        times = np.uint64(room.marks[key >> shift])
        room.at[some] = room.at[k]  # whether it stays, for a branch here would be guessed wrong too often
        room.keys[some] = key
        room.times[some] = times
        some += np.uint64(times > np.uint64(1))
        most = max(most, times)
    return int(np.int64(some)), int(np.int64(most))


@part
def group(looked: int, room: Room) -> None:
    """Find out which of the first `looked` grams are equal."""
    shift = cleared(room.slots, looked)
    for k in range(np.uint64(looked)):
        room.counts[k] = 0
        head = find(room.keys, room.slots, shift, k)
        room.first[k] = head
        room.counts[np.uint64(head)] += 1


@part
def only_repeated(looked: int, room: Room) -> int:
    """Keep looking only at grams that come more than once."""
    kept = np.uint64(0)
    for k in range(np.uint64(looked)):
        room.at[kept] = room.at[k]  # whether it stays, as above
        room.keys[kept] = room.keys[k]
        kept += np.uint64(room.counts[np.uint64(room.first[k])] > 1)
    return int(np.int64(kept))
