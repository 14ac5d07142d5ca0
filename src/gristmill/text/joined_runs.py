"""Runs of words that come again when they are joined by nothing: the duplicate n-grams of datatrove.

Joined so, two runs can be equal though their words are cut differently, so a run is looked up at each size anew.
But it can only come again where its first bytes do, as far as eight times eight of them, which leaves few places of
a usual text to look at.
"""

from __future__ import annotations

import numpy as np

from gristmill.text.eight_bytes import eight, first_bytes
from gristmill.text.flat import Bytes
from gristmill.text.jit import part, small_part
from gristmill.text.mixing import GOLDEN, mixed
from gristmill.text.ngrams import Room, cleared, count_mark, find, mark_of, unmarked

_LONGEST = 64  # bytes; of runs that come again so far it is not asked where they end
_FACTORS = np.array([0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD1342543DE82EF95], np.uint64)
_NO_LIMIT = (1 << 31) - 1


@small_part
def _hashed(joined: Bytes, at: int, stop: int) -> np.uint64:
    """The hash of a run: a sum of products, which the processor multiplies side by side.

    The upper half of a word is mixed into the lower first: a product alone would have little of its last byte.
    """
    state = np.uint64(stop - at)
    while True:
        for k in range(4):
            word = eight(joined, at + 8 * k) & first_bytes(min(max(stop - at - 8 * k, 0), 8))
            state += (word ^ (word >> np.uint64(32))) * _FACTORS[k]
        at += 32
        if at >= stop:
            return state
        state = mixed(state)


@part
def may_come_again(least: int, total: int, room: Room) -> int:
    """Put into `room.at` where a run of `least` words or more may begin that comes again; returns how many there are.

    `room.limits` becomes, by position, a number of bytes: a run of as many does not come again. Eight bytes more are
    looked at where the bytes before come again, by their marks. Behind the last word lie bytes that mean nothing: they
    decide nothing either, as runs that end before them are shorter than the limit they could set.
    """
    last = max(total - least + 1, 0)
    for k in range(np.uint64(last)):
        room.at[k] = k
        room.keys[k] = eight(room.joined, room.places[k])
    looked = last
    size = 8
    while looked and size < _LONGEST:
        shift = unmarked(room.marks, looked)
        for k in range(np.uint64(looked)):
            position = np.uint64(room.at[k])
            key = (room.keys[position] * GOLDEN ^ eight(room.joined, room.places[position] + size)) * GOLDEN
            room.keys[position] = key
            count_mark(room.marks, mark_of(key, shift))
        size += 8
        some = np.uint64(0)
        for k in range(np.uint64(looked)):
            position = np.uint64(room.at[k])
            room.limits[position] = size
            room.at[some] = position  # whether it stays, for a branch here would be guessed wrong too often
            some += np.uint64(room.marks[mark_of(room.keys[position], shift)] > 1)
        looked = int(np.int64(some))
    for k in range(np.uint64(looked)):
        room.limits[np.uint64(room.at[k])] = _NO_LIMIT
    for k in range(np.uint64(last)):
        room.at[k] = k
    return int(short_enough(least, total, last, room))


@part
def short_enough(n: int, total: int, looked: int, room: Room) -> int:
    """Keep looking only where a run of `n` words or more may come again."""
    kept = np.uint64(0)
    for k in range(np.uint64(looked)):
        position = np.uint64(room.at[k])
        behind = np.uint64(min(int(room.at[k]) + n, total))
        room.at[kept] = position  # whether it stays, as above
        kept += np.uint64(room.places[behind] - room.places[position] < room.limits[position])
    return int(np.int64(kept))


@part
def leapt_over(n: int, total: int, looked: int, room: Room) -> int:
    """Go from word to word; where the run of `n` words was met before, count its characters and leap over it.

    The first `looked` of `room.at` are the places where a run may come again; the others need no look.
    """
    shift = cleared(room.slots, looked)
    found = 0
    free = 0
    for k in range(np.uint64(looked)):
        if room.at[k] < free:
            continue
        if room.at[k] + n > total:
            break
        position = np.uint64(room.at[k])
        behind = position + np.uint64(n)
        room.keys[position] = _hashed(room.joined, room.places[position], room.places[behind])
        if find(room.keys, room.slots, shift, room.at[k]) != room.at[k]:
            found += room.chars[behind] - room.chars[position]
            free = room.at[k] + n
    return found
