"""Features of a block by the blocks that are alike: of the same path of names and classes, or of the same text."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.flat import Offsets
from gristmill.text.html_layout import ELEMENT, LINK_WORDS, PARENT, Table
from gristmill.text.jit import part
from gristmill.text.page_sums import ALL, MEAN, Scores, Sums, weight

NAMES = (
    "same_as_last", "same_as_next", "cluster_blocks", "cluster_words", "cluster_share", "cluster_block_words",
    "cluster_links", "cluster_text", "parent_count", "grandparent_count", "great_grandparent_count", "copies",
    "copies_before",
)  # fmt: skip

ELEMENTS_OF, BLOCKS_OF, WORDS_OF, LINKED_OF, SCORE_OF = range(5)
"""Sums of a cluster."""


@part
def sum_clusters(blocks: Table, groups: Offsets, scores: Scores, clusters: Sums) -> None:
    """Sums over the blocks and elements of each path."""
    clusters[:] = 0
    for e in range(len(groups)):
        clusters[groups[e], ELEMENTS_OF] += 1
    for b in range(len(blocks)):
        cluster = clusters[groups[blocks[b, ELEMENT]]]
        words = weight(blocks[b])
        cluster[BLOCKS_OF] += 1
        cluster[WORDS_OF] += words
        cluster[LINKED_OF] += blocks[b, LINK_WORDS]
        cluster[SCORE_OF] += scores[b, MEAN] * words


@part
def cluster_features(blocks: Table, elements: Table, groups: Offsets, clusters: Sums, sums: Sums, out: Scores) -> None:
    """Write the features NAMES but the last two; `groups` numbers the paths of elements."""
    count = len(blocks)
    for b in range(count):
        row = out[b]
        element = blocks[b, ELEMENT]
        own = groups[element]
        row[0] = b > 0 and groups[blocks[b - 1, ELEMENT]] == own
        row[1] = b + 1 < count and groups[blocks[b + 1, ELEMENT]] == own
        cluster = clusters[own]
        words = max(cluster[WORDS_OF], 1.0)
        row[2], row[3], row[4] = cluster[BLOCKS_OF], cluster[WORDS_OF], cluster[WORDS_OF] / max(sums[-1, ALL], 1.0)
        row[5] = cluster[WORDS_OF] / cluster[BLOCKS_OF]
        row[6], row[7] = cluster[LINKED_OF] / words, cluster[SCORE_OF] / words
        for k in range(3):
            element = max(elements[element, PARENT], 0)
            row[8 + k] = clusters[groups[element], ELEMENTS_OF]


@part
def copy_features(groups: Offsets, seen: npt.NDArray[np.int64], out: Scores) -> None:
    """Write the last two of NAMES: how many blocks have the same text, and how many of them before."""
    seen[:] = 0
    for b in range(len(groups)):
        out[b, 12] = seen[groups[b]]
        seen[groups[b]] += 1
    for b in range(len(groups)):
        out[b, 11] = seen[groups[b]]
