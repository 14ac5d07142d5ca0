"""Features of the blocks of a page that tell whether they belong to its main content."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text import block_features as own
from gristmill.text import cluster_features as cluster
from gristmill.text import container_features as container
from gristmill.text import element_features as element
from gristmill.text import place_features as place
from gristmill.text.bit_set import set_bit
from gristmill.text.block_features import block_features
from gristmill.text.cluster_features import cluster_features, copy_features, sum_clusters
from gristmill.text.container_features import container_features
from gristmill.text.element_features import element_features
from gristmill.text.html_layout import WORD, WORDS_END, Hashes, Table, Tokens
from gristmill.text.html_text import WORD_HASHES
from gristmill.text.jit import kernel, part
from gristmill.text.page_sums import (
    Scores,
    numbered,
    running_sums,
    score_phrases,
    score_tokens,
    score_words,
    text_keys,
)
from gristmill.text.place_features import page_features, place_features

NAMES = own.NAMES + element.NAMES + container.NAMES + cluster.NAMES + place.NAMES
"""The features, in the order of the columns."""

_BOUNDS = np.cumsum([0, *(len(group.NAMES) for group in (own, element, container, cluster, place))])
_ELEMENT, _CONTAINER, _CLUSTER, _PLACE, _ALL = (int(bound) for bound in _BOUNDS[1:])


@part
def power_above(size: int) -> int:
    power = 16
    while power < 2 * size:
        power *= 2
    return power


@kernel
def features(
    elements: Table,
    paths: Hashes,
    blocks: Table,
    tokens: Tokens,
    words: Tokens,
    title: Table,
    token_table: npt.NDArray[np.int8],
    word_table: npt.NDArray[np.int8],
    phrase_table: npt.NDArray[np.int8],
) -> Scores:
    """A row for each block, a column for each of NAMES. `title` is the row of the title."""
    count = len(blocks)
    out = np.empty((count, _ALL), np.float32)
    scores = np.empty((count, 5), np.float32)
    token_scores = np.empty(len(elements), np.float32)
    sums = np.zeros((count + 1, 4), np.float64)
    in_title = np.zeros(WORD_HASHES // 64, np.uint64)
    for k in range(title[WORD], title[WORDS_END]):
        set_bit(in_title, np.uint64(words[k]))
    keys = np.empty(count, np.uint64)
    text_keys(blocks, words, keys)
    score_words(blocks, words, word_table, scores)
    score_phrases(blocks, keys, phrase_table, scores)
    score_tokens(elements, tokens, token_table, token_scores)
    running_sums(blocks, scores, sums)
    block_features(blocks, words, scores, in_title, out[:, :_ELEMENT])
    element_features(blocks, elements, token_scores, out[:, _ELEMENT:_CONTAINER])
    container_features(blocks, elements, sums, scores, out[:, _CONTAINER:_CLUSTER])
    slots = np.empty(power_above(max(len(elements), count)), np.int64)
    groups = np.empty(len(elements), np.int64)
    clusters = np.empty((numbered(paths, slots, groups), 5), np.float64)
    sum_clusters(blocks, groups, scores, clusters)
    cluster_features(blocks, elements, groups, clusters, sums, out[:, _CLUSTER:_PLACE])
    copies = np.empty(count, np.int64)
    numbered(keys, slots, copies)
    copy_features(copies, np.empty(count, np.int64), out[:, _CLUSTER:_PLACE])
    page = np.empty(10, np.float32)
    h1 = page_features(blocks, elements, sums, page)
    place_features(blocks, elements, sums, scores, page, h1, out[:, _PLACE:])
    return out
