"""Lines of bytes, and whether they are UTF-8: sixty-four bytes at once."""

from __future__ import annotations

import numpy as np

from gristmill.text.flat import Bytes
from gristmill.text.jit import part
from gristmill.text.many_bytes import WIDE, first_bits, first_set, where, where_less

NEWLINE = 0x0A
_NONE, _ALL = np.uint64(0), ~np.uint64(0)


@part
def broken(data: Bytes, at: int) -> np.uint64:
    """Bit k is set where `data[at + k]` cannot follow what stands before it (Unicode 16.0, table 3-7).

    The three bytes before `at` are looked at, too.
    """
    below_c0 = where_less(data, at, 0xC0)
    continues = below_c0 & ~where_less(data, at, 0x80)
    follows = ~where_less(data, at - 1, 0xC0) | ~where_less(data, at - 2, 0xE0) | ~where_less(data, at - 3, 0xF0)
    wrong = (continues ^ follows) | (where_less(data, at, 0xC2) & ~below_c0) | ~where_less(data, at, 0xF5)
    below_90, below_a0 = where_less(data, at, 0x90), where_less(data, at, 0xA0)
    wrong |= (where(data, at - 1, 0xE0) & below_a0) | (where(data, at - 1, 0xED) & ~below_a0)
    return wrong | (where(data, at - 1, 0xF0) & below_90) | (where(data, at - 1, 0xF4) & ~below_90)


@part
def line_end(data: Bytes, at: int) -> tuple[int, bool]:
    """Where the newline is that ends the line beginning at `at`, and whether the line is UTF-8.

    Before the line stand three bytes or more, the last of them ASCII, and after its newline 64.
    """
    wrong = _NONE
    after_ascii = True
    while True:
        size = first_set(where(data, at, NEWLINE))
        ascii = where_less(data, at, 0x80)
        if not (after_ascii and ascii == _ALL):
            # The newline itself is looked at as well: it may come where a character should go on.
            wrong |= broken(data, at) & first_bits(size + 1)
        if size < WIDE:
            return at + size, bool(wrong == _NONE)
        after_ascii = bool(ascii == _ALL)
        at += WIDE
