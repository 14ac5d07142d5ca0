"""What of a file of code is comments and strings, by the signs of its language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.characters import count_characters
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part

Counts = npt.NDArray[np.int64]

_SIGN = 5  # bytes of the longest sign, its length before it
_LINES, _BLOCKS, _QUOTES = 2, 2, 3
_DOCSTRINGS = _SIGN * (_LINES + 2 * _BLOCKS) + _QUOTES
_WIDTH = _DOCSTRINGS + 1


class Comments(NamedTuple):
    """Characters for each asked row, the signs of comments and strings included."""

    comments: Counts
    strings: Counts
    longest_string: Counts


def signs(
    lines: Sequence[str], blocks: Sequence[tuple[str, str]], quotes: str, docstrings: bool
) -> npt.NDArray[np.uint8]:
    """The signs of one language as a row of a table."""
    row = np.zeros(_WIDTH, np.uint8)
    placed = [*lines, *([""] * (_LINES - len(lines)))]
    placed += [sign for block in (*blocks, *([("", "")] * (_BLOCKS - len(blocks)))) for sign in block]
    for number, sign in enumerate(placed):
        content = sign.encode()
        row[number * _SIGN] = len(content)
        row[number * _SIGN + 1 : number * _SIGN + 1 + len(content)] = list(content)
    row[_DOCSTRINGS - _QUOTES : _DOCSTRINGS - _QUOTES + len(quotes)] = list(quotes.encode())
    row[_DOCSTRINGS] = docstrings
    return row


@part
def _stands(data: Bytes, at: int, stop: int, table: Bytes, place: int) -> int:
    """The length of the sign that stands at a place of the table, where it stands in the text; else 0."""
    size = int(table[place])
    if size == 0 or at + size > stop:
        return 0
    for k in range(size):
        if data[at + k] != table[place + 1 + k]:
            return 0
    return size


@part
def _is_quote(byte: int, table: Bytes) -> bool:
    found = False
    for k in range(_DOCSTRINGS - _QUOTES, _DOCSTRINGS):
        found = found or (table[k] == byte and byte != 0)
    return found


@part
def _string_end(data: Bytes, at: int, stop: int) -> int:
    """Where a string that begins at `at` ends: at its quote, and, but for backquotes, at the end of the line."""
    quote = data[at]
    at += 1
    while at < stop:
        byte = data[at]
        if byte == 0x5C:
            at += 2
            continue
        if byte == quote:
            return at + 1
        if byte == 10 and quote != 0x60:
            return at
        at += 1
    return stop


@part
def _triple_end(data: Bytes, at: int, stop: int) -> int:
    """Where a string in three quotes ends; -1 where none begins here."""
    quote = data[at]
    if at + 2 >= stop or data[at + 1] != quote or data[at + 2] != quote:
        return -1
    at += 3
    while at < stop:
        if data[at] == 0x5C:
            at += 2
            continue
        if data[at] == quote and at + 2 < stop and data[at + 1] == quote and data[at + 2] == quote:
            return at + 3
        at += 1
    return stop


@kernel
def _comments(
    data: Bytes, offsets: Offsets, rows: Offsets, languages: Offsets, tables: npt.NDArray[np.uint8]
) -> Counts:
    out = np.zeros((3, len(rows)), np.int64)
    for k in range(len(rows)):
        if languages[k] < 0:
            continue
        table = tables[languages[k]]
        at, stop = offsets[rows[k]], offsets[rows[k] + 1]
        comments = strings = longest = 0
        blank = True  # nothing but blanks stands before on this line
        while at < stop:
            byte = data[at]
            end = 0
            is_comment = False
            for place in range(_LINES, _LINES + 2 * _BLOCKS, 2):
                size = _stands(data, at, stop, table, place * _SIGN)
                if size > 0 and end == 0:
                    end = at + size
                    while end < stop and _stands(data, end, stop, table, (place + 1) * _SIGN) == 0:
                        end += 1
                    end = min(end + int(table[(place + 1) * _SIGN]), stop)
                    is_comment = True
            for place in range(_LINES):
                if end == 0 and _stands(data, at, stop, table, place * _SIGN) > 0:
                    end = at
                    while end < stop and data[end] != 10:
                        end += 1
                    is_comment = True
            if end == 0 and _is_quote(byte, table):
                if table[_DOCSTRINGS] != 0:
                    end = _triple_end(data, at, stop)
                    is_comment = end > 0 and blank
                if end <= 0:
                    end = _string_end(data, at, stop)
            if end > at:
                end = min(end, stop)
                length = count_characters(data, at, end)
                if is_comment:
                    comments += length
                else:
                    strings += length
                    longest = max(longest, length)
                blank = False
                at = end
                continue
            if byte == 10:
                blank = True
            elif byte != 0x20 and byte != 9:
                blank = False
            at += 1
        out[0, k], out[1, k], out[2, k] = comments, strings, longest
    return out


def code_comments(
    data: Bytes, offsets: Offsets, rows: Offsets, languages: Offsets, tables: npt.NDArray[np.uint8]
) -> Comments:
    """Count them in each asked row: `languages` has its row of `tables`, -1 where its language is not known."""
    return Comments(*_comments(data, offsets, rows, languages, tables))
