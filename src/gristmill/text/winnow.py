"""A few places of a text, chosen so that two texts with a long run in common have chosen the same place in it.

Winnowing (Schleimer, Wilkerson and Aiken 2003, section 3): of the values of all runs of k units, the least of every w
in a row is chosen. Two runs of k + w - 1 equal units so have a chosen place in common, whatever is around them. A
place is known by a hash of its run; the values only order, and a value may be of the beginning of a run.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part, small_part
from gristmill.text.mixing import GOLDEN, Hashes, hash_spans, hashed_wide, mixed
from gristmill.text.words import Words

_BASE = np.uint64(0xD1342543DE82EF95)
_HELD = 4096  # values, at least, between the times that the last of them are moved to the beginning


class Places(NamedTuple):
    """Chosen places: run k is `data[starts[k]:stops[k]]` with hash `keys[k]`, ascending in a text.

    Row i of those asked has the places from `bounds[i]` to `bounds[i + 1]`.
    """

    keys: Hashes
    starts: Offsets
    stops: Offsets
    bounds: Offsets


class _Chosen(NamedTuple):
    """Runs that were chosen in texts, and of the last of them: its value, its run, how many before it had that value
    in a row, and the last of these that was kept."""

    runs: Offsets
    counted: Offsets  # how many runs there are
    value: Hashes
    last: Offsets


@small_part
def _least_of(values: Hashes, first: int, stop: int) -> int:
    """Where the least of some values is, the last of equal ones. The first loop is vectorised."""
    least = values[np.uint64(first)]
    for k in range(first, stop):
        least = min(least, values[np.uint64(k)])
    at = stop - 1
    while values[np.uint64(at)] != least:
        at -= 1
    return at


@small_part
def _let_in(value: np.uint64, at: int, least: int, width: int, values: Hashes) -> int:
    """Put the value of the next run in its place; where the least of the last `width` is, which was at `least`."""
    values[np.uint64(at)] = value
    if value <= values[np.uint64(least)]:
        return at
    if least <= at - width:  # it has left the window: once in half a window, on average
        return _least_of(values, at - width + 1, at + 1)
    return least


@part
def _keep(run: int, chosen: _Chosen) -> None:
    chosen.runs[chosen.counted[0]] = run
    chosen.counted[0] += 1
    chosen.last[2] = run


@part
def _choose(value: np.uint64, run: int, width: int, chosen: _Chosen) -> None:
    """Take a run that is the least of its window; of a text that repeats itself throughout, few are kept.

    There each run is chosen, for the one before it is no less. After `width` of a value in a row one of `width` is
    kept, and the last.
    """
    if chosen.last[1] and chosen.value[0] == value:
        chosen.last[1] += 1
    else:
        _end(chosen)
        chosen.value[0] = value
        chosen.last[1] = 1
    chosen.last[0] = run
    if chosen.last[1] <= width or run >= chosen.last[2] + width:
        _keep(run, chosen)


@part
def _end(chosen: _Chosen) -> None:
    """No more runs of that value follow."""
    if chosen.last[1] and chosen.last[0] != chosen.last[2]:
        _keep(chosen.last[0], chosen)
    chosen.last[1] = 0


@part
def _choose_bytes(
    data: Bytes, start: int, stop: int, gear: Hashes, size: int, width: int, values: Hashes, chosen: _Chosen
) -> None:
    """Choose among the runs of a text by the values of their first `size` bytes, which 64 must be a multiple of.

    `stop` is where the first `size` bytes of the last run end. A value is a sum in which each byte before moves up
    until it leaves (the gear hash of Xia et al., FastCDC, 2016).
    """
    shift = np.uint64(64 // size)
    state = np.uint64(0)
    for at in range(start, min(start + size - 1, stop)):
        state = (state << shift) + gear[data[np.uint64(at)]]
    at = start + size - 1
    if at + width > stop:
        return
    for k in range(width):
        state = (state << shift) + gear[data[np.uint64(at + k)]]
        values[np.uint64(k)] = state
    at += width
    place = width
    before = 0  # runs that are no longer held
    least = _least_of(values, 0, width)
    low = values[np.uint64(least)]
    _choose(low, least, width, chosen)
    while at < stop:
        if place == len(values):
            moved = place - width
            for k in range(width):
                values[k] = values[moved + k]
            place, least, before = width, least - moved, before + moved
        end = at + min(stop - at, len(values) - place, least + width + 1 - place)
        is_less = False
        while at < end and not is_less:  # all that is done for most bytes
            state = (state << shift) + gear[data[np.uint64(at)]]
            values[np.uint64(place)] = state
            is_less = state <= low
            at += 1
            place += 1
        if is_less:
            least = place - 1
        elif place > least + width:  # it has left the window
            least = _least_of(values, place - width, place)
        else:
            continue
        low = values[np.uint64(least)]
        _choose(low, least + before, width, chosen)
    _end(chosen)


@part
def _choose_words(begin: int, end: int, size: int, width: int, hashes: Hashes, values: Hashes, chosen: _Chosen) -> None:
    """The same among the runs of `size` words, of which `hashes` has the hash of each."""
    leaving = np.uint64(1)
    for _ in range(size):
        leaving *= _BASE
    state = np.uint64(0)
    least = 0
    last = -1
    for k in range(end - begin):
        state = state * _BASE + hashes[k]
        run = k - size + 1
        if run > 0:
            state -= hashes[run - 1] * leaving
        if run >= 0:
            least = _let_in(mixed(state), run, least, width, values)
            if run >= width - 1 and least != last:
                last = least
                _choose(values[least], least, width, chosen)
    _end(chosen)


@kernel
def _of_bytes(
    data: Bytes, offsets: Offsets, rows: Offsets, gear: Hashes, head: int, size: int, width: int, values: Hashes
) -> Places:
    room = 0
    for row in rows:
        room += max(offsets[row + 1] - offsets[row] - size - width + 2, 0)
    chosen = _Chosen(np.empty(room, np.int64), np.zeros(1, np.int64), np.zeros(1, np.uint64), np.zeros(3, np.int64))
    keys, stops = np.empty(room, np.uint64), np.empty(room, np.int64)
    bounds = np.zeros(len(rows) + 1, np.int64)
    for k in range(len(rows)):
        start = offsets[rows[k]]
        chosen.last[2] = -1
        _choose_bytes(data, start, offsets[rows[k] + 1] - (size - head), gear, head, width, values, chosen)
        bounds[k + 1] = chosen.counted[0]
        for n in range(bounds[k], bounds[k + 1]):
            chosen.runs[n] += start
            stops[n] = chosen.runs[n] + size
            keys[n] = hashed_wide(data, chosen.runs[n], stops[n])
    count = bounds[-1]
    return Places(keys[:count], chosen.runs[:count], stops[:count], bounds)


@kernel
def _of_words(data: Bytes, words: Words, rows: Offsets, size: int, width: int) -> Places:
    room = most = 0
    for row in rows:
        count = words.offsets[row + 1] - words.offsets[row]
        most = max(most, count)
        room += max(count - size - width + 2, 0)
    chosen = _Chosen(np.empty(room, np.int64), np.zeros(1, np.int64), np.zeros(1, np.uint64), np.zeros(3, np.int64))
    hashes, values = np.empty(most, np.uint64), np.empty(most, np.uint64)
    keys, stops = np.empty(room, np.uint64), np.empty(room, np.int64)
    bounds = np.zeros(len(rows) + 1, np.int64)
    for k in range(len(rows)):
        begin, end = words.offsets[rows[k]], words.offsets[rows[k] + 1]
        hash_spans(data, words.starts, words.stops, begin, end, hashes)
        chosen.last[2] = -1
        _choose_words(begin, end, size, width, hashes, values, chosen)
        bounds[k + 1] = chosen.counted[0]
        for n in range(bounds[k], bounds[k + 1]):
            run = chosen.runs[n]
            state = GOLDEN
            for word in range(run, run + size):
                state = mixed(state ^ hashes[word]) * GOLDEN
            keys[n] = mixed(state)
            chosen.runs[n] = words.starts[begin + run]
            stops[n] = words.stops[begin + run + size - 1]
    count = bounds[-1]
    return Places(keys[:count], chosen.runs[:count], stops[:count], bounds)


@cache
def _gear() -> Hashes:
    """A value for each byte."""
    values = np.arange(1, 257, dtype=np.uint64) * GOLDEN
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    values ^= values >> np.uint64(31)
    return values


def _run_and_width(least: int) -> tuple[int, int]:
    """k and w, which make `least` = k + w - 1: half of it each, so that few places are chosen and few in vain."""
    width = max(least // 2, 1)
    return least - width + 1, width


def run_of_bytes(least: int) -> int:
    """How long the runs are that `chosen_by_bytes` chooses among."""
    return _run_and_width(least)[0]


def chosen_by_bytes(data: Bytes, offsets: Offsets, rows: Offsets, least: int) -> Places:
    """Places such that texts with `least` (8 or more) equal bytes in a row have one of them in common."""
    size, width = _run_and_width(least)
    head = next((head for head in (32, 16, 8) if size >= head), 4)
    values = np.empty(max(_HELD, 8 * width), np.uint64)
    return _of_bytes(data, offsets, rows, _gear(), head, size, width, values)


def chosen_by_words(data: Bytes, words: Words, rows: Offsets, least: int) -> Places:
    """Places such that texts with `least` equal words in a row have one of them in common."""
    return _of_words(data, words, rows, *_run_and_width(least))
