"""Which blocks of a page are comments of its readers."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from gristmill.clean._page_arrays import PageArrays
from gristmill.text.html_attributes import TOKEN_HASHES, token_hash
from gristmill.text.html_layout import FIRST, LAST, TOKEN, TOKENS_END

_COMMENTS = ("comment", "comments", "commentlist", "commentary", "disqus", "respond", "replies", "reactions")
"""Words of a class or id that say that an element holds the comments of readers."""


def of_comments(arrays: PageArrays) -> npt.NDArray[np.bool_]:
    """Which blocks stand in an element that is named as one of comments."""
    inside = np.zeros(len(arrays.blocks), np.bool_)
    named = _comment_tokens()[arrays.tokens]
    if not named.any():
        return inside
    before = np.concatenate(([0], np.cumsum(named)))
    elements = arrays.elements
    holders = np.flatnonzero(before[elements[:, TOKENS_END]] > before[elements[:, TOKEN]])
    for first, last in elements[holders][:, [FIRST, LAST]].tolist():
        inside[first:last] = True
    return inside


@cache
def _comment_tokens() -> npt.NDArray[np.bool_]:
    """Whether a token is one of comments, by its hash."""
    table = np.zeros(TOKEN_HASHES, np.bool_)
    table[[token_hash(word) for word in _COMMENTS]] = True
    return table
