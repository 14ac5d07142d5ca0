"""Features of a block by the containers around it, those that have more blocks than the one before."""

from __future__ import annotations

from gristmill.text.html_layout import ELEMENT, FIRST, FOLLOWED, LAST, PARENT, TAG, Table
from gristmill.text.html_names import NUMBERS
from gristmill.text.html_tree import is_inline
from gristmill.text.jit import part
from gristmill.text.page_sums import ALL, LINKED_WORDS, MEAN, PHRASE, PROSE, SCORED, Scores, Sums

LEVELS = 3
_KINDS = ("words", "links", "blocks", "share", "block_words", "text", "prose", "opening_text", "opening_phrase")

NAMES = tuple(f"container_{level}_{kind}" for level in range(LEVELS) for kind in _KINDS)

_BODY = NUMBERS["body"]


@part
def _described(sums: Sums, scores: Scores, first: int, last: int, row: Scores, at: int) -> None:
    words = sums[last, ALL] - sums[first, ALL]
    per = max(words, 1.0)
    row[at] = words
    row[at + 1] = (sums[last, LINKED_WORDS] - sums[first, LINKED_WORDS]) / per
    row[at + 2] = last - first
    row[at + 3] = words / max(sums[-1, ALL], 1.0)
    row[at + 4] = words / (last - first)
    row[at + 5] = (sums[last, SCORED] - sums[first, SCORED]) / per
    row[at + 6] = (sums[last, PROSE] - sums[first, PROSE]) / per
    row[at + 7], row[at + 8] = scores[first, MEAN], scores[first, PHRASE]


@part
def container_features(blocks: Table, elements: Table, sums: Sums, scores: Scores, out: Scores) -> None:
    """Write the features NAMES of each block; where there is no further container, those of the last stand again."""
    for b in range(len(blocks)):
        element = blocks[b, ELEMENT]
        size, level, depth = 1, 0, 0
        row = out[b]
        while element > 0 and level < LEVELS and depth < FOLLOWED:
            tag = elements[element, TAG]
            first, last = elements[element, FIRST], min(elements[element, LAST], len(blocks))
            if last - first > size and tag != _BODY and not is_inline(tag):
                size = last - first
                _described(sums, scores, first, last, row, level * 9)
                level += 1
            element = elements[element, PARENT]
            depth += 1
        for k in range(level * 9, LEVELS * 9):
            row[k] = row[k - 9] if level else -1
