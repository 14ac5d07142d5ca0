"""The parts of a word that a tokenizer tells apart: marks at its ends and inside, units, and known pieces.

These are the rules of spaCy's English tokenizer (MIT licence): its prefixes, suffixes, infixes and exceptions.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.characters import (
    BEFORE_DOT,
    HYPHEN,
    ICON,
    PEEL_BACK,
    PEEL_FRONT,
    QUOTE,
    TOKEN_ALPHA,
    TOKEN_LOWER,
    TOKEN_UPPER,
    Table,
    decode,
    flags_at,
    flags_of,
    previous,
)
from gristmill.text.flat import Bytes
from gristmill.text.jit import part, small_part

FNV_OFFSET, FNV_PRIME = 0xCBF29CE484222325, 0x100000001B3
LONGEST_SPECIAL = 32  # bytes; spaCy's longest is 29
LONGEST_UNIT = 16
PAIRS = 1 << 10  # pairs of bytes, five bits of each
SPECIAL, UNIT = 1 << 16, 1 << 17
"""What a known piece is; the two bytes below tell where an exception is cut, in bytes from its start (0: nowhere)."""

_OFFSET, _PRIME = np.uint64(FNV_OFFSET), np.uint64(FNV_PRIME)

Known = npt.NDArray[np.uint64]
"""Two rows: the FNV-1a hashes of known pieces of text, ascending, and what each is."""


@part
def _meaning(data: Bytes, start: int, stop: int, known: Known) -> int:
    """What a piece of text is known as; 0 where it is not."""
    value = _OFFSET
    for at in range(start, stop):
        value = (value ^ np.uint64(data[at])) * _PRIME
    low = 0
    high = known.shape[1]
    while low < high:
        middle = (low + high) >> 1
        if known[0, middle] < value:
            low = middle + 1
        else:
            high = middle
    return int(known[1, low]) & 0x3FFFF if low < known.shape[1] and known[0, low] == value else 0


@small_part
def _pair(one: int, other: int) -> int:
    return (one & 31) << 5 | (other & 31)


@small_part
def special_piece(data: Bytes, start: int, stop: int, table: Table, known: Known) -> int:
    """The meaning of an exception; 0 where the stretch is none."""
    size = stop - start
    if size < 1 or size >= LONGEST_SPECIAL:
        return 0
    second, before_last = (data[start + 1], data[stop - 2]) if size > 1 else (data[start], data[start])
    begins = int(table[len(table) - 2 * PAIRS + _pair(data[start], second)])
    ends = int(table[len(table) - PAIRS + _pair(before_last, data[stop - 1])])
    if not ((begins & ends) >> size) & 1:
        return 0
    meaning = _meaning(data, start, stop, known)
    return meaning if meaning & SPECIAL else 0


@small_part
def is_digit(byte: int) -> bool:
    return 0x30 <= byte <= 0x39


@part
def _run(data: Bytes, at: int, stop: int) -> int:
    """How often the byte at `at` stands there in a row."""
    end = at + 1
    while end < stop and data[end] == data[at]:
        end += 1
    return end - at


@part
def peel_front(data: Bytes, at: int, stop: int, table: Table) -> int:
    """How many bytes at the front are a mark of their own."""
    byte = data[at]
    if 0x61 <= byte <= 0x7A:  # a to z
        return 0
    if byte == 0x2E:  # .
        dots = _run(data, at, stop)
        return dots if dots > 1 else 0
    if byte == 0x2B:  # +
        return 0 if at + 1 < stop and is_digit(data[at + 1]) else 1
    code, then = decode(data, at, stop)
    if flags_of(code, table) & PEEL_FRONT:
        return then - at
    if byte == 0x41 or byte == 0x43:  # A$ C$
        return 2 if then < stop and data[then] == 0x24 else 0
    return 3 if byte == 0x55 and at + 2 < stop and data[at + 1] == 0x53 and data[at + 2] == 0x24 else 0  # US$


@part
def _full_stop(data: Bytes, start: int, last: int, table: Table) -> bool:
    """Whether the single dot at `last` ends a sentence rather than an abbreviation."""
    if last == start:
        return False
    before = previous(data, last, start)
    flags = flags_at(data, before, last, table)[0]
    if flags & BEFORE_DOT:
        return True
    if not flags & TOKEN_UPPER or before == start:
        return False
    first = previous(data, before, start)
    if flags_at(data, first, before, table)[0] & TOKEN_UPPER:
        return True
    byte = data[before]
    return decode(data, first, before)[0] == 0xB0 and (byte == 0x43 or byte == 0x46 or byte == 0x4B)  # °C. °F. °K.


@part
def peel_back(data: Bytes, start: int, stop: int, has_digit: bool, table: Table, known: Known) -> int:
    """How many bytes at the back are a mark, a unit or a genitive of their own: the longest such ending."""
    byte = data[stop - 1]
    if 0x61 <= byte <= 0x7A and byte != 0x73 and not has_digit:  # a to z, but s
        return 0
    last = previous(data, stop, start)
    code = decode(data, last, stop)[0]
    if code == 0x2E:
        first = last
        while first > start and data[first - 1] == 0x2E:
            first -= 1
        if last > first:
            return stop - first
        return 1 if _full_stop(data, start, last, table) else 0
    if last > start:
        before = previous(data, last, start)
        mark = decode(data, before, last)[0]
        if (code == 0x73 or code == 0x53) and (mark == 0x27 or mark == 0x2019):
            return stop - before  # 's
        if code == 0x2026 and mark == 0x2026:
            return stop - before  # the Chinese ellipsis
        if code == 0x2B and is_digit(mark):
            return 1
        first = last
        while has_digit and first > start and stop - first < LONGEST_UNIT and not is_digit(data[first - 1]):
            first -= 1
        if has_digit and first > start and is_digit(data[first - 1]) and _meaning(data, first, stop, known) & UNIT:
            return stop - first
    return stop - last if flags_of(code, table) & PEEL_BACK else 0


@part
def inner_mark(data: Bytes, at: int, stop: int, before: int, after_digit: bool, table: Table) -> int:
    """How many bytes at `at` are a mark that cuts a word in two; `before` has the flags of the character before."""
    code, then = decode(data, at, stop)
    flags = flags_of(code, table)
    if flags & ICON:
        return then - at
    run = _run(data, at, stop)
    if code == 0x2E and run > 1:
        return run
    if then == stop:
        return 0
    after = flags_at(data, then, stop, table)[0]
    if code == 0x2E:
        return 1 if before & (TOKEN_LOWER | QUOTE) and after & (TOKEN_UPPER | QUOTE) else 0
    signs = code == 0x2B or code == 0x2D or code == 0x2A or code == 0x5E  # + - * ^
    if after_digit and signs and (is_digit(data[then]) or data[then] == 0x2D):
        return 1
    if code == 0x2C:
        return 1 if before & TOKEN_ALPHA and after & TOKEN_ALPHA else 0
    if not (before & TOKEN_ALPHA or after_digit):
        return 0
    if flags & HYPHEN:
        end = at
        pieces = 0
        while end < stop and data[end] == data[at] and decode(data, end, stop)[0] == code:
            end += then - at
            pieces += 1
        most = 3 if code == 0x2D else 2 if code == 0x2014 else 1
        fits = pieces <= most and end < stop and flags_at(data, end, stop, table)[0] & TOKEN_ALPHA
        return end - at if fits else 0
    between = code == 0x3A or 0x3C <= code <= 0x3E or code == 0x2F  # : < = > /
    return 1 if between and after & TOKEN_ALPHA else 0
