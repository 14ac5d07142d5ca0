"""Counts behind measures of readability and lexical diversity: sentences, long words, syllables, factors."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.characters import ALPHA, TERMINAL, Table, characters, count_characters, decode, flags_of
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part
from gristmill.text.mixing import Hashes
from gristmill.text.syllables import syllables
from gristmill.text.words import Words, space_width

LONG = 6
"""A word with more characters is a long one (Björnsson 1968)."""

FACTOR = 0.72
"""Where a factor of MTLD ends (McCarthy and Jarvis 2010)."""

Counts = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]


class Complexity(NamedTuple):
    """One entry for each asked row."""

    words: Counts
    sentences: Counts
    characters: Counts  # in words
    long_words: Counts
    syllables: Counts  # as if all words were English


@part
def _has_letter(data: Bytes, at: int, stop: int, table: Table) -> bool:
    while at < stop:
        code, at = decode(data, at, stop)
        if flags_of(code, table) & ALPHA:
            return True
    return False


@part
def _ends(data: Bytes, at: int, stop: int, table: Table) -> bool:
    """Whether a sentence ends between two words: by a final mark and a space behind it (an ideographic mark needs
    none), by a blank line, or where a line begins with a bullet."""
    marked = fresh = False
    while at < stop:
        width = space_width(data, at, stop)
        if width:
            if marked:
                return True
            if data[at] == 10:
                if fresh:
                    return True
                fresh = True
            at += width
            continue
        begin = at
        code, at = decode(data, at, stop)
        if fresh and (code == 0x2A or code == 0x2D or code == 0x2022):  # * - •
            return True
        fresh = False
        if flags_of(code, table) & TERMINAL and code != 0x22 and code != 0x27:  # quotes count as such in the table
            marked = True
            if data[begin] >= 0xE3:  # 。 ！ ？ and those above them
                return True
    return False


@kernel
def _count(data: Bytes, starts: Offsets, stops: Offsets, bounds: Offsets, rows: Offsets, table: Table) -> Counts:
    out = np.zeros((5, len(rows)), np.int64)
    for i in range(len(rows)):
        first, last = bounds[rows[i]], bounds[rows[i] + 1]
        open_ = False  # whether the sentence has a letter so far
        for k in range(first, last):
            size = count_characters(data, starts[k], stops[k])
            out[2, i] += size
            out[3, i] += size > LONG
            out[4, i] += syllables(data, starts[k], stops[k])
            open_ = open_ or _has_letter(data, starts[k], stops[k], table)
            if open_ and (k + 1 == last or _ends(data, stops[k], starts[k + 1], table)):
                out[1, i] += 1
                open_ = False
        out[0, i] = last - first
        if last > first and out[1, i] == 0:
            out[1, i] = 1
    return out


def complexity(data: Bytes, words: Words, rows: Offsets) -> Complexity:
    """The counts of each row of which the words are given."""
    return Complexity(*_count(data, *words, rows, characters()))


@kernel
def _distinct(words: Hashes, bounds: Offsets) -> Counts:
    out = np.zeros(len(bounds) - 1, np.int64)
    for k in range(len(out)):
        mine = np.sort(words[bounds[k] : bounds[k + 1]])
        for at in range(len(mine)):
            out[k] += at == 0 or mine[at] != mine[at - 1]
    return out


@part
def _factors(
    words: Hashes, first: int, last: int, by: int, seen: Hashes, stamps: Counts, stamp: int
) -> tuple[float, int]:
    """The factors of a text read from `first` by steps of `by`, and the last stamp used."""
    mask = len(seen) - 1
    factors = 0.0
    types = tokens = 0
    at = first
    stamp += 1
    while at != last:
        value = words[at]
        slot = np.int64(value & np.uint64(mask))
        while stamps[slot] == stamp and seen[slot] != value:
            slot = (slot + 1) & mask
        types += stamps[slot] != stamp
        seen[slot], stamps[slot] = value, stamp
        tokens += 1
        if types < FACTOR * tokens:
            factors += 1
            types = tokens = 0
            stamp += 1
        at += by
    if tokens:
        factors += (1 - types / tokens) / (1 - FACTOR)
    return factors, stamp


@kernel
def _mtld(words: Hashes, bounds: Offsets) -> Shares:
    out = np.full(len(bounds) - 1, np.nan)
    most = 0
    for k in range(len(out)):
        most = max(most, bounds[k + 1] - bounds[k])
    size = 16
    while size < 2 * most:
        size *= 2
    seen = np.zeros(size, np.uint64)
    stamps = np.zeros(size, np.int64)
    stamp = 0
    for k in range(len(out)):
        first, last = bounds[k], bounds[k + 1]
        forward, stamp = _factors(words, first, last, 1, seen, stamps, stamp)
        backward, stamp = _factors(words, last - 1, first - 1, -1, seen, stamps, stamp)
        if forward > 0 and backward > 0:
            out[k] = ((last - first) / forward + (last - first) / backward) / 2
    return out


def distinct_words(words: Hashes, bounds: Offsets) -> Counts:
    """How many distinct words each text has; text i has the words `words[bounds[i]:bounds[i + 1]]`."""
    return _distinct(words, bounds)


def mtld(words: Hashes, bounds: Offsets) -> Shares:
    """The measure of textual lexical diversity of each text: words for each factor, a stretch in which the share of
    distinct words falls below 0.72, read from both ends. NaN where it never falls."""
    return _mtld(words, bounds)
