"""Which blocks of a page are its main content, by the shares that a model gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from gristmill.clean._furniture import KINDS, furniture, kinds_on
from gristmill.clean._page_arrays import PageArrays
from gristmill.text.expected_f1 import best_blocks
from gristmill.text.html_layout import UNSPACED, WORDS

FAVOR: Mapping[str, float] = {"recall": 2.0, "balanced": 1.0, "precision": 0.5}
"""The beta of the F measure whose expected value is made the greatest: how much recall counts beside precision."""

FEWEST_WORDS = 20
"""A page of which less is expected to be content has none: it is blocked, empty, or made by scripts."""

FEW = 0.3
"""Comments, captions and the like that are less of what is taken go: what is left is an article, and no forum."""

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


def chosen(
    arrays: PageArrays, shares: npt.NDArray[np.float64], favor: str, kinds: Sequence[str] = KINDS
) -> npt.NDArray[np.int64]:
    """The numbers of the blocks that are taken, ascending; furniture of these kinds goes where it is little."""
    words = arrays.blocks[:, WORDS] + arrays.blocks[:, UNSPACED] // 2
    if float((words * shares).sum()) < FEWEST_WORDS or shares.max() < LEAST_SHARE:
        return np.empty(0, np.int64)
    best = best_blocks(arrays.blocks, shares, falling(shares), precision_weight(FAVOR[favor]))
    return _without_furniture(arrays, np.flatnonzero(best), kinds)


def precision_weight(beta: float) -> float:
    """How much a wrong word counts beside a missed one in the F measure of a beta."""
    return 1 / (1 + beta * beta)


def _without_furniture(arrays: PageArrays, taken: npt.NDArray[np.int64], kinds: Sequence[str]) -> npt.NDArray[np.int64]:
    for kind in kinds_on(arrays):
        if kind not in kinds:
            continue
        others = taken[~furniture(arrays, kind)[taken]]
        if len(others) < len(taken) and weights(arrays, taken).sum() * (1 - FEW) < weights(arrays, others).sum():
            taken = others
    return taken
