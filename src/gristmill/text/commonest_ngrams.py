"""The commonest n-gram of a text: only those are looked up whose marks say that they may be it."""

from __future__ import annotations

import numpy as np

from gristmill.text.jit import part
from gristmill.text.ngrams import Room, cleared, find


@part
def _commonest_of(n: int, some: int, longest: bool, room: Room) -> tuple[int, int]:
    """The commonest of the grams whose numbers are the first in `room.some`."""
    shift = cleared(room.slots, some)
    for k in range(np.uint64(some)):
        number = room.some[k]
        room.counts[np.uint64(number)] = 0
        room.counts[np.uint64(find(room.keys, room.slots, shift, number))] += 1
    times = 1
    best = 0
    for k in range(np.uint64(some)):
        number = np.uint64(room.some[k])
        if room.counts[number] < max(times, 2):
            continue
        position = int(room.at[number])
        longer = room.chars[position + n] - room.chars[position] > room.chars[best + n] - room.chars[best]
        if room.counts[number] > times or (longest and longer):
            times = room.counts[number]
            best = position
    return times, best


@part
def commonest(n: int, looked: int, most: int, longest: bool, room: Room) -> tuple[int, int]:
    """How often the commonest gram comes, and where first; of ties the first in the text, or the longest.

    No gram comes oftener than its mark, of which one comes `most` often. So those whose marks come as often are
    looked up first; how often one of them comes says which others may come as often.
    """
    least = max(most, 2)
    while True:
        some = np.uint64(0)
        for k in range(np.uint64(looked)):
            room.some[some] = k
            some += np.uint64(room.times[k] >= least)
        times, best = _commonest_of(n, int(np.int64(some)), longest, room)
        if times >= least or least == 2:
            return times, best
        least = max(times, 2)
