"""The entries of a list kept in a file: one a line, blank lines and comments left out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part

_BREAK, _HASH = 10, 0x23


class Entries(NamedTuple):
    """Entry `k` is `data[starts[k]:stops[k]]`, white space around it left out; it stands on line `lines[k]`, from 1."""

    starts: Offsets
    stops: Offsets
    lines: Offsets


@part
def _strip(data: Bytes, start: int, stop: int) -> tuple[int, int]:
    while start < stop and data[start] <= 0x20:
        start += 1
    while stop > start and data[stop - 1] <= 0x20:
        stop -= 1
    return start, stop


@kernel
def _entries(data: Bytes, begin: int, out: Offsets) -> int:
    found = 0
    line = 1
    for at in range(begin, len(data) + 1):
        if at < len(data) and data[at] != _BREAK:
            continue
        start, stop = _strip(data, begin, at)
        if start < stop and data[start] != _HASH:
            if found < out.shape[1]:
                out[0, found] = start
                out[1, found] = stop
                out[2, found] = line
            found += 1
        begin = at + 1
        line += 1
    return found


def list_entries(data: Bytes) -> Entries:
    """The entries of a file, a byte order mark before them left out; a line that begins with `#` is a comment."""
    begin = 3 if data[:3].tobytes() == b"\xef\xbb\xbf" else 0
    out = np.empty((3, _entries(data, begin, np.empty((3, 0), np.int64))), np.int64)
    _entries(data, begin, out)
    return Entries(*out)
