"""Features of a block of a page by itself: its length, links, marks, words, and how much of the title it has."""

from __future__ import annotations

import numpy as np

from gristmill.text.bit_set import Bits, is_set
from gristmill.text.html_layout import (
    BREAKS,
    CAPITALS,
    CHARACTERS,
    COMMAS,
    DIGITS,
    FINAL,
    IMAGES,
    INITIAL,
    INPUTS,
    LINK_WORDS,
    LINKS,
    STOPS,
    UNSPACED,
    WORD,
    WORDS_END,
    Table,
    Tokens,
)
from gristmill.text.jit import part, small_part
from gristmill.text.page_sums import PHRASE, WORDS_READ, Scores, weight

NAMES = (
    "words", "link_share", "links", "word_length", "commas", "stops", "capitals", "digits", "breaks", "images",
    "inputs", "last", "first", "unspaced", "link_words", "text_mean", "text_sum", "text_min", "text_max",
    "in_title", "phrase",
)  # fmt: skip

_COPYRIGHT = 0xA9


@small_part
def _last_kind(code: int) -> int:
    if code in (0x2E, 0x21, 0x3F, 0x61F, 0x6D4, 0x964, 0x3002, 0xFF01, 0xFF1F):
        return 1
    if code in (0x3A, 0xFF1A):
        return 2
    if code >= 0x80:
        return 3
    return 4 if 0x30 <= code <= 0x39 else 0


@small_part
def _first_kind(code: int) -> int:
    if 0x41 <= code <= 0x5A:
        return 1
    if 0x61 <= code <= 0x7A:
        return 2
    if 0x30 <= code <= 0x39:
        return 3
    if code == _COPYRIGHT:
        return 4
    return 5 if code >= 0x80 else 0


@part
def _in_title(block: Table, words: Tokens, title: Bits) -> float:
    begin = block[WORD]
    stop = min(block[WORDS_END], begin + WORDS_READ)
    shared = 0
    for k in range(begin, stop):
        shared += is_set(title, np.uint64(words[k]))
    return float(shared / max(stop - begin, 1))


@part
def block_features(blocks: Table, words: Tokens, scores: Scores, title: Bits, out: Scores) -> None:
    """Write the features NAMES of each block into the columns of `out`."""
    for b in range(len(blocks)):
        block, row = blocks[b], out[b]
        count = weight(block)
        per = max(count, 1)
        characters = max(block[CHARACTERS], 1)
        row[0], row[1], row[2] = count, min(count, block[LINK_WORDS]) / per, block[LINKS]
        row[3], row[4], row[5] = characters / per, block[COMMAS] / per, block[STOPS] / per
        row[6], row[7] = block[CAPITALS] / characters, block[DIGITS] / characters
        row[8], row[9], row[10] = block[BREAKS], block[IMAGES], block[INPUTS]
        row[11], row[12] = _last_kind(block[FINAL]), _first_kind(block[INITIAL])
        row[13], row[14] = block[UNSPACED] / characters, block[LINK_WORDS]
        for k in range(4):
            row[15 + k] = scores[b, k]
        row[19], row[20] = _in_title(block, words, title), scores[b, PHRASE]
