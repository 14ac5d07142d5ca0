"""Scores rows of features by gradient-boosted decision trees that are kept as flat arrays."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.jit import kernel, part

Features = npt.NDArray[np.float32]
Sums = npt.NDArray[np.float64]


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


@part
def _add_four(rows: Features, k: int, trees: Trees, tree: int, sums: Sums) -> None:
    """Walk a tree with four rows at once, which do not wait for each other. No step is a branch to be foretold."""
    _, _, columns, thresholds, nexts, values = trees
    a = b = c = d = np.uint64(trees.roots[tree])
    one, two, three, four = rows[k], rows[k + 1], rows[k + 2], rows[k + 3]
    for _ in range(trees.depths[tree]):
        a = nexts[a] + np.uint64(one[columns[a]] > thresholds[a])
        b = nexts[b] + np.uint64(two[columns[b]] > thresholds[b])
        c = nexts[c] + np.uint64(three[columns[c]] > thresholds[c])
        d = nexts[d] + np.uint64(four[columns[d]] > thresholds[d])
    sums[k] += values[a]
    sums[k + 1] += values[b]
    sums[k + 2] += values[c]
    sums[k + 3] += values[d]


@part
def _add_one(row: Features, trees: Trees, tree: int) -> float:
    node = np.uint64(trees.roots[tree])
    for _ in range(trees.depths[tree]):
        node = trees.nexts[node] + np.uint64(row[trees.columns[node]] > trees.thresholds[node])
    return float(trees.values[node])


@kernel
def probabilities(rows: Features, trees: Trees) -> npt.NDArray[np.float64]:
    """The logistic of the sum of the leaves that each row comes to."""
    count = len(rows)
    sums = np.zeros(count, np.float64)
    fours = count - count % 4
    for tree in range(len(trees.roots)):
        for k in range(0, fours, 4):
            _add_four(rows, k, trees, tree, sums)
        for k in range(fours, count):
            sums[k] += _add_one(rows[k], trees, tree)
    return 1 / (1 + np.exp(-sums))
