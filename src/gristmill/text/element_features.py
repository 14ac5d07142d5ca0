"""Features of a block by the elements around it: which they are, and what their classes and ids are called."""

from __future__ import annotations

import numpy as np

from gristmill.text.html_layout import (
    ARIA_HIDDEN,
    ELEMENT,
    FOLLOWED,
    HAS_ITEM,
    HAS_ROLE,
    HIDDEN,
    HOLDER,
    PARENT,
    STATE,
    TAG,
    Table,
)
from gristmill.text.html_names import KNOWN, NUMBERS
from gristmill.text.jit import part
from gristmill.text.page_sums import Scores

AROUND = (
    "noscript", "nav", "header", "footer", "aside", "article", "main", "section", "form", "table", "ul",
    "ol", "dl", "blockquote", "figure", "pre", "button", "a", "p", "li", "dialog", "h1", "td", "label",
)  # fmt: skip
"""Elements of which a feature each tells whether one of them is around the block."""

NAMES = (
    "tag", "inner_tag", "parent_tag", "depth", "has_role", "has_item", "hidden", "aria_hidden", "article_depth",
    "main_depth", "token_own", "token_sum", "token_min", "token_max", "token_1", "token_2", "token_3", "token_4",
    "token_count", "token_decayed", *(f"in_{name}" for name in AROUND),
)  # fmt: skip

_BIT = np.full(KNOWN, -1, np.int64)
_BIT[[NUMBERS[name] for name in AROUND]] = np.arange(len(AROUND))
_FIRST_BIT = len(NAMES) - len(AROUND)
_ARTICLE, _MAIN = NUMBERS["article"], NUMBERS["main"]
_DECAY = 0.85


@part
def _upward(elements: Table, tokens: Scores, element: int, row: Scores) -> None:
    """Follow the elements from the innermost outward."""
    depth = scored = 0
    total = least = most = decayed = 0.0
    decay = 1.0
    while element > 0 and depth < FOLLOWED:
        tag = elements[element, TAG]
        if _BIT[tag] >= 0:
            row[_FIRST_BIT + _BIT[tag]] = 1
        state = elements[element, STATE]
        if state & HAS_ROLE:
            row[4] = 1
        if state & HAS_ITEM:
            row[5] = 1
        if tag == _ARTICLE and row[8] < 0:
            row[8] = depth
        if tag == _MAIN and row[9] < 0:
            row[9] = depth
        score = np.float64(tokens[element])
        if score != 0.0:
            total += score
            decayed += score * decay
            least, most = min(least, score), max(most, score)
            if scored < 4:
                row[14 + scored] = score
            scored += 1
        decay *= _DECAY
        depth += 1
        element = elements[element, PARENT]
    row[3] = depth
    row[11], row[12], row[13], row[18], row[19] = total, least, most, scored, decayed


@part
def element_features(blocks: Table, elements: Table, tokens: Scores, out: Scores) -> None:
    """Write the features NAMES of each block into the columns of `out`; `tokens` has the scores of elements."""
    for b in range(len(blocks)):
        row = out[b]
        row[:] = 0
        element, inner = blocks[b, ELEMENT], blocks[b, HOLDER]
        row[0], row[1] = elements[element, TAG], elements[inner, TAG]
        row[2] = elements[elements[element, PARENT], TAG] if element > 0 else 0
        state = elements[inner, STATE]
        row[6], row[7] = (state & HIDDEN) != 0, (state & ARIA_HIDDEN) != 0
        row[8] = row[9] = -1
        row[10] = tokens[inner] if tokens[inner] != 0 else tokens[element]
        _upward(elements, tokens, inner, row)
