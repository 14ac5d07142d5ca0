"""Counts of words without finding them: for the ledger, on every text."""

from __future__ import annotations

import numpy as np

from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel


@kernel
def count_words(data: Bytes, offsets: Offsets) -> Offsets:
    """The number of whitespace-separated words of each row (ASCII white space and controls separate)."""
    counts = np.zeros(len(offsets) - 1, np.int64)
    for row in range(len(offsets) - 1):
        before = True
        count = 0
        for at in range(offsets[row], offsets[row + 1]):
            blank = data[at] <= 32
            count += before and not blank
            before = blank
        counts[row] = count
    return counts
