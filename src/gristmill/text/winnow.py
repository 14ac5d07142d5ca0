"""A few places of a text, chosen so that two texts with a long run in common have chosen the same place in it.

Winnowing (Schleimer, Wilkerson and Aiken 2003, section 3): of the hashes of all runs of k units, the least of every w
in a row is chosen. Two runs of k + w - 1 equal units so have a chosen place in common, whatever is around them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part, small_part
from gristmill.text.mixing import GOLDEN, Hashes, hashed, mixed
from gristmill.text.words import Words

_BASE = np.uint64(0xD1342543DE82EF95)


class Places(NamedTuple):
    """Chosen places: run k is `data[starts[k]:stops[k]]` with hash `keys[k]`, ascending in a text.

    Row i of those asked has the places from `bounds[i]` to `bounds[i + 1]`.
    """

    keys: Hashes
    starts: Offsets
    stops: Offsets
    bounds: Offsets


@small_part
def _least_run(ring: Hashes, run: int, width: int) -> int:
    """Of the last `width` runs up to `run`, whose hashes are in the ring, that of the least; of equal ones the last."""
    mask = len(ring) - 1
    least = run - width + 1
    for k in range(run - width + 2, run + 1):
        if ring[k & mask] <= ring[least & mask]:
            least = k
    return least


@small_part
def _let_in(value: np.uint64, run: int, least: int, width: int, ring: Hashes) -> int:
    """Put the hash of the next run into the ring; the least of the last `width` with it, which was `least` before."""
    mask = len(ring) - 1
    ring[run & mask] = value
    if value <= ring[least & mask]:
        return run
    if least <= run - width:  # it has left the window: once in half a window, on average
        return _least_run(ring, run, width)
    return least


@part
def _power(exponent: int) -> np.uint64:
    value = np.uint64(1)
    for _ in range(exponent):
        value *= _BASE
    return value


@part
def _choose_bytes(data: Bytes, start: int, stop: int, size: int, width: int, ring: Hashes, out: Places) -> int:
    """Choose among the runs of `size` bytes of a text; `out.bounds[0]` are taken already. Returns how many are now."""
    mask = len(ring) - 1
    leaving = _power(size)
    state = np.uint64(0)
    count = out.bounds[0]
    least = int(np.int64(0))
    last = int(np.int64(-1))
    for at in range(start, stop):
        state = state * _BASE + np.uint64(data[at])
        run = at - start - size + 1
        if run > 0:
            state -= np.uint64(data[at - size]) * leaving
        if run >= 0:
            least = _let_in(mixed(state), run, least, width, ring)
            if run >= width - 1 and least != last:
                last = least
                out.keys[count] = ring[last & mask]
                out.starts[count] = start + last
                out.stops[count] = start + last + size
                count += 1
    return int(count)


@part
def _choose_words(
    data: Bytes, words: Words, begin: int, end: int, size: int, width: int, values: Hashes, ring: Hashes, out: Places
) -> int:
    """The same among the runs of `size` words; `values` has room for the hash of each word."""
    mask = len(ring) - 1
    leaving = _power(size)
    state = np.uint64(0)
    count = out.bounds[0]
    least = int(np.int64(0))
    last = int(np.int64(-1))
    for k in range(begin, end):
        values[k - begin] = hashed(data, words.starts[k], words.stops[k], GOLDEN)
        state = state * _BASE + values[k - begin]
        run = k - begin - size + 1
        if run > 0:
            state -= values[run - 1] * leaving
        if run >= 0:
            least = _let_in(mixed(state), run, least, width, ring)
            if run >= width - 1 and least != last:
                last = least
                out.keys[count] = ring[last & mask]
                out.starts[count] = words.starts[begin + last]
                out.stops[count] = words.stops[begin + last + size - 1]
                count += 1
    return int(count)


@part
def _ring(width: int) -> int:
    size = 1
    while size <= width:
        size *= 2
    return size


@kernel
def _of_bytes(data: Bytes, offsets: Offsets, rows: Offsets, size: int, width: int) -> Places:
    room = 0
    for row in rows:
        room += max(offsets[row + 1] - offsets[row] - size - width + 2, 0)
    out = Places(np.empty(room, np.uint64), np.empty(room, np.int64), np.empty(room, np.int64), np.zeros(1, np.int64))
    ring = np.empty(_ring(width), np.uint64)
    bounds = np.zeros(len(rows) + 1, np.int64)
    for k in range(len(rows)):
        out.bounds[0] = _choose_bytes(data, offsets[rows[k]], offsets[rows[k] + 1], size, width, ring, out)
        bounds[k + 1] = out.bounds[0]
    count = bounds[-1]
    return Places(out.keys[:count], out.starts[:count], out.stops[:count], bounds)


@kernel
def _of_words(data: Bytes, words: Words, rows: Offsets, size: int, width: int) -> Places:
    room = most = 0
    for row in rows:
        count = words.offsets[row + 1] - words.offsets[row]
        most = max(most, count)
        room += max(count - size - width + 2, 0)
    out = Places(np.empty(room, np.uint64), np.empty(room, np.int64), np.empty(room, np.int64), np.zeros(1, np.int64))
    ring = np.empty(_ring(width), np.uint64)
    values = np.empty(most, np.uint64)
    bounds = np.zeros(len(rows) + 1, np.int64)
    for k in range(len(rows)):
        begin, end = words.offsets[rows[k]], words.offsets[rows[k] + 1]
        out.bounds[0] = _choose_words(data, words, begin, end, size, width, values, ring, out)
        bounds[k + 1] = out.bounds[0]
    count = bounds[-1]
    return Places(out.keys[:count], out.starts[:count], out.stops[:count], bounds)


def _run_and_width(least: int) -> tuple[int, int]:
    """k and w, which make `least` = k + w - 1: half of it each, so that few places are chosen and few in vain."""
    width = max(least // 2, 1)
    return least - width + 1, width


def chosen_by_bytes(data: Bytes, offsets: Offsets, rows: Offsets, least: int) -> Places:
    """Places such that texts with `least` equal bytes in a row have one of them in common."""
    return _of_bytes(data, offsets, rows, *_run_and_width(least))


def chosen_by_words(data: Bytes, words: Words, rows: Offsets, least: int) -> Places:
    """Places such that texts with `least` equal words in a row have one of them in common."""
    return _of_words(data, words, rows, *_run_and_width(least))
