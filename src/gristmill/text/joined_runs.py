"""Runs of words that come again when they are joined by nothing: the duplicate n-grams of datatrove.

Joined so, two runs can be equal though their words are cut differently, so a run is looked up at each size anew.
But it can only come again where its first bytes do, twelve of them, then twenty and so on, which leaves few places of a
usual text to hash; and where its mark does, which leaves hardly more than the runs that do come again to look up.
"""

from __future__ import annotations

import numpy as np

from gristmill.text.eight_bytes import eight
from gristmill.text.flat import Bytes
from gristmill.text.jit import part, small_part
from gristmill.text.marks import count_mark, unmarked
from gristmill.text.mixing import GOLDEN, folded, mixed
from gristmill.text.ngrams import FIRST_BYTES, Room, cleared, find

_SHORTEST = 12  # bytes that are looked at first; then eight more at a time
_LONGEST = 60  # bytes; of runs that come again so far it is not asked where they end
_FOUR = np.uint64((1 << 8 * (_SHORTEST - 8)) - 1)
_NO_LIMIT = (1 << 31) - 1


@small_part
def _hashed(joined: Bytes, at: int, stop: int) -> np.uint64:
    """The hash of a run."""
    left = stop - at
    state = np.uint64(left) * GOLDEN
    while True:
        size = np.uint64(min(left, 32))
        one = eight(joined, at) & FIRST_BYTES[size + np.uint64(24)]
        two = eight(joined, at + 8) & FIRST_BYTES[size + np.uint64(16)]
        three = eight(joined, at + 16) & FIRST_BYTES[size + np.uint64(8)]
        four = eight(joined, at + 24) & FIRST_BYTES[size]
        state += folded(one, two) + folded(four, ~three)
        if left <= 32:
            return state
        state = mixed(state)
        left -= 32
        at += 32


@part
def _first_twelve(last: int, least: int, room: Room) -> tuple[int, int]:
    """Put into `room.at` where the first twelve bytes of a run come again or it has fewer; returns how many there are.

    And put the former into `room.some`.
    """
    shift = unmarked(room.marks, last)
    for k in range(np.uint64(last)):
        place = room.places[k]
        key = folded(eight(room.joined, place), eight(room.joined, place + 8) & _FOUR)
        room.keys[k] = key
        count_mark(room.marks, key >> shift)
    looked = again = np.uint64(0)
    for k in range(np.uint64(last)):
        comes_again = room.marks[room.keys[k] >> shift] > 1
        room.limits[k] = _SHORTEST
        room.at[looked] = k  # whether it stays, for a branch here would be guessed wrong too often
        looked += np.uint64(comes_again | (room.places[k + np.uint64(least)] - room.places[k] < _SHORTEST))
        room.some[again] = k
        again += np.uint64(comes_again)
    return int(np.int64(looked)), int(np.int64(again))


@part
def may_come_again(least: int, total: int, room: Room) -> int:
    """Put into `room.at` where a run of `least` words or more may begin that comes again; returns how many there are.

    `room.limits` becomes, by position, a number of bytes: a run of as many does not come again. Eight bytes more are
    looked at where the bytes before come again, by their marks. Behind the last word lie bytes that mean nothing: they
    decide nothing either, as runs that end before them are shorter than the limit they could set.
    """
    looked, again = _first_twelve(max(total - least + 1, 0), least, room)
    size = _SHORTEST
    while again and size < _LONGEST:
        shift = unmarked(room.marks, again)
        for k in range(np.uint64(again)):
            position = np.uint64(room.some[k])
            key = folded(room.keys[position], eight(room.joined, room.places[position] + size))
            room.keys[position] = key
            count_mark(room.marks, key >> shift)
        size += 8
        some = np.uint64(0)
        for k in range(np.uint64(again)):
            position = np.uint64(room.some[k])
            room.limits[position] = size
            room.some[some] = position  # whether it stays, as above
            some += np.uint64(room.marks[room.keys[position] >> shift] > 1)
        again = int(np.int64(some))
    for k in range(np.uint64(again)):
        room.limits[np.uint64(room.some[k])] = _NO_LIMIT
    return looked


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

    The first `looked` of `room.at` are the places where a run may come again; the others need no look, and of these
    only those whose marks come again.
    """
    while looked and room.at[looked - 1] + n > total:
        looked -= 1
    shift = unmarked(room.marks, looked)
    for k in range(np.uint64(looked)):
        position = np.uint64(room.at[k])
        key = _hashed(room.joined, room.places[position], room.places[position + np.uint64(n)])
        room.keys[k] = key
        count_mark(room.marks, key >> shift)
    again = np.uint64(0)
    for k in range(np.uint64(looked)):
        room.some[again] = k  # whether it stays, as above
        again += np.uint64(room.marks[room.keys[k] >> shift] > 1)
    return _leapt_over(n, int(np.int64(again)), room)


@part
def _leapt_over(n: int, again: int, room: Room) -> int:
    shift = cleared(room.slots, again)
    found = 0
    free = 0
    for k in range(np.uint64(again)):
        number = room.some[k]
        position = room.at[np.uint64(number)]
        if position < free:
            continue
        if find(room.keys, room.slots, shift, number) != number:
            found += room.chars[np.uint64(position + n)] - room.chars[np.uint64(position)]
            free = position + n
    return found
