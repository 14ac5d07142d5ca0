"""What the features of a page's blocks are computed from: weights, running sums, scores of words and tokens."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.affixes import FNV_OFFSET, FNV_PRIME
from gristmill.text.flat import Offsets
from gristmill.text.html_layout import (
    LINK_WORDS,
    TOKEN,
    TOKENS_END,
    UNSPACED,
    WORD,
    WORDS,
    WORDS_END,
    Hashes,
    Table,
    Tokens,
)
from gristmill.text.jit import part, small_part

Scores = npt.NDArray[np.float32]
Sums = npt.NDArray[np.float64]

SCALE = 0.05
"""Of the log-odds in a table, which are kept as whole numbers of 8 bits."""

WORDS_READ = 60
"""Words of a block that are looked up."""

_MOST_PROBES = 256  # beyond which different keys count as equal: no page can make this slow

ALL, LINKED_WORDS, SCORED, PROSE = range(4)
"""Running sums over blocks: words, words in links, scores of words, words of long paragraphs with few links."""

MEAN, TOTAL, LEAST, MOST, PHRASE = range(5)
"""Of the scores of a block's words, and that of a short block as a whole."""

PHRASE_HASHES = 1 << 18

PHRASE_WORDS = 12
"""Words of the longest block that is looked up as a whole: `Related products`, `Share this article`."""

_OFFSET, _PRIME = np.uint64(FNV_OFFSET), np.uint64(FNV_PRIME)


@small_part
def weight(block: Table) -> int:
    """The words of a block; of scripts without spaces, half a word a character."""
    return int(block[WORDS] + block[UNSPACED] // 2)


@small_part
def is_prose(block: Table, least: int) -> bool:
    """Whether a block is long and has few links."""
    return bool(weight(block) >= least and block[LINK_WORDS] * 3 < block[WORDS])


@part
def text_keys(blocks: Table, words: Tokens, keys: Hashes) -> None:
    """A hash of the words of each block."""
    for b in range(len(blocks)):
        key = _OFFSET
        for k in range(blocks[b, WORD], blocks[b, WORDS_END]):
            key = (key ^ np.uint64(words[k])) * _PRIME
            key ^= key >> np.uint64(27)
        keys[b] = key


@small_part
def phrase_of(block: Table, key: np.uint64) -> int:
    """The place in a table of a short block whose words have this hash; -1 of a longer one."""
    count = block[WORDS_END] - block[WORD]
    return int(np.int64(key % np.uint64(PHRASE_HASHES))) if 0 < count <= PHRASE_WORDS else -1


@part
def score_phrases(blocks: Table, keys: Hashes, table: npt.NDArray[np.int8], scores: Scores) -> None:
    """PHRASE of each block, 0 where it is not known."""
    for b in range(len(blocks)):
        place = phrase_of(blocks[b], keys[b])
        scores[b, PHRASE] = table[place] * SCALE if place >= 0 else 0.0


@part
def score_words(blocks: Table, words: Tokens, table: npt.NDArray[np.int8], scores: Scores) -> None:
    """MEAN, TOTAL, LEAST and MOST of the log-odds of the words of each block."""
    for b in range(len(blocks)):
        total = least = most = 0
        begin = blocks[b, WORD]
        stop = min(blocks[b, WORDS_END], begin + WORDS_READ)
        for k in range(begin, stop):
            value = int(table[words[k]])
            total += value
            least, most = min(least, value), max(most, value)
        scores[b, TOTAL] = total * SCALE
        scores[b, MEAN] = total * SCALE / max(stop - begin, 1)
        scores[b, LEAST], scores[b, MOST] = least * SCALE, most * SCALE


@part
def score_tokens(elements: Table, tokens: Tokens, table: npt.NDArray[np.int8], scores: Scores) -> None:
    """Of each element the least and the greatest log-odds of its tokens, added."""
    for e in range(len(elements)):
        least = most = 0
        for k in range(elements[e, TOKEN], elements[e, TOKENS_END]):
            value = int(table[tokens[k]])
            least, most = min(least, value), max(most, value)
        scores[e] = (least + most) * SCALE


@part
def running_sums(blocks: Table, scores: Scores, sums: Sums) -> None:
    """Sums over the blocks before each, so that those of any stretch are a difference."""
    sums[0, :] = 0
    for b in range(len(blocks)):
        words = weight(blocks[b])
        sums[b + 1, ALL] = sums[b, ALL] + words
        sums[b + 1, LINKED_WORDS] = sums[b, LINKED_WORDS] + min(words, blocks[b, LINK_WORDS])
        sums[b + 1, SCORED] = sums[b, SCORED] + scores[b, MEAN] * words
        sums[b + 1, PROSE] = sums[b, PROSE] + (words if is_prose(blocks[b], 15) else 0)


@part
def numbered(keys: Hashes, slots: Offsets, groups: Offsets) -> int:
    """Number equal keys alike, from 0, in the order in which they first come; how many there are.

    `slots` is room, a power of two in length and at least twice as long as `keys`.
    """
    slots[:] = -1
    mask = len(slots) - 1
    found = 0
    for k in range(len(keys)):
        slot = np.int64(keys[k] >> np.uint64(20)) & mask
        probes = 0
        while slots[slot] >= 0 and keys[slots[slot]] != keys[k] and probes < _MOST_PROBES:
            slot = (slot + 1) & mask
            probes += 1
        if slots[slot] < 0:
            slots[slot] = k
            groups[k] = found
            found += 1
        else:
            groups[k] = groups[slots[slot]]
    return found
