"""Scores rows of features by gradient-boosted decision trees that are kept as flat arrays."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.jit import kernel

Features = npt.NDArray[np.float32]


class Trees(NamedTuple):
    """Node `k` asks whether `features[columns[k]] <= thresholds[k]`, and `left[k]` or `right[k]` is next.

    A negative one, `-1 - leaf`, ends at `values[leaf]`. `roots` has the first node of each tree.
    """

    roots: npt.NDArray[np.int32]
    columns: npt.NDArray[np.int16]
    thresholds: npt.NDArray[np.float32]
    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    values: npt.NDArray[np.float32]


@kernel
def probabilities(rows: Features, trees: Trees) -> npt.NDArray[np.float64]:
    """The logistic of the sum of the leaves that each row comes to."""
    roots, columns, thresholds, left, right, values = trees
    sums = np.zeros(len(rows), np.float64)
    for root in roots:
        for k in range(len(rows)):
            node = root
            while node >= 0:
                node = left[node] if rows[k, columns[node]] <= thresholds[node] else right[node]
            sums[k] += values[-1 - node]
    return 1 / (1 + np.exp(-sums))
