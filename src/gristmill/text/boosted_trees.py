"""Scores rows of features by gradient-boosted decision trees that are kept as flat arrays."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba.cpython.unsafe.numbers import trailing_zeros

from gristmill.text.jit import kernel, part

Features = npt.NDArray[np.float32]
Bits = npt.NDArray[np.uint32]

DEEPEST = 255
"""Steps to the farthest leaf of a tree; a deeper one is none of ours."""

LANES = 64
"""Rows that are looked at together: what they have of all columns stays near the processor. LLVM makes one look of
many of them; a loop over half as many it writes out one by one, at four times the time."""

_GROUP = 32
"""Leaves of a group: a bit of a word for each."""

_ALL = np.uint32(0xFFFFFFFF)


class Trees(NamedTuple):
    """Node `k` asks for `features[columns[k]] > thresholds[k]`: if so `nexts[k] + 1` is next, and `nexts[k]` if not.

    A leaf is its own next, with a threshold that nothing is above, and adds `values[k]`. `roots` has the first node of
    each tree, `depths` how many steps its farthest leaf is away.
    """

    roots: npt.NDArray[np.uint32]
    depths: npt.NDArray[np.uint8]
    columns: npt.NDArray[np.uint16]
    thresholds: npt.NDArray[np.float32]
    nexts: npt.NDArray[np.uint32]
    values: npt.NDArray[np.float32]


class Splits(NamedTuple):
    """Trees as what each node rules out, which is asked of many rows at once and never waits for an answer.

    The leaves of a tree are in groups of 32, from left to right. A row above `thresholds[k]` comes to no leaf on the
    left below node `k`: `masks[k]` has the other ones of the group. The first leaf that none of the nodes
    `[bounds[group], bounds[group + 1])` ruled out is its own (QuickScorer; Lucchese et al., 2015).
    """

    bounds: npt.NDArray[np.int64]
    begins: npt.NDArray[np.bool_]  # whether the group is the first of its tree
    columns: npt.NDArray[np.uint16]
    thresholds: npt.NDArray[np.float32]
    masks: Bits
    values: npt.NDArray[np.float32]  # of the leaves of all groups


def splits_of(trees: Trees) -> Splits:
    """The same trees as splits. Each node must be a root, or below one other; ValueError where it is too deep."""
    levels = _levels(trees)
    nexts = trees.nexts.astype(np.int64)
    leaves = np.ones(len(nexts), np.int64)
    for level in reversed(levels):
        leaves[level] = leaves[nexts[level]] + leaves[nexts[level] + 1]
    groups = -(-leaves[trees.roots] // _GROUP)
    ends = np.cumsum(groups)
    first = np.zeros(len(nexts), np.int64)  # the number of the leaf farthest to the left below each node
    first[trees.roots] = (ends - groups) * _GROUP
    for level in levels:
        first[nexts[level]] = first[level]
        first[nexts[level] + 1] = first[level] + leaves[nexts[level]]
    nodes = np.concatenate(levels) if levels else np.empty(0, np.int64)
    left, right = first[nodes], first[nodes] + leaves[nexts[nodes]]
    spans = (right - 1) // _GROUP - left // _GROUP + 1
    of = np.repeat(np.arange(len(nodes)), spans)
    group = left[of] // _GROUP + np.arange(len(of)) - np.repeat(np.cumsum(spans) - spans, spans)
    begin, stop = (np.clip(bound[of] - group * _GROUP, 0, _GROUP).astype(np.uint64) for bound in (left, right))
    ruled_out = (np.uint64(1) << stop) - (np.uint64(1) << begin)
    order = np.argsort(group, kind="stable")
    total = int(groups.sum())
    values = np.zeros(total * _GROUP, np.float32)
    ended = nexts == np.arange(len(nexts))
    values[first[ended]] = trees.values[ended]
    begins = np.zeros(total, np.bool_)
    begins[ends - groups] = True
    return Splits(
        np.searchsorted(group[order], np.arange(total + 1)).astype(np.int64),
        begins,
        trees.columns[nodes[of[order]]],
        trees.thresholds[nodes[of[order]]],
        ~ruled_out[order].astype(np.uint32),
        values,
    )


def _levels(trees: Trees) -> list[npt.NDArray[np.int64]]:
    """The nodes that are no leaves, by their distance from the root."""
    nexts = trees.nexts.astype(np.int64)
    level = trees.roots.astype(np.int64)
    levels: list[npt.NDArray[np.int64]] = []
    while len(level := level[nexts[level] != level]):
        if len(levels) == DEEPEST:
            raise ValueError(f"one of its trees is deeper than {DEEPEST}")
        levels.append(level)
        level = np.concatenate((nexts[level], nexts[level] + 1))
    return levels


@part
def _rule_out(block: Features, splits: Splits, group: int, left: Bits) -> None:
    left[:] = _ALL
    for k in range(splits.bounds[group], splits.bounds[group + 1]):
        values, threshold, mask = block[splits.columns[k]], splits.thresholds[k], splits.masks[k]
        for lane in range(LANES):
            left[lane] &= mask if values[lane] > threshold else _ALL


@kernel
def probabilities(rows: Features, splits: Splits) -> npt.NDArray[np.float64]:
    """The logistic of the sum of the leaves that each row comes to."""
    count, columns = rows.shape
    sums = np.zeros(count, np.float64)
    block = np.zeros((columns, LANES), np.float32)
    left = np.empty(LANES, np.uint32)
    waits = np.empty(LANES, np.bool_)
    for first in range(0, count, LANES):
        taken = min(count - first, LANES)
        for lane in range(taken):
            for column in range(columns):
                block[column, lane] = rows[first + lane, column]
        for group in range(len(splits.begins)):
            _rule_out(block, splits, group, left)
            for lane in range(taken):
                if (splits.begins[group] or waits[lane]) and left[lane]:
                    sums[first + lane] += splits.values[_GROUP * group + trailing_zeros(left[lane])]
                    waits[lane] = False
                elif splits.begins[group]:
                    waits[lane] = True
    return 1 / (1 + np.exp(-sums))
