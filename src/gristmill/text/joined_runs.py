"""Runs of words that come again when they are joined by nothing: the duplicate n-grams of datatrove.

Joined so, two runs can be equal though their words are cut differently, so a run is looked up at each size anew.
But it can only come again where its first bytes do, which leaves few places of a usual text to look at.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import part
from gristmill.text.mixing import GOLDEN, Hashes, up_to_eight
from gristmill.text.ngrams import Room, cleared, find, only_repeated

_BASE = np.uint64(0xD1342543DE82EF95)
_INVERSE = np.uint64(pow(int(_BASE), -1, 1 << 64))  # an odd number has an inverse modulo 2^64
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
        np.empty(size, np.uint8),
        np.empty(words + 1, np.int64),
        np.empty(words + 1, np.uint64),
        np.empty(words, np.uint64),
    )


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
        for at in range(starts[k], stops[k]):
            joined.data[length] = data[at]
            length += 1
            total += (np.uint64(data[at]) + np.uint64(1)) * scale
            scale *= _BASE
            inverse *= _INVERSE
    joined.starts[end - begin] = length
    joined.sums[end - begin] = total


@part
def may_come_again(least: int, total: int, joined: Joined, room: Room) -> int:
    """Put into `room.at` where a run of `least` words or more may begin that comes again; returns how many there are.

    Those are the places with the first bytes of another, and those of runs that are too short to have as many.
    """
    looked = total - least + 1
    shift = cleared(room.slots, looked)
    for position in range(looked):
        start = joined.starts[position]
        room.at[position] = position
        room.first[position] = position
        room.counts[position] = 2
        if joined.starts[position + least] - start >= _PREFIX:
            late = up_to_eight(joined.data, start + 8, start + _PREFIX) * GOLDEN
            room.keys[position] = (up_to_eight(joined.data, start, start + 8) ^ late) * GOLDEN
            head = find(room.keys, room.slots, shift, position)
            room.first[position] = head
            room.counts[head] = 1 if head == position else 2
    return int(only_repeated(looked, room))


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
