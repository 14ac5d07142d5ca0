"""Confident learning: which labels are likely wrong, by probabilities that a model gave without seeing them.

Northcutt, Jiang and Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels", JAIR 70 (2021),
arXiv:1911.00068. Shapes: `shares` is [records, labels], out of sample; `given` has the number of each record's label.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

Shares = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Method = Literal["confident_joint", "by_class", "by_noise_rate", "both"]


def thresholds(shares: Shares, given: Numbers) -> Shares:
    """How sure the model is, on average, of each label where it was given (2.2 of the paper); 1 where none was."""
    labels = shares.shape[1]
    count = np.bincount(given, minlength=labels)
    own = np.bincount(given, shares[np.arange(len(given)), given], labels)
    return np.where(count > 0, own / np.maximum(count, 1), 1.0)


def confident(shares: Shares, given: Numbers) -> Numbers:
    """The label that each record is confidently of: the likeliest of those at or above their threshold; else -1."""
    above = shares >= thresholds(shares, given)
    found: Numbers = np.where(above, shares, -1.0).argmax(axis=1)
    return np.where(above.any(axis=1), found, -1)


def joint(shares: Shares, given: Numbers) -> Shares:
    """How many records are given label i and are of label j, estimated for all from the confident ones (eq. 1 to 3).

    Whole numbers; rows sum to how often each label was given. A label without any confident record is taken as right.
    """
    labels = shares.shape[1]
    sure = confident(shares, given)
    known = sure >= 0
    counts = np.zeros((labels, labels))
    np.add.at(counts, (given[known], sure[known]), 1)
    empty = counts.sum(axis=1) == 0
    counts[empty, np.flatnonzero(empty)] = 1
    exact = counts / counts.sum(axis=1, keepdims=True) * np.bincount(given, minlength=labels)[:, None]
    whole: Shares = np.round(exact)
    for row in range(labels):  # what rounding has added or lost goes to where it is felt least, the last of equals
        off = round(float(exact[row].sum() - whole[row].sum()))
        rest = (exact[row] - whole[row]) * np.sign(off)
        whole[row, np.lexsort((-np.arange(labels), -rest))[: abs(off)]] += np.sign(off)
    return whole


def likely_errors(shares: Shares, given: Numbers, method: Method) -> Mask:
    """Which labels are likely wrong (3.2 of the paper). None is where the model's likeliest label is the given one."""
    if not len(given):
        return np.zeros(0, np.bool_)
    found: Mask = shares.argmax(axis=1) != given
    if method == "confident_joint":
        sure = confident(shares, given)
        found &= (sure >= 0) & (sure != given)
        return found
    estimate = joint(shares, given)
    if method != "by_noise_rate":
        found &= _by_class(shares, given, estimate)
    if method != "by_class":
        found &= _by_noise_rate(shares, given, estimate)
    return found


def suggested(shares: Shares, given: Numbers) -> Numbers:
    """The likeliest label of each record other than the given one."""
    others = shares.copy()
    others[np.arange(len(given)), given] = -1
    likeliest: Numbers = others.argmax(axis=1)
    return likeliest


def _by_class(shares: Shares, given: Numbers, estimate: Shares) -> Mask:
    """Of each label as many as are estimated to be wrong, those that the model is least sure of."""
    own = shares[np.arange(len(given)), given]
    found = np.zeros(len(given), np.bool_)
    for label in range(shares.shape[1]):
        wrong = int(estimate[label].sum() - estimate[label, label])
        mine = np.flatnonzero(given == label)
        found[mine[np.lexsort((mine, own[mine]))[:wrong]]] = True
    return found


def _by_noise_rate(shares: Shares, given: Numbers, estimate: Shares) -> Mask:
    """Of each pair of labels as many as are estimated, those by which the other label is likeliest over the given."""
    found = np.zeros(len(given), np.bool_)
    for label in range(shares.shape[1]):
        mine = np.flatnonzero(given == label)
        for other in np.flatnonzero(estimate[label]).tolist():
            wrong = int(estimate[label, other])
            if other != label:
                margin = shares[mine, other] - shares[mine, label]
                found[mine[np.lexsort((mine, -margin))[:wrong]]] = True
    return found
