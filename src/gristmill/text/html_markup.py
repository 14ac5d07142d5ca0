"""Where the pieces of HTML markup end: comments, declarations, raw text, names and values of attributes."""

from __future__ import annotations

import numpy as np

from gristmill.text.eight_bytes import eight, equal, first_of
from gristmill.text.flat import Bytes
from gristmill.text.inline_style import hashed_name
from gristmill.text.jit import part, small_part

LESS, GREATER, SLASH, BANG, QUESTION, EQUALS, DASH = (ord(mark) for mark in "<>/!?=-")
_QUOTE, _APOSTROPHE = ord('"'), ord("'")


@small_part
def is_letter(data: Bytes, at: int, stop: int) -> bool:
    return bool(at < stop and 0x61 <= data[at] | 0x20 <= 0x7A)


@part
def next_byte(data: Bytes, at: int, stop: int, byte: int) -> int:
    """Where a byte next stands, `stop` where it does not."""
    while at + 8 <= stop:
        found = equal(eight(data, at), byte)
        if found != np.uint64(0):
            return at + first_of(found)
        at += 8
    while at < stop and data[at] != byte:
        at += 1
    return at


@part
def behind_declaration(data: Bytes, at: int, stop: int) -> int:
    """Where a comment, a doctype or the like ends whose `<!` or `<?` begins at `at`."""
    if not (at + 3 < stop and data[at + 2] == DASH and data[at + 3] == DASH):
        return min(next_byte(data, at + 2, stop, GREATER) + 1, stop)
    at += 2  # `<!-->` and `<!--->` are whole comments
    if at + 2 < stop and data[at + 2] == GREATER:
        return at + 3
    while True:
        at = next_byte(data, at + 1, stop, GREATER)
        if at >= stop:
            return stop
        if data[at - 1] == DASH and data[at - 2] == DASH:
            return at + 1
        bang = data[at - 1] == BANG and data[at - 2] == DASH and data[at - 3] == DASH
        if bang:
            return at + 1


@part
def raw_end(data: Bytes, at: int, stop: int, name: np.uint64) -> int:
    """Where the end tag of a script, a style or the like begins; `stop` where it is never closed."""
    while True:
        at = next_byte(data, at, stop, LESS)
        if at + 1 >= stop:
            return stop
        if data[at + 1] == SLASH and hashed_name(data, at + 2, stop)[0] == name:
            return at
        at += 1


@part
def name_end(data: Bytes, at: int, stop: int) -> int:
    """Where the name of an attribute ends that begins at `at`; it has one byte at least."""
    at += 1
    while at < stop and data[at] > 0x20 and data[at] != EQUALS and data[at] != GREATER and data[at] != SLASH:
        at += 1
    return at


@part
def value_bounds(data: Bytes, at: int, stop: int) -> tuple[int, int, int]:
    """Where the value of an attribute begins and ends, and where to go on."""
    if at < stop and (data[at] == _QUOTE or data[at] == _APOSTROPHE):
        end = next_byte(data, at + 1, stop, data[at])
        return at + 1, end, min(end + 1, stop)
    end = at
    while end < stop and data[end] > 0x20 and data[end] != GREATER:
        end += 1
    return at, end, end
