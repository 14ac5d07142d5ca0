"""Which blocks of a page are its main content, by the shares that a model gives them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from gristmill.clean._page_arrays import PageArrays
from gristmill.text.expected_f1 import best_blocks
from gristmill.text.html_layout import UNSPACED, WORDS

FAVOR: Mapping[str, float] = {"recall": 0.35, "balanced": 0.5, "precision": 0.8}
"""How much a wrong word counts beside a missed one, by what is favoured."""

FEWEST_WORDS = 20
"""A page of which less is expected to be content has none: it is blocked, empty, or made by scripts."""

LEAST_SHARE = 0.45
"""A page none of whose blocks is likelier content than this has none."""


def falling(shares: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """The numbers of the blocks by falling share, equal ones as they stand."""
    return np.argsort(-shares, kind="stable")


def weights(arrays: PageArrays, blocks: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
    """The words of blocks; of scripts without spaces, half a word a character."""
    rows = arrays.blocks[blocks]
    words: npt.NDArray[np.int32] = rows[:, WORDS] + rows[:, UNSPACED] // 2
    return words


def chosen(arrays: PageArrays, shares: npt.NDArray[np.float64], favor: str) -> npt.NDArray[np.int64]:
    """The numbers of the blocks that are taken, ascending."""
    words = arrays.blocks[:, WORDS] + arrays.blocks[:, UNSPACED] // 2
    if float((words * shares).sum()) < FEWEST_WORDS or shares.max() < LEAST_SHARE:
        return np.empty(0, np.int64)
    return np.flatnonzero(best_blocks(arrays.blocks, shares, falling(shares), FAVOR[favor]))
