"""Which split each group goes to: by exact shares, by fixed thresholds, or by time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gristmill.contracts.splitting import NO_TIME, Groups, Numbers
from gristmill.text.apportion import apportioned


def by_shares(groups: Groups, shares: Sequence[float]) -> Numbers:
    """Exact shares: what was assigned before stays, what is too large for a split goes where most room is left, and
    the rest is dealt out by stratum and size in the order of the hashes."""
    wanted = np.array(shares) * groups.weight.sum()
    split = groups.before.copy()
    known = split >= 0
    room = wanted - np.bincount(split[known], groups.weight[known], len(shares))
    for k in _too_large(groups, float(wanted.min()), ~known):
        split[k] = int(np.argmax(room))
        room[split[k]] -= groups.weight[k]
    free = np.flatnonzero(split < 0)
    room = np.maximum(room, 0.0)
    of_rest = room / room.sum() if room.sum() > 0 else np.array(shares)
    # Groups of about a size lie side by side: else the split with most room would get all the large ones.
    size = np.floor(2 * np.log2(np.maximum(groups.weight[free], 1.0)))
    order = free[np.lexsort((groups.key[free], groups.place[free], size, groups.stratum[free]))]
    split[order] = apportioned(groups.weight[order], of_rest)
    return split


def _too_large(groups: Groups, least: float, free: npt.NDArray[np.bool_]) -> list[int]:
    """Groups that fill more than the smallest split, the largest first. A group of one record never is one of them."""
    large = np.flatnonzero(free & (groups.weight > max(least, 1.0)))
    return [int(k) for k in large[np.lexsort((groups.key[large], -groups.weight[large]))]]


def by_threshold(groups: Groups, shares: Sequence[float]) -> Numbers:
    """Fixed thresholds on the lowest hash, the most held-out split lowest: further members can only lower it."""
    ends = np.cumsum(np.array(shares)[::-1])
    ends[-1] = np.inf
    split = len(shares) - 1 - np.searchsorted(ends, groups.place / 2.0**64, side="right")
    return np.maximum(split, groups.before)


def by_time(groups: Groups, borders: Sequence[int], gap: int, in_gap: int, undated: int) -> Numbers:
    """By the latest time of a group: at or after `borders[k]` it is in split k + 1. What is less than `gap` before a
    border becomes `in_gap`, what has no time `undated`. Earlier assignments that are more held out win over all."""
    split = np.searchsorted(np.array(borders), groups.latest, side="right").astype(np.int64)
    known = groups.latest != NO_TIME
    for border in borders if gap else ():
        split[known & (groups.latest < border) & (groups.latest >= border - gap)] = in_gap
    split[~known] = undated
    return np.where(groups.before > np.maximum(split, 0), groups.before, split)
