"""Blocks of a page that are named as something else than its content, which go where they are few beside the rest."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
import numpy.typing as npt

from gristmill.clean._page_arrays import PageArrays
from gristmill.text.html_attributes import TOKEN_HASHES, token_hash
from gristmill.text.html_layout import FIRST, LAST, TAG, TOKEN, TOKENS_END
from gristmill.text.html_names import NUMBERS

COMMENTS = "comments"

NAMES: Mapping[str, tuple[str, ...]] = {
    COMMENTS: ("comment", "comments", "commentlist", "commentary", "disqus", "respond", "replies", "reactions"),
    "navigation": ("navheader", "navfooter", "breadcrumb", "breadcrumbs"),
    "teasers": ("related", "recommended", "trending"),
}
"""Words of a class or id that say what an element holds."""

TAGS = {"captions": NUMBERS["figcaption"]}
"""Elements that say so themselves."""

KINDS = (*NAMES, *TAGS)

Chosen = npt.NDArray[np.bool_]


def kinds_on(arrays: PageArrays) -> list[str]:
    """The kinds that a page may have blocks of."""
    seen = int(np.bitwise_or.reduce(_kinds()[arrays.tokens], initial=0))
    return [*(kind for number, kind in enumerate(NAMES) if seen >> number & 1), *TAGS]


def furniture(arrays: PageArrays, kind: str) -> Chosen:
    """Which blocks stand in an element of this kind."""
    elements = arrays.elements
    if kind in TAGS:
        holders = np.flatnonzero(elements[:, TAG] == TAGS[kind])
    else:
        named = _kinds()[arrays.tokens] & 1 << list(NAMES).index(kind) != 0
        before = np.concatenate(([0], np.cumsum(named)))
        holders = np.flatnonzero(before[elements[:, TOKENS_END]] > before[elements[:, TOKEN]])
    inside = np.zeros(len(arrays.blocks), np.bool_)
    for first, last in elements[holders][:, [FIRST, LAST]].tolist():
        inside[first:last] = True
    return inside


@cache
def _kinds() -> npt.NDArray[np.uint8]:
    """Of each hash of a token the kinds that it names, a bit for each."""
    table = np.zeros(TOKEN_HASHES, np.uint8)
    for number, names in enumerate(NAMES.values()):
        table[[token_hash(word) for word in names]] |= np.uint8(1 << number)
    return table
