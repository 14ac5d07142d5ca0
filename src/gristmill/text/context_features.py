"""Features of a block by the first scores of the blocks around it, for a second look at the page."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.flat import Offsets
from gristmill.text.html_layout import ELEMENT, FIRST, FOLLOWED, LAST, PARENT, TAG, Hashes, Table
from gristmill.text.html_names import NUMBERS
from gristmill.text.html_tree import is_inline
from gristmill.text.jit import kernel, part
from gristmill.text.page_features import power_above
from gristmill.text.page_sums import Scores, Sums, is_prose, numbered, weight

Shares = npt.NDArray[np.float64]

NAMES = (
    "share", "share_2_before", "share_before", "share_after", "share_2_after", "within_3", "within_8", "cluster",
    "cluster_most", "parent_cluster", "around_0", "around_1", "around_2", "around_3", "others_0", "others_1",
    "page", "page_content", "page_most", "last_taken_share", "words_above", "prose_before", "prose_after",
    "from_taken", "to_taken", "taken_before", "best_value", "in_best", "best_size", "best_share",
)  # fmt: skip

_BODY = NUMBERS["body"]
_LEVELS, _LONG, _FAR = 4, 15, 999
_EVEN = 0.5
"""Words that a block counts beside its own, so that one without any has a weight."""

_OWN_WORDS, _OWN_CONTENT, _OWN_MOST, _INNER_WORDS, _INNER_CONTENT = range(5)
"""Sums of a cluster: over its blocks, and over those whose element's parent it is."""


@part
def _mean(sums: Sums, first: int, last: int) -> float:
    """The share of content in a stretch of blocks."""
    first, last = max(first, 0), min(last, len(sums) - 1)
    return float((sums[last, 1] - sums[first, 1]) / max(sums[last, 0] - sums[first, 0], 1e-9))


@part
def _sum_up(blocks: Table, shares: Shares, sums: Sums) -> None:
    sums[0, :] = 0
    for b in range(len(blocks)):
        words = weight(blocks[b]) + _EVEN
        sums[b + 1, 0] = sums[b, 0] + words
        sums[b + 1, 1] = sums[b, 1] + words * shares[b]


@part
def _clusters(blocks: Table, elements: Table, groups: Offsets, shares: Shares, clusters: Sums) -> None:
    clusters[:] = 0
    for b in range(len(blocks)):
        words = weight(blocks[b]) + _EVEN
        own = clusters[groups[blocks[b, ELEMENT]]]
        own[_OWN_WORDS] += words
        own[_OWN_CONTENT] += words * shares[b]
        own[_OWN_MOST] = max(own[_OWN_MOST], shares[b])
        inner = clusters[groups[max(elements[blocks[b, ELEMENT], PARENT], 0)]]
        inner[_INNER_WORDS] += words
        inner[_INNER_CONTENT] += words * shares[b]


@part
def _near(shares: Shares, sums: Sums, out: Scores) -> None:
    count = len(shares)
    for b in range(count):
        row = out[b]
        row[0] = shares[b]
        row[1] = shares[b - 2] if b > 1 else -1
        row[2] = shares[b - 1] if b > 0 else -1
        row[3] = shares[b + 1] if b + 1 < count else -1
        row[4] = shares[b + 2] if b + 2 < count else -1
        row[5], row[6] = _mean(sums, b - 3, b + 4), _mean(sums, b - 8, b + 9)


@part
def _alike(blocks: Table, elements: Table, groups: Offsets, clusters: Sums, out: Scores) -> None:
    for b in range(len(blocks)):
        row = out[b]
        own = clusters[groups[blocks[b, ELEMENT]]]
        row[7], row[8] = own[_OWN_CONTENT] / own[_OWN_WORDS], own[_OWN_MOST]
        inner = clusters[groups[max(elements[blocks[b, ELEMENT], PARENT], 0)]]
        row[9] = inner[_INNER_CONTENT] / inner[_INNER_WORDS]


