"""How much of a page in HTML is text that a browser shows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part

Counts = npt.NDArray[np.int64]

_LONGEST_REFERENCE = 12


@part
def _named(data: Bytes, at: int, stop: int, name: Bytes) -> bool:
    """Whether a tag's name stands here, in any case, and ends."""
    if at + len(name) > stop:
        return False
    for k in range(len(name)):
        if data[at + k] | 0x20 != name[k]:
            return False
    after = data[at + len(name)] if at + len(name) < stop else 0x3E
    return bool(after in (0x3E, 0x2F, 0x20, 9, 10, 12, 13))


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
        elif byte == 0x22 or byte == 0x27:
            quote = int(byte)
        elif byte == 0x3E:
            return at + 1
        at += 1
    return stop


@part
def _closing(data: Bytes, at: int, stop: int, name: Bytes) -> int:
    """Where `</name` stands that comes next; the end where none comes."""
    while at + 2 < stop:
        if data[at] == 0x3C and data[at + 1] == 0x2F and _named(data, at + 2, stop, name):
            return at
        at += 1
    return stop


@kernel
def _visible(data: Bytes, offsets: Offsets, rows: Offsets, out: Counts) -> None:
    script, style = (
        np.array([115, 99, 114, 105, 112, 116], np.uint8),
        np.array([115, 116, 121, 108, 101], np.uint8),
    )
    comment_end = np.array([45, 45, 62], np.uint8)
    for k in range(len(rows)):
        at, stop = offsets[rows[k]], offsets[rows[k] + 1]
        shown = 0
        while at < stop:
            byte = data[at]
            after = data[at + 1] if at + 1 < stop else 0x20
            if byte == 0x3C and (after == 0x21 or after == 0x3F or after == 0x2F or 0x61 <= after | 0x20 <= 0x7A):
                if after == 0x21 and at + 3 < stop and data[at + 2] == 0x2D and data[at + 3] == 0x2D:
                    at = _find(data, at + 4, stop, comment_end)
                    continue
                is_script = _named(data, at + 1, stop, script)
                is_style = _named(data, at + 1, stop, style)
                at = _tag_end(data, at + 1, stop)
                if is_script:
                    at = _closing(data, at, stop, script)
                elif is_style:
                    at = _closing(data, at, stop, style)
                continue
            if byte == 0x26:
                end = at + 1
                while end < stop and end - at < _LONGEST_REFERENCE and (data[end] == 0x23 or 0x30 <= data[end] <= 0x7A):
                    if data[end] == 0x3B:
                        break
                    end += 1
                if end < stop and data[end] == 0x3B and end > at + 1:
                    at = end
            shown += (byte & 0xC0) != 0x80
            at += 1
        out[k] = shown


def visible_characters(data: Bytes, offsets: Offsets, rows: Offsets) -> Counts:
    """Of each asked row the characters outside tags, comments, scripts and styles; a reference (`&amp;`) is one."""
    out = np.zeros(len(rows), np.int64)
    _visible(data, offsets, rows, out)
    return out
