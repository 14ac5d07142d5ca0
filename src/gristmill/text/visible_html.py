"""How much of a page in HTML is text that a browser shows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.ascii import (
    AMPERSAND,
    APOSTROPHE,
    BANG,
    CASE,
    DASH,
    GREATER,
    HASH,
    LESS,
    LOWER_Z,
    QUESTION,
    QUOTE,
    SEMICOLON,
    SLASH,
    SPACE,
    ZERO,
    is_letter,
)
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part

Counts = npt.NDArray[np.int64]

_LONGEST_REFERENCE = 12  # bytes between `&` and `;`
_ENDS_NAME = tuple(b">/ \t\n\f\r")
_SCRIPT, _STYLE, _COMMENT_END = (np.frombuffer(sign, np.uint8) for sign in (b"script", b"style", b"-->"))


@part
def _named(data: Bytes, at: int, stop: int, name: Bytes) -> bool:
    """Whether a tag's name stands here, in any case, and ends."""
    if at + len(name) > stop:
        return False
    for k in range(len(name)):
        if data[at + k] | CASE != name[k]:
            return False
    after = data[at + len(name)] if at + len(name) < stop else GREATER
    return bool(after in _ENDS_NAME)


@part
def _find(data: Bytes, at: int, stop: int, sign: Bytes) -> int:
    """Where a sign ends that comes next; the end where none comes."""
    while at + len(sign) <= stop:
        same = True
        for k in range(len(sign)):
            same = same and data[at + k] == sign[k]
        if same:
            return at + len(sign)
        at += 1
    return stop


@part
def _tag_end(data: Bytes, at: int, stop: int) -> int:
    """Behind the `>` of a tag, one in quotes passed over."""
    quote = 0
    while at < stop:
        byte = data[at]
        if quote != 0:
            if byte == quote:
                quote = 0
        elif byte in (QUOTE, APOSTROPHE):
            quote = int(byte)
        elif byte == GREATER:
            return at + 1
        at += 1
    return stop


@part
def _closing(data: Bytes, at: int, stop: int, name: Bytes) -> int:
    """Where `</name` stands that comes next; the end where none comes."""
    while at + 2 < stop:
        if data[at] == LESS and data[at + 1] == SLASH and _named(data, at + 2, stop, name):
            return at
        at += 1
    return stop


@kernel
def _visible(data: Bytes, offsets: Offsets, rows: Offsets, out: Counts) -> None:
    for k in range(len(rows)):
        at, stop = offsets[rows[k]], offsets[rows[k] + 1]
        shown = 0
        while at < stop:
            byte = data[at]
            after = data[at + 1] if at + 1 < stop else SPACE
            if byte == LESS and (after in (BANG, QUESTION, SLASH) or is_letter(after)):
                if after == BANG and at + 3 < stop and data[at + 2] == DASH and data[at + 3] == DASH:
                    at = _find(data, at + 4, stop, _COMMENT_END)
                    continue
                is_script = _named(data, at + 1, stop, _SCRIPT)
                is_style = _named(data, at + 1, stop, _STYLE)
                at = _tag_end(data, at + 1, stop)
                if is_script:
                    at = _closing(data, at, stop, _SCRIPT)
                elif is_style:
                    at = _closing(data, at, stop, _STYLE)
                continue
            if byte == AMPERSAND:
                end = at + 1
                most = min(stop, at + _LONGEST_REFERENCE)
                while end < most and data[end] != SEMICOLON and (data[end] == HASH or ZERO <= data[end] <= LOWER_Z):
                    end += 1
                if end < stop and data[end] == SEMICOLON and end > at + 1:
                    at = end
            shown += (byte & 0xC0) != 0x80
            at += 1
        out[k] = shown


def visible_characters(data: Bytes, offsets: Offsets, rows: Offsets) -> Counts:
    """Of each asked row the characters outside tags, comments, scripts and styles; a reference (`&amp;`) is one."""
    out = np.zeros(len(rows), np.int64)
    _visible(data, offsets, rows, out)
    return out
