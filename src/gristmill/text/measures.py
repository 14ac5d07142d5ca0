"""Counts over the lines and marks of texts, from which the quality rules make their shares and means."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.characters import (
    ALNUM,
    Table,
    characters,
    count_characters,
    decode,
    flags_of,
)
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part, small_part
from gristmill.text.many_bytes import (
    WIDE,
    bits_of,
    block_of,
    first_set,
    where,
    wide_enough,
)
from gristmill.text.words import space_width

SPACED_DOTS = np.frombuffer(b". . .", np.uint8)
ELLIPSIS = np.frombuffer("…".encode(), np.uint8)

Counts = npt.NDArray[np.int64]


@small_part
def _may_be_marks(data: Bytes, at: int, stop: int) -> np.uint64:
    """Bit k is set where `data[at + k]` is the first byte of `#`, `.` or `…`."""
    block = block_of(data, at)
    found = where(data, block, 0x23) | where(data, block, 0x2E) | where(data, block, 0xE2)
    return bits_of(found, block, at, stop)


@kernel
def _mark_counts(data: Bytes, offsets: Offsets, rows: Offsets) -> Counts:
    counts = np.zeros((4, len(rows)), np.int64)
    for i in range(len(rows)):
        hashes = dots = ellipses = spaced = 0
        free = tight = offsets[rows[i]]  # where the next run of dots may begin, so that none is counted twice
        stop = offsets[rows[i] + 1]
        for block in range(free, stop, WIDE):
            marks = _may_be_marks(data, block, stop)
            while marks:
                at = block + first_set(marks)
                marks &= marks - np.uint64(1)
                byte = data[np.uint64(at)]
                if byte == 0x23:
                    hashes += 1
                elif byte == 0x2E:
                    # A dot alone is the usual case: what follows it is looked at once.
                    after = data[np.uint64(at + 1)] if at + 1 < stop else 0
                    if after == 0x2E and at >= tight and at + 2 < stop and data[np.uint64(at + 2)] == 0x2E:
                        dots += 1
                        tight = at + 3
                    if after == 0x20 and at >= free and stands_at(data, at, stop, SPACED_DOTS, 0, 5):
                        spaced += 1
                        free = at + 5
                elif at + 2 < stop and data[np.uint64(at + 1)] == 0x80 and data[np.uint64(at + 2)] == 0xA6:
                    ellipses += 1
        counts[0, i] = hashes
        counts[1, i] = dots
        counts[2, i] = spaced
        counts[3, i] = ellipses
    return counts


def mark_counts(data: Bytes, offsets: Offsets, rows: Offsets) -> Counts:
    """For each asked row how often `str.count` finds `#`, `...`, `. . .` and `…`: four rows of counts."""
    return _mark_counts(wide_enough(data), offsets, rows)


@part
def stripped(data: Bytes, start: int, stop: int) -> tuple[int, int]:
    """The stretch without white space at its ends, as `str.strip` has it."""
    while start < stop:
        width = space_width(data, start, stop)
        if not width:
            break
        start += width
    while start < stop:
        if data[stop - 1] < 0x80:
            width = space_width(data, stop - 1, stop)
        else:
            width = 2 if stop - 2 >= start and space_width(data, stop - 2, stop) == 2 else 0
            if not width and stop - 3 >= start and space_width(data, stop - 3, stop) == 3:
                width = 3
        if not width:
            break
        stop -= width
    return start, stop


class Pieces(NamedTuple):
    """Short texts that are looked for, end to end: `data[bounds[n]:bounds[n + 1]]`; their letters are lower-case."""

    data: Bytes
    bounds: Offsets


def pieces(*texts: str) -> Pieces:
    """Lay texts end to end."""
    raw = [text.encode() for text in texts]
    return Pieces(np.frombuffer(b"".join(raw), np.uint8), np.cumsum([0, *map(len, raw)], dtype=np.int64))


@part
def stands_at(data: Bytes, at: int, stop: int, wanted: Bytes, begin: int, end: int) -> bool:
    """Whether `wanted[begin:end]` stands at `at` and ends by `stop`, ASCII letters of the text lower-cased."""
    if end - begin > stop - at:
        return False
    for k in range(end - begin):
        byte = data[at + k]
        if 0x41 <= byte <= 0x5A:
            byte += 32
        if byte != wanted[begin + k]:
            return False
    return True


@part
def ends_with(data: Bytes, start: int, stop: int, wanted: Bytes, bounds: Offsets) -> bool:
    """Whether a stretch ends with one of the pieces."""
    for n in range(len(bounds) - 1):
        at = stop - (bounds[n + 1] - bounds[n])
        if at >= start and stands_at(data, at, stop, wanted, bounds[n], bounds[n + 1]):
            return True
    return False


@kernel
def line_counts(
    data: Bytes,
    starts: Offsets,
    stops: Offsets,
    offsets: Offsets,
    rows: Offsets,
    strip: bool,
    blank: bool,
    bullets: Offsets,
    endings: Bytes,
    bounds: Offsets,
) -> Counts:
    """For each asked row its lines, those that begin with a bullet, those that end with an ending: three rows.

    `strip` takes white space off both ends of a line first; blank lines count where `blank`.
    """
    counts = np.zeros((3, len(rows)), np.int64)
    for i in range(len(rows)):
        for k in range(offsets[rows[i]], offsets[rows[i] + 1]):
            start, stop = starts[k], stops[k]
            if strip:
                start, stop = stripped(data, start, stop)
            if start == stop:
                counts[0, i] += blank
                continue
            counts[0, i] += 1
            code = decode(data, start, stop)[0]
            for bullet in bullets:
                counts[1, i] += code == bullet
            counts[2, i] += ends_with(data, start, stop, endings, bounds)
    return counts


@kernel
def symbol_words(
    data: Bytes, starts: Offsets, stops: Offsets, offsets: Offsets, rows: Offsets, marks: Bytes, bounds: Offsets
) -> Counts:
    """For each asked row two counts of words: those with `#` or `…` in them; those that are mostly `#` or a mark.

    The second is NeMo Curator's: runs of `#` are more than half its characters, or the whole word is a mark.
    """
    counts = np.zeros((2, len(rows)), np.int64)
    for i in range(len(rows)):
        for k in range(offsets[rows[i]], offsets[rows[i] + 1]):
            start, stop = starts[k], stops[k]
            runs = 0
            ellipsis = False
            for at in range(start, stop):
                runs += data[at] == 0x23 and (at == start or data[at - 1] != 0x23)
                ellipsis = ellipsis or (data[at] == 0xE2 and stands_at(data, at, stop, ELLIPSIS, 0, 3))
            counts[0, i] += runs > 0 or ellipsis
            mark = runs > 0 and runs * 2 > count_characters(data, start, stop)
            for n in range(len(bounds) - 1):
                if bounds[n + 1] - bounds[n] == stop - start:
                    mark = mark or stands_at(data, start, stop, marks, bounds[n], bounds[n + 1])
            counts[1, i] += mark
    return counts


@kernel
def _leading_alphanumeric(data: Bytes, offsets: Offsets, rows: Offsets, table: Table) -> Counts:
    counts = np.zeros(len(rows), np.int64)
    for i in range(len(rows)):
        fresh = True
        for at in range(offsets[rows[i]], offsets[rows[i] + 1]):
            byte = data[at]
            if byte == 0 or 9 <= byte <= 13 or byte == 32:
                fresh = True
            elif fresh:
                fresh = False
                code = decode(data, at, offsets[rows[i] + 1])[0]
                counts[i] += flags_of(code, table) & ALNUM != 0
    return counts


def leading_alphanumeric(data: Bytes, offsets: Offsets, rows: Offsets) -> Counts:
    """For each asked row its words that begin with a letter or digit, cut at ASCII space and NUL as fastText does."""
    return _leading_alphanumeric(data, offsets, rows, characters())
