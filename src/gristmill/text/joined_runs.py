"""Runs of words that come again when they are joined by nothing: the duplicate n-grams of datatrove.

Joined so, two runs can be equal though their words are cut differently, so a run is looked up at each size anew.
But it can only come again where its first bytes do, which leaves few places of a usual text to look at.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gristmill.text.eight_bytes import first_bytes, put_eight
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import part, small_part
from gristmill.text.mixing import GOLDEN, Hashes, up_to_eight
from gristmill.text.ngrams import Room, cleared, count_mark, find, group, mark_of, only_repeated, unmarked

_BASE = 0xD1342543DE82EF95
_INVERSE = pow(_BASE, -1, 1 << 64)  # an odd number has an inverse modulo 2^64
_POWERS = np.array([pow(_BASE, k, 1 << 64) for k in range(9)], np.uint64)
_INVERSES = np.array([pow(_INVERSE, k, 1 << 64) for k in range(9)], np.uint64)
_ONES = np.uint64(0x0101010101010101)  # added to bytes, so that a zero byte counts; UTF-8 has none of 255
_PREFIX = 16  # bytes


class Joined(NamedTuple):
    """Memory for the words of one text joined by nothing, used again for the next."""

    data: Bytes  # the joined words
    starts: Offsets  # by word: where it begins in `data`; then where the last one ends
    sums: Hashes  # by word: the polynomial hash of all before it, ...
    unscale: Hashes  # ... and what makes a difference of such hashes that of a run that begins with it


def room_to_join(words: int, size: int) -> Joined:
    """Enough room for a text of so many words and bytes."""
    return Joined(
        np.empty(size + 7, np.uint8),  # eight bytes are written at once
        np.empty(words + 1, np.int64),
        np.empty(words + 1, np.uint64),
        np.empty(words, np.uint64),
    )


@small_part
def _polynomial(word: np.uint64) -> np.uint64:
    """The sum of eight bytes, each times a power of the base: what comes later is zero, and adds nothing."""
    total = np.uint64(0)
    for k in range(8):
        total += ((word >> np.uint64(8 * k)) & np.uint64(255)) * _POWERS[k]
    return total


@part
def join(data: Bytes, starts: Offsets, stops: Offsets, begin: int, end: int, joined: Joined) -> None:
    """Join the words `begin` to `end`, and hash them so that the hash of any run is a subtraction and a product."""
    total = np.uint64(0)
    scale = np.uint64(1)
    inverse = np.uint64(1)
    length = 0
    for k in range(begin, end):
        joined.starts[k - begin] = length
        joined.sums[k - begin] = total
        joined.unscale[k - begin] = inverse
        at = starts[k]
        while at < stops[k]:
            size = min(stops[k] - at, 8)
            word = up_to_eight(data, at, stops[k])
            put_eight(joined.data, length, word)
            total += _polynomial(word + (_ONES & first_bytes(size))) * scale
            scale *= _POWERS[size]
            inverse *= _INVERSES[size]
            length += size
            at += size
    joined.starts[end - begin] = length
    joined.sums[end - begin] = total


@part
def may_come_again(least: int, total: int, joined: Joined, room: Room) -> int:
    """Put into `room.at` where a run of `least` words or more may begin that comes again; returns how many there are.

    Those are the places with the first bytes of another, and those of runs that are too short to have as many.
    """
    shift = unmarked(room.marks, total - least + 1)
    for position in range(total - least + 1):
        start = joined.starts[position]
        # Runs that are too short have hashes of their own place, and are let through below.
        key = np.uint64(position)
        if joined.starts[position + least] - start >= _PREFIX:
            late = up_to_eight(joined.data, start + 8, start + _PREFIX) * GOLDEN
            key = (up_to_eight(joined.data, start, start + 8) ^ late) * GOLDEN
        room.keys[position] = key
        count_mark(room.marks, mark_of(key, shift))
    some = 0
    for position in range(total - least + 1):
        room.at[some] = position
        short = joined.starts[position + least] - joined.starts[position] < _PREFIX
        some += short or room.marks[mark_of(room.keys[position], shift)] > 1
    group(some, room)
    for k in range(some):
        position = room.at[k]
        if joined.starts[position + least] - joined.starts[position] < _PREFIX:
            room.first[position] = position
            room.counts[position] = 2
    return int(only_repeated(some, room))


@part
def leapt_over(n: int, total: int, looked: int, joined: Joined, room: Room) -> int:
    """Go from word to word; where the run of `n` words was met before, count its characters and leap over it.

    The first `looked` of `room.at` are the places where a run may come again; the others need no look.
    """
    shift = cleared(room.slots, looked)
    found = 0
    free = 0
    for k in range(looked):
        position = room.at[k]
        if position < free:
            continue
        if position + n > total:
            break
        room.keys[position] = (joined.sums[position + n] - joined.sums[position]) * joined.unscale[position]
        if find(room.keys, room.slots, shift, position) != position:
            found += room.chars[position + n] - room.chars[position]
            free = position + n
    return found
