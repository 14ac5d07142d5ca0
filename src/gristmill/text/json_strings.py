"""Texts as JSON strings (RFC 8259), in quotation marks and escaped as orjson escapes them, alone or within lines."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.flat import Bytes, Flat, Offsets
from gristmill.text.jit import kernel, small_part
from gristmill.text.many_bytes import WIDE, copy_wide, first_bits, first_set, how_many_set, where, where_less

Flags = npt.NDArray[np.bool_]

QUOTE, BACKSLASH, NEWLINE = 0x22, 0x5C, 0x0A
NULL = tuple(b"null")
SHORT = np.zeros(32, np.uint8)
SHORT[[8, 9, 10, 12, 13]] = [ord(letter) for letter in "btnfr"]


@small_part
def _put(source: Bytes, begin: int, end: int, out: Bytes, to: int) -> int:
    """Copy bytes as they are. What lies up to `WIDE` bytes behind them is written over, too."""
    at = begin
    while at < end and at + WIDE <= len(source):
        copy_wide(source, at, out, to + at - begin)
        at += WIDE
    while at < end:
        out[to + at - begin] = source[at]
        at += 1
    return to + end - begin


@small_part
def put_escaped(byte: int, short: Bytes, out: Bytes, to: int) -> int:
    """Write a byte that a string cannot hold as it is; where it ends. `short` is `SHORT`."""
    out[to] = BACKSLASH
    if byte >= 32:
        out[to + 1] = byte
        return to + 2
    if short[byte]:
        out[to + 1] = short[byte]
        return to + 2
    out[to + 1] = 0x75  # u
    out[to + 2] = out[to + 3] = 0x30
    out[to + 4] = 0x30 + (byte >> 4)
    out[to + 5] = 0x30 + (byte & 15) if byte & 15 < 10 else 0x57 + (byte & 15)
    return to + 6


@small_part
def _put_string(source: Bytes, begin: int, end: int, short: Bytes, out: Bytes, to: int) -> int:
    """Write a text as a string, over as much behind it as `_put` does."""
    out[to] = QUOTE
    to += 1
    at = begin
    while at < end:
        if at + WIDE <= len(source):
            copy_wide(source, at, out, to)
            odd = where(source, at, QUOTE) | where(source, at, BACKSLASH) | where_less(source, at, 32)
            plain = min(first_set(odd), end - at)
            at += plain
            to += plain
            if plain == WIDE or at == end:
                continue
        byte = source[at]
        if byte < 32 or byte in (QUOTE, BACKSLASH):
            to = put_escaped(byte, short, out, to)
        else:
            out[to] = byte
            to += 1
        at += 1
    out[to] = QUOTE
    return to + 1


@small_part
def _longer(source: Bytes, begin: int, end: int, short: Bytes) -> int:
    """How many bytes escaping adds to a text."""
    more = 0
    at = begin
    while at < end:
        if at + WIDE <= len(source):
            controls = where_less(source, at, 32)
            odd = controls | where(source, at, QUOTE) | where(source, at, BACKSLASH)
            unseen = first_bits(end - at)
            more += how_many_set(odd & unseen)
            rare = controls & unseen & ~where(source, at, NEWLINE)
            while rare:
                more += 0 if short[source[at + first_set(rare)]] else 4
                rare &= rare - np.uint64(1)
            at += WIDE
        else:
            byte = source[at]
            if byte < 32:
                more += 1 if short[byte] else 5
            elif byte in (QUOTE, BACKSLASH):
                more += 1
            at += 1
    return more


@kernel
def _measure(
    head_bounds: Offsets,
    data: Bytes,
    offsets: Offsets,
    there: Flags,
    tail_bounds: Offsets,
    short: Bytes,
    bounds: Offsets,
) -> None:
    for row in range(len(offsets) - 1):
        begin, end = offsets[row], offsets[row + 1]
        size = 4  # null
        if there[row]:
            size = end - begin + 2 + _longer(data, begin, end, short)
        around = head_bounds[row + 1] - head_bounds[row] + tail_bounds[row + 1] - tail_bounds[row]
        bounds[row + 1] = bounds[row] + around + size


@kernel
def _write(
    heads: Bytes,
    head_bounds: Offsets,
    data: Bytes,
    offsets: Offsets,
    there: Flags,
    tails: Bytes,
    tail_bounds: Offsets,
    short: Bytes,
    out: Bytes,
) -> None:
    to = 0
    for row in range(len(offsets) - 1):
        to = _put(heads, head_bounds[row], head_bounds[row + 1], out, to)
        if there[row]:
            to = _put_string(data, offsets[row], offsets[row + 1], short, out, to)
        else:
            out[to], out[to + 1], out[to + 2], out[to + 3] = NULL
            to += 4
        to = _put(tails, tail_bounds[row], tail_bounds[row + 1], out, to)


def put_between(heads: Flat, texts: Flat, there: Flags, tails: Flat) -> tuple[Bytes, Offsets]:
    """Row `i`, `out[bounds[i]:bounds[i + 1]]`, is its head, its text as a JSON string or `null` where none is
    `there`, and its tail."""
    bounds = np.zeros(len(texts) + 1, np.int64)
    _measure(heads.offsets, *texts, there, tails.offsets, SHORT, bounds)
    out = np.empty(int(bounds[-1]) + WIDE, np.uint8)
    _write(*heads, *texts, there, *tails, SHORT, out)
    return out[:-WIDE], bounds


def json_strings(texts: Flat, there: Flags) -> tuple[Bytes, Offsets]:
    """Row `i` as a JSON string, or `null` where none is `there`, is `out[bounds[i]:bounds[i + 1]]`."""
    nothing = Flat(np.empty(0, np.uint8), np.zeros(len(texts) + 1, np.int64))
    return put_between(nothing, texts, there, nothing)
