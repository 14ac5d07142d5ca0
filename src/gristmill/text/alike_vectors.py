"""The pairs of vectors that are alike, by comparing each with each: what a sketch of them is held against."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.cosines import Lanes, Nodes, Shares, cosines
from gristmill.text.cross_polytopes import Centre
from gristmill.text.flat import Offsets

_MOST_WORK = 1 << 33
"""Multiplications of comparing all with all: about half a second."""

_MOST_PAIRS = 1 << 22
_ROWS = 1024
_ROUNDING = 1e-3
"""A cosine in single precision is off by less."""

_BELOW_ONE = 1 - 1e-12

Pairs = tuple[Nodes, Nodes]


def all_alike(values: Lanes, offsets: Offsets, at_least: float) -> Pairs | None:
    """All pairs with a cosine of `at_least`; None where that is too much work, or are too many.

    Vector i is `values[offsets[i]:offsets[i + 1]]`; those of unequal length are not alike.
    """
    lengths = np.diff(offsets)
    found: list[Pairs] = []
    room = _MOST_PAIRS
    work = 0
    for length in np.unique(lengths[lengths > 0]).tolist():
        rows = np.flatnonzero(lengths == length)
        work += len(rows) ** 2 * length
        if work > _MOST_WORK:
            return None
        units = values[offsets[rows][:, None] + np.arange(length)].astype(np.float32)
        units /= np.sqrt((units * units).sum(axis=1, keepdims=True))
        for first in range(0, len(rows), _ROWS):
            near = units[first : first + _ROWS] @ units[first:].T >= at_least - _ROUNDING
            a, b = np.nonzero(np.triu(near, 1))
            room -= len(a)
            if room < 0:
                return None
            found.append(_exact(values, offsets, rows[first + a], rows[first + b], at_least))
    return _together(found)


def alike_in_groups(values: Lanes, offsets: Offsets, groups: Nodes, at_least: float) -> Pairs:
    """The pairs of one group with a cosine of `at_least`. Groups of -1 are none; large ones take their square."""
    order = np.argsort(groups, kind="stable")
    order = order[groups[order] >= 0]
    of = groups[order]
    found: list[Pairs] = []
    apart = 1
    while (same := of[apart:] == of[:-apart]).any():
        a, b = order[:-apart][same], order[apart:][same]
        found.append(_exact(values, offsets, a, b, at_least))
        apart += 1
    return _together(found)


def cosines_from(values: Lanes, offsets: Offsets, a: Nodes, b: Nodes, centre: Centre | None) -> Shares:
    """The cosine of each pair as seen from a centre, by those that are as long; 1 for equal vectors alone.

    Vectors may have zeros behind them, fewer than 4, which the centre has not. Both of a pair are of one length.
    """
    out = np.empty(len(a))
    lengths = np.diff(offsets)[a]
    for length in np.unique(lengths).tolist():
        off = np.zeros(length)
        if centre is not None and 0 <= length - len(centre) < 4:
            off[: len(centre)] = centre
        some = np.flatnonzero(lengths == length)
        for first in range(0, len(some), _ROWS):
            at = some[first : first + _ROWS]
            one, other = (values[offsets[side[at]][:, None] + np.arange(length)] - off for side in (a, b))
            dot = (one * other).sum(axis=1)
            both = np.sqrt((one * one).sum(axis=1) * (other * other).sum(axis=1))
            alike = np.divide(dot, both, out=np.zeros(len(at)), where=both > 0)
            out[at] = np.where((one == other).all(axis=1), 1.0, np.clip(alike, -1, _BELOW_ONE))
    return out


def _exact(values: Lanes, offsets: Offsets, a: Nodes, b: Nodes, at_least: float) -> Pairs:
    near: npt.NDArray[np.bool_] = cosines(values, offsets, a, b) >= at_least
    return a[near], b[near]


def _together(found: list[Pairs]) -> Pairs:
    none = np.empty(0, np.int64)
    return np.concatenate([none, *(a for a, _ in found)]), np.concatenate([none, *(b for _, b in found)])
