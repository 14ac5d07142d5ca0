"""Whether one group of records is removed more often than others, within strata: ratios, tests and intervals."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

Z95 = 1.959963984540054
"""The 0.975 quantile of the normal distribution."""

LEAST_EXPECTED = 5.0
"""Mantel and Fleiss 1980: with less than this between the sums that can be and that expected, chi-squared misleads."""

MOST_EXACT = 500
"""The exact test is asked of no group of which more records than this went: chi-squared is good there."""


class Disparity(NamedTuple):
    """One number for each comparison of a group with the rest.

    `informative`: records of the group in strata that have others too, and in which some went and some stayed; `went`
    and `expected` are those of them that did, and that would at the rate of all in their stratum. `ratio`: rate of
    removal over that of the rest, common to the strata, with its 95 % interval; `survival`: the same of those that
    stay. `p` has two sides; nan where nothing can be said.
    """

    went: Counts
    informative: Counts
    expected: Numbers
    ratio: Numbers
    low: Numbers
    high: Numbers
    survival: Numbers
    p: Numbers


def disparity(went: Counts, came: Counts, all_went: Counts, all_came: Counts) -> Disparity:
    """Compare groups with the rest; the last axis is the strata, and the group's records are among `all`.

    The test is that of Cochran, Mantel and Haenszel (Mantel and Haenszel 1959) with the correction for continuity, or
    the exact one over the same strata where few are expected; the ratio is Mantel and Haenszel's of risks, its
    interval that of Greenland and Robins 1985. With one stratum they are the plain ratio and its usual interval.
    """
    a, n1 = went.astype(np.float64), came.astype(np.float64)
    m, n = all_went.astype(np.float64), all_came.astype(np.float64)
    some = (n1 > 0) & (n > n1) & (m > 0) & (m < n)
    a, n1, m = (np.where(some, x, 0.0) for x in (a, n1, m))
    n = np.where(some, n, 2.0)  # any number that can be divided by; the stratum counts for nothing
    n0, c = np.where(some, n - n1, 0.0), m - a
    expected = n1 * m / n
    variance = np.where(some, n1 * n0 * m * (n - m) / (n * n * np.maximum(n - 1, 1)), 0.0)
    ratio, low, high = _risk_ratio(a, n1, c, n0, n)
    survival, _, _ = _risk_ratio(n1 - a, n1, n0 - c, n0, n)
    total_a, total_e, total_v = a.sum(-1), expected.sum(-1), variance.sum(-1)
    p = _chi_squared_tail(total_a - total_e, total_v)
    fewest, most = np.maximum(0.0, n1 - (n - m)), np.minimum(n1, m)
    fewest, most = np.where(some, fewest, 0.0).sum(-1), np.where(some, most, 0.0).sum(-1)
    unsure = (np.minimum(total_e - fewest, most - total_e) < LEAST_EXPECTED) & (total_v > 0) & (total_a <= MOST_EXACT)
    whole = [x.astype(np.int64) for x in (a, n1, m, n)]
    for at in zip(*np.nonzero(unsure), strict=True):
        p[at] = exact_p(*(x[at][some[at]] for x in whole))
    return Disparity(total_a.astype(np.int64), n1.sum(-1).astype(np.int64), total_e, ratio, low, high, survival, p)


def _risk_ratio(a: Numbers, n1: Numbers, c: Numbers, n0: Numbers, n: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Mantel and Haenszel's ratio of risks a/n1 and c/n0 with its 95 % interval; half a record is added to both
    where one of them is never met, so that the interval has an end."""
    over, under = (a * n0 / n).sum(-1), (c * n1 / n).sum(-1)
    m = a + c
    spread = ((n1 * n0 * m - a * c * n) / (n * n)).sum(-1)
    bare = (over == 0) | (under == 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = over / under
        error = np.sqrt(spread / (over * under))
        middle = np.log(ratio)
        # One table of all strata, each weighed as the expected number of the group is.
        weight = (n1 * n0 / n).sum(-1)
        near_a, near_c = over + 0.5, under + 0.5
        middle = np.where(bare, np.log(near_a / near_c), middle)
        error = np.where(bare, np.sqrt(np.maximum(1 / near_a + 1 / near_c - 2 / (weight + 1), 0.0)), error)
        return ratio, np.exp(middle - Z95 * error), np.exp(middle + Z95 * error)


def _chi_squared_tail(distance: Numbers, variance: Numbers) -> Numbers:
    """The upper tail of chi-squared with one degree of freedom, a distance of half a record made nothing of."""
    near = np.maximum(np.abs(distance) - 0.5, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        root = near / np.sqrt(2 * variance)
    return np.array(
        [math.erfc(x) if v > 0 else math.nan for x, v in zip(root.flat, variance.flat, strict=True)]
    ).reshape(distance.shape)


def exact_p(went: Counts, came: Counts, all_went: Counts, all_came: Counts) -> float:
    """Twice the smaller tail of the sum of hypergeometric numbers, a stratum each: Fisher's test where there is one."""
    total = int(went.sum())
    chances = np.ones(1)
    for n1, m, n in zip(came.tolist(), all_went.tolist(), all_came.tolist(), strict=True):
        chances = np.convolve(chances, _hypergeometric(n1, m, n, total))[: total + 1]
    below = float(chances[:total].sum())
    here = float(chances[total]) if len(chances) > total else 0.0
    return min(1.0, 2 * min(below + here, max(1.0 - below, here)))


def _hypergeometric(drawn: int, marked: int, whole: int, most: int) -> Numbers:
    """The chances of 0, 1 ... `most` marked ones among those drawn without return."""
    ks = range(min(drawn, marked, most) + 1)
    least = max(0, drawn - (whole - marked))
    base = _log_choose(whole, drawn)
    logs = [
        _log_choose(marked, k) + _log_choose(whole - marked, drawn - k) - base if k >= least else -math.inf for k in ks
    ]
    chances: Numbers = np.exp(np.array(logs))
    return chances


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def adjusted(p: Numbers) -> Numbers:
    """Benjamini and Hochberg's q of each p (1995): named below 0.05, one in twenty is named wrongly; nan stays nan."""
    flat = p.ravel()
    known = np.flatnonzero(~np.isnan(flat))
    order = known[np.argsort(flat[known], kind="stable")]
    ranked = flat[order] * len(order) / np.arange(1, len(order) + 1)
    q = np.full(len(flat), np.nan)
    q[order] = np.minimum(np.minimum.accumulate(ranked[::-1])[::-1], 1.0)
    return q.reshape(p.shape)