@part
def _around(blocks: Table, elements: Table, shares: Shares, sums: Sums, out: Scores) -> None:
    """The share of content in the containers of a block, and in the first two of them without it."""
    for b in range(len(blocks)):
        row = out[b]
        element, size, level, depth = blocks[b, ELEMENT], 1, 0, 0
        row[10:16] = -1
        words = weight(blocks[b]) + _EVEN
        while element > 0 and level < _LEVELS and depth < FOLLOWED:
            tag = elements[element, TAG]
            first, last = elements[element, FIRST], min(elements[element, LAST], len(blocks))
            if last - first > size and tag != _BODY and not is_inline(tag):
                size = last - first
                row[10 + level] = _mean(sums, first, last)
                if level < 2:
                    others = max(sums[last, 0] - sums[first, 0] - words, 1e-9)
                    row[14 + level] = (sums[last, 1] - sums[first, 1] - words * shares[b]) / others
                level += 1
            element = elements[element, PARENT]
            depth += 1


@part
def _taking(shares: Shares, order: Offsets, sums: Sums, out: Scores) -> float:
    """Take blocks by falling share as expected F1 would: the share of the last one taken."""
    content = words = best = last = 0.0
    for k in range(len(order)):
        b = order[k]
        out[b, 20] = words / sums[-1, 0]
        content += sums[b + 1, 1] - sums[b, 1]
        words += sums[b + 1, 0] - sums[b, 0]
        value = 2 * content / (words + sums[-1, 1])
        if value > best:
            best, last = value, shares[b]
    return last


@part
def _along(blocks: Table, shares: Shares, sums: Sums, least: float, out: Scores) -> None:
    """What the page has in all, and the nearest long paragraphs and taken blocks before and after each block."""
    count = len(blocks)
    most = 0.0
    for b in range(count):
        most = max(most, shares[b])
    prose, taken, words = 0.0, -1, 0.0
    for b in range(count):
        row = out[b]
        row[16], row[17], row[18], row[19] = sums[count, 1] / sums[count, 0], sums[count, 1], most, least
        row[21], row[23] = prose, b - taken if taken >= 0 else _FAR
        if is_prose(blocks[b], _LONG):
            prose = shares[b]
        if shares[b] >= least:
            taken = b
            words += sums[b + 1, 0] - sums[b, 0]
        row[25] = words / sums[count, 0]
    prose, taken = 0.0, -1
    for k in range(count):
        b = count - 1 - k
        out[b, 22], out[b, 24] = prose, taken - b if taken >= 0 else _FAR
        if is_prose(blocks[b], _LONG):
            prose = shares[b]
        if shares[b] >= least:
            taken = b


@part
def _in_best(elements: Table, sums: Sums, out: Scores) -> None:
    """Find the element that taken whole would be the best answer."""
    count = len(out)
    best, value = 0, -1.0
    for e in range(len(elements)):
        first, last = elements[e, FIRST], min(elements[e, LAST], count)
        if last > first and not is_inline(elements[e, TAG]):
            own = 2 * (sums[last, 1] - sums[first, 1]) / (sums[last, 0] - sums[first, 0] + sums[count, 1])
            if own >= value:
                best, value = e, own
    first, last = elements[best, FIRST], min(elements[best, LAST], count)
    for b in range(count):
        row = out[b]
        row[26], row[27] = value, first <= b < last
        row[28] = (sums[last, 0] - sums[first, 0]) / sums[count, 0]
        row[29] = _mean(sums, first, last)


@kernel
def context_features(blocks: Table, elements: Table, paths: Hashes, shares: Shares, order: Offsets) -> Scores:
    """A row for each block, a column for each of NAMES; `order` has the blocks by falling share."""
    count = len(blocks)
    out = np.empty((count, 30), np.float32)
    if count == 0:
        return out
    sums = np.empty((count + 1, 2), np.float64)
    slots = np.empty(power_above(len(elements)), np.int64)
    groups = np.empty(len(elements), np.int64)
    clusters = np.empty((numbered(paths, slots, groups), 5), np.float64)
    _sum_up(blocks, shares, sums)
    _clusters(blocks, elements, groups, shares, clusters)
    _near(shares, sums, out)
    _alike(blocks, elements, groups, clusters, out)
    _around(blocks, elements, shares, sums, out)
    least = _taking(shares, order, sums, out)
    _along(blocks, shares, sums, least, out)
    _in_best(elements, sums, out)
    return out
