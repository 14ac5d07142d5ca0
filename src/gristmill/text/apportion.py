"""Deals weighted groups out to splits so that each split stays as near to its share as groups allow."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.jit import kernel

Weights = npt.NDArray[np.float64]
Splits = npt.NDArray[np.int64]


@kernel
def _apportion(weights: Weights, shares: Weights, out: Splits) -> None:
    count = len(shares)
    given = np.zeros(count)
    seen = 0.0
    for k in range(len(weights)):
        seen += weights[k]
        best = 0
        most = shares[0] * seen - given[0]
        for split in range(1, count):
            want = shares[split] * seen - given[split]
            if want > most:
                best, most = split, want
        out[k] = best
        given[best] += weights[k]


def apportioned(weights: Weights, shares: Weights) -> Splits:
    """For each group, in order, the split that is furthest behind its share of what was dealt out so far.

    Whoever gets a group was behind, so no split is ever ahead of its share by more than its largest group. Groups of a
    stratum that lie side by side are dealt out in the same shares, to within a group at either end.
    """
    out = np.zeros(len(weights), np.int64)
    if len(weights):
        _apportion(weights, shares, out)
    return out
