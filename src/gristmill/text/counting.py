"""Counts of words without finding them: for the ledger, on every text."""

from __future__ import annotations

import numpy as np

from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel
from gristmill.text.many_bytes import WIDE, first_bits, how_many_set, where_less

BLANK = 33
"""The first byte that separates no words."""


@kernel
def count_words(data: Bytes, offsets: Offsets) -> Offsets:
    """The number of whitespace-separated words of each row (ASCII white space and controls separate)."""
    counts = np.zeros(len(offsets) - 1, np.int64)
    for row in range(len(offsets) - 1):
        at, end = offsets[row], offsets[row + 1]
        before = np.uint64(1)  # whether the byte before is blank
        count = 0
        while at < end and at + WIDE <= len(data):
            blank = where_less(data, at, BLANK)
            count += how_many_set(~blank & (blank << np.uint64(1) | before) & first_bits(end - at))
            before = blank >> np.uint64(WIDE - 1)
            at += WIDE
        while at < end:
            blank = np.uint64(data[at] < BLANK)
            if before > blank:
                count += 1
            before = blank
            at += 1
        counts[row] = count
    return counts
