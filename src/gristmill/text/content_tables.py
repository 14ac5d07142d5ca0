"""How often class tokens, words and short blocks of pages go with main content, every page counting once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.html_attributes import TOKEN_HASHES
from gristmill.text.html_layout import FIRST, LAST, TOKEN, TOKENS_END, WORD, WORDS_END, Table, Tokens
from gristmill.text.html_text import WORD_HASHES
from gristmill.text.jit import kernel, part
from gristmill.text.page_sums import PHRASE_HASHES, WORDS_READ, phrase_of, text_keys

Shares = npt.NDArray[np.float64]

TOKEN_CONTENT, TOKEN_PAGES, WORD_CONTENT, WORD_PAGES, PHRASE_CONTENT, PHRASE_PAGES = range(6)
"""Rows of the counts: for class tokens, for words and for short blocks, pages of content (in shares) and pages."""


@part
def _add(counts: Shares, row: int, content: Shares, seen: Shares) -> None:
    for k in range(len(seen)):
        if seen[k] > 0:
            counts[row, k] += content[k] / seen[k]
            counts[row + 1, k] += 1


@kernel
def count_page(
    elements: Table, blocks: Table, tokens: Tokens, words: Tokens, lengths: Shares, shares: Shares, counts: Shares
) -> None:
    """Add a page to the counts: `lengths` are words of blocks, `shares` how much of them is content."""
    sums = np.zeros((2, len(blocks) + 1), np.float64)
    for b in range(len(blocks)):
        sums[0, b + 1] = sums[0, b] + lengths[b] * shares[b]
        sums[1, b + 1] = sums[1, b] + lengths[b]
    content, seen = np.zeros(TOKEN_HASHES, np.float64), np.zeros(TOKEN_HASHES, np.float64)
    for e in range(len(elements)):
        first, last = elements[e, FIRST], min(elements[e, LAST], len(blocks))
        if last > first and sums[1, last] > sums[1, first]:
            for k in range(elements[e, TOKEN], elements[e, TOKENS_END]):
                content[tokens[k]] += sums[0, last] - sums[0, first]
                seen[tokens[k]] += sums[1, last] - sums[1, first]
    _add(counts, TOKEN_CONTENT, content, seen)
    content, seen = np.zeros(WORD_HASHES, np.float64), np.zeros(WORD_HASHES, np.float64)
    for b in range(len(blocks)):
        begin = blocks[b, WORD]
        for k in range(begin, min(blocks[b, WORDS_END], begin + WORDS_READ)):
            content[words[k]] += shares[b]
            seen[words[k]] += 1
    _add(counts, WORD_CONTENT, content, seen)
    content, seen = np.zeros(PHRASE_HASHES, np.float64), np.zeros(PHRASE_HASHES, np.float64)
    keys = np.empty(len(blocks), np.uint64)
    text_keys(blocks, words, keys)
    for b in range(len(blocks)):
        place = phrase_of(blocks[b], keys[b])
        if place >= 0:
            content[place] += shares[b]
            seen[place] += 1
    _add(counts, PHRASE_CONTENT, content, seen)
