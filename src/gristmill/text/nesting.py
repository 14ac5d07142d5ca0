"""How deeply the elements of an HTML page nest, before anything parses it."""

from __future__ import annotations

import numpy as np

from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part

NAMES = np.frombuffer(b"div\0article", np.uint8)
LESS, SLASH, CASE = ord("<"), ord("/"), 0x20


@part
def _named(data: Bytes, at: int, stop: int, first: int, last: int) -> bool:
    """Whether data[at:stop] begins with the name NAMES[first:last], in any case, and nothing that prolongs it.

    NULs are passed over, so that UTF-16 is read too.
    """
    i = first
    while at < stop:
        byte = data[at]
        at += 1
        if byte == 0:
            continue
        if i == last:
            return not (byte == LESS or 48 <= byte <= 57 or 97 <= (byte | CASE) <= 122 or byte == 45)
        if byte | CASE != NAMES[i]:
            return False
        i += 1
    return False


@kernel
def depth(data: Bytes, offsets: Offsets, rows: Offsets) -> Offsets:
    """The most `div` and `article` elements open at once in each of `rows`, by their tags alone."""
    deepest = np.zeros(len(rows), np.int64)
    for k in range(len(rows)):
        open_now = 0
        stop = offsets[rows[k] + 1]
        for at in range(offsets[rows[k]], stop):
            if data[at] != LESS:
                continue
            name = at + 1
            while name < stop and data[name] == 0:
                name += 1
            closing = name < stop and data[name] == SLASH
            name += closing
            if _named(data, name, stop, 0, 3) or _named(data, name, stop, 4, len(NAMES)):
                open_now = max(open_now - 1, 0) if closing else open_now + 1
                deepest[k] = max(deepest[k], open_now)
    return deepest
