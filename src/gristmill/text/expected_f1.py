"""Which blocks of a page to take so that the expected F1 of their words is the greatest."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.flat import Offsets
from gristmill.text.html_layout import Table
from gristmill.text.jit import kernel
from gristmill.text.page_sums import weight

Shares = npt.NDArray[np.float64]


@kernel
def best_blocks(blocks: Table, shares: Shares, order: Offsets, precision: float) -> npt.NDArray[np.bool_]:
    """The blocks of highest `shares`, which are the expected share of content among a block's words.

    So many are taken that content / (precision x taken + (1 - precision) x all content) is the greatest in words: with
    `precision` 1 / (1 + beta^2) that is the F measure of beta, 0.5 for F1. No threshold and no kind of page is needed.
    `order` has the blocks by falling share.
    """
    count = len(blocks)
    taken = np.zeros(count, np.bool_)
    total = 0.0
    for b in range(count):
        total += weight(blocks[b]) * shares[b]
    content = words = best = 0.0
    last = -1
    for k in range(count):
        b = order[k]
        content += weight(blocks[b]) * shares[b]
        words += weight(blocks[b])
        value = content / (precision * words + (1 - precision) * total + 1e-9)
        if value > best:
            best, last = value, k
    for k in range(last + 1):
        taken[order[k]] = True
    return taken
