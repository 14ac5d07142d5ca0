"""Data written out in code: long stretches of base64, of bytes in hexadecimal and of escapes, as StarCoder2 has them.

The three expressions of Lozhkov et al. 2024 (https://arxiv.org/abs/2402.19173), each matched in one pass:
`[a-zA-Z0-9+/\\n=]{64,}`,
`(?:\\b(?:0x|\\\\x)?[0-9a-fA-F]{2}(?:,|\\b\\s*)){8,}` and `(?:\\\\u[0-9a-fA-F]{4}){8,}`. A byte
of a character that is not ASCII counts as part of a word.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.ascii import (
    BACKSLASH,
    COMMA,
    EQUALS,
    LOWER_U,
    LOWER_X,
    NEWLINE,
    PLUS,
    RETURN,
    SLASH,
    SPACE,
    UNDERSCORE,
    ZERO,
    is_alphanumeric,
    is_hex,
)
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part, small_part

Counts = npt.NDArray[np.int64]

LEAST_BASE64, LEAST_GROUPS = 64, 8


class Stretches(NamedTuple):
    """For each asked row the characters in matches of the expression that matches most, and the longest match."""

    matched: Counts
    longest: Counts


@small_part
def _is_word(byte: int) -> bool:
    return is_alphanumeric(byte) or byte == UNDERSCORE or byte >= 0x80


@small_part
def _is_space(byte: int) -> bool:
    return byte == SPACE or 9 <= byte <= RETURN or 28 <= byte <= 31


@small_part
def _is_base64(byte: int) -> bool:
    return is_alphanumeric(byte) or byte in (PLUS, SLASH, EQUALS, NEWLINE)


@part
def _boundary(data: Bytes, at: int, start: int, stop: int) -> bool:
    before = at > start and _is_word(data[at - 1])
    after = at < stop and _is_word(data[at])
    return before != after


@part
def _byte_end(data: Bytes, at: int, start: int, stop: int) -> int:
    """Where one byte in hexadecimal ends with what parts it from the next; -1 where none begins here."""
    if not _boundary(data, at, start, stop):
        return -1
    if at + 1 < stop and (data[at] == ZERO or data[at] == BACKSLASH) and data[at + 1] == LOWER_X:
        at += 2
    if at + 2 > stop or not is_hex(data[at]) or not is_hex(data[at + 1]):
        return -1
    at += 2
    if at < stop and data[at] == COMMA:
        return at + 1
    if not _boundary(data, at, start, stop):
        return -1
    while at < stop and _is_space(data[at]):
        at += 1
    return at


@part
def _escape_end(data: Bytes, at: int, stop: int) -> int:
    if at + 6 > stop or data[at] != BACKSLASH or data[at + 1] != LOWER_U:
        return -1
    for k in range(2, 6):
        if not is_hex(data[at + k]):
            return -1
    return at + 6


@part
def _base64(data: Bytes, start: int, stop: int) -> tuple[int, int]:
    matched = longest = run = 0
    for at in range(start, stop + 1):
        if at < stop and _is_base64(data[at]):
            run += 1
            continue
        if run >= LEAST_BASE64:
            matched += run
            longest = max(longest, run)
        run = 0
    return matched, longest


@part
def _groups(data: Bytes, start: int, stop: int, escapes: bool) -> tuple[int, int]:
    matched = longest = 0
    at = start
    while at < stop:
        byte = data[at]
        likely = byte == BACKSLASH if escapes else byte == BACKSLASH or is_hex(byte)
        if not likely:
            at += 1
            continue
        end = at
        count = 0
        while True:
            next_end = _escape_end(data, end, stop) if escapes else _byte_end(data, end, start, stop)
            if next_end < 0:
                break
            end = next_end
            count += 1
        if count >= LEAST_GROUPS:
            matched += end - at
            longest = max(longest, end - at)
            at = end
        else:
            at += 1
    return matched, longest


@kernel
def _stretches(data: Bytes, offsets: Offsets, rows: Offsets) -> Counts:
    out = np.zeros((2, len(rows)), np.int64)
    for k in range(len(rows)):
        start, stop = offsets[rows[k]], offsets[rows[k] + 1]
        matched, longest = _base64(data, start, stop)
        for escapes in (False, True):
            also, long = _groups(data, start, stop, escapes)
            matched, longest = max(matched, also), max(longest, long)
        out[0, k], out[1, k] = matched, longest
    return out


def encoded_stretches(data: Bytes, offsets: Offsets, rows: Offsets) -> Stretches:
    """Find them in each asked row."""
    return Stretches(*_stretches(data, offsets, rows))
