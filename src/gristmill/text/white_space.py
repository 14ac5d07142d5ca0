"""Where white space lies among sixty-four bytes of a text, as `str.isspace` has it."""

from __future__ import annotations

import numpy as np

from gristmill.text.flat import Bytes
from gristmill.text.jit import part, small_part
from gristmill.text.many_bytes import WIDE, bits_of, block_of, first_set, where, where_of
from gristmill.text.words import space_width

_LAST = np.uint64(1) << np.uint64(WIDE - 1)
_ONE = np.uint64(1)


@part
def _wide_spaces(data: Bytes, at: int, stop: int) -> tuple[np.uint64, int]:
    """`white_bits` of the spaces of two or three bytes."""
    block = block_of(data, at)
    # What the second byte may be; that of the last byte is not among these.
    after_e2 = bits_of(where_of(data, block, 0x80, 2), block, at, stop) >> _ONE | _LAST
    after_e3 = bits_of(where(data, block, 0x80), block, at, stop) >> _ONE | _LAST
    after_c2 = bits_of(where(data, block, 0x85) | where(data, block, 0xA0), block, at, stop) >> _ONE | _LAST
    leads = bits_of(where(data, block, 0xE2), block, at, stop) & after_e2
    leads |= bits_of(where(data, block, 0xE3), block, at, stop) & after_e3
    leads |= bits_of(where(data, block, 0xC2), block, at, stop) & after_c2
    leads |= bits_of(where(data, block, 0xE1), block, at, stop)
    white = np.uint64(0)
    over = 0
    while leads:
        k = first_set(leads)
        leads &= leads - _ONE
        width = space_width(data, at + k, stop)
        white |= ((_ONE << np.uint64(width)) - _ONE) << np.uint64(k)
        over = max(k + width - WIDE, over) if width else over
    return white, over


@small_part
def white_bits(data: Bytes, at: int, stop: int) -> tuple[np.uint64, int]:
    """Bit k is set where `data[at + k]` is of white space that ends by `stop`, for no more than 64 bytes.

    The second number says how many bytes after these 64 belong to the last of it. `data` is `wide_enough`.
    """
    block = block_of(data, at)
    narrow = where(data, block, 0x20) | where_of(data, block, 9, 5) | where_of(data, block, 28, 4)
    white = bits_of(narrow, block, at, stop)
    if bits_of(where(data, block, 0xC2) | where_of(data, block, 0xE1, 3), block, at, stop):
        wide, over = _wide_spaces(data, at, stop)
        return white | wide, over
    return white, 0
