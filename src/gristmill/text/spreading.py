"""Choosing vectors that lie far apart: in the order of ranks, or the farthest of all next.

Vectors are rows of 16-bit numbers of about one length (`unit_vectors`), so a product of two fits into 32 bits, is
summed in whole numbers and is the same on any machine. A distance is 1 less the cosine.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.cross_polytopes import Vectors
from gristmill.text.jit import kernel, small_part

Nodes = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_SURE = 1e-10
"""More than a cosine in double precision is off by, and less than two vectors of 16 bits differ by."""


class Spread(NamedTuple):
    """Who is taken, and of each vector the nearest one taken (-1 for none) and its cosine to that.

    Of those that are taken: the nearest that was taken before them.
    """

    taken: Mask
    nearest: Nodes
    cosine: Shares


@small_part
def _dot(a: Vectors, i: int, b: Vectors, j: int) -> np.int32:
    one, other = a[i], b[j]
    total = np.int32(0)
    for k in range(len(one)):  # as 32 bits all along, so that many are multiplied at once
        total = np.int32(total + np.int32(np.int32(one[k]) * np.int32(other[k])))
    return total


@kernel
def _inverse_lengths(vectors: Vectors) -> Shares:
    out = np.empty(len(vectors))
    for k in range(len(vectors)):
        out[k] = 1 / np.sqrt(np.float64(_dot(vectors, k, vectors, k)))
    return out


@kernel
def _apart(
    vectors: Vectors,
    inverse: Shares,
    strata: Nodes,
    room: Nodes,
    most: float,
    taken: Mask,
    nearest: Nodes,
    near: Shares,
) -> None:
    places = 0
    for stratum in range(len(room)):
        places += room[stratum]
    kept = np.empty((min(places, len(vectors)), vectors.shape[1]), np.int16)
    of_kept = np.empty(len(kept))
    rows = np.empty(len(kept), np.int64)
    found = 0
    for at in range(len(vectors)):
        if found == places:
            break
        if room[strata[at]]:
            best = -1
            alike = -np.inf
            for k in range(found):
                cosine = _dot(vectors, at, kept, k) * of_kept[k]
                if cosine > alike:
                    alike = cosine
                    best = k
            if best >= 0:
                alike *= inverse[at]
                nearest[at] = rows[best]
                near[at] = alike
            if best < 0 or alike < most - _SURE:
                taken[at] = True
                room[strata[at]] -= 1
                kept[found] = vectors[at]
                of_kept[found] = inverse[at]
                rows[found] = at
                found += 1


def apart(vectors: Vectors, strata: Nodes, room: Nodes, distance: float) -> Spread:
    """Take vectors in their order: each that is farther than `distance` from all taken, while its stratum has room.

    So the better of two twins is always the one taken. What comes when no place is left has no nearest.
    """
    spread = _nothing(len(vectors))
    if len(vectors):
        _apart(vectors, _inverse_lengths(vectors), strata, room.astype(np.int64), 1 - distance, *spread)
    return _exact(spread)


@kernel
def _farthest(vectors: Vectors, inverse: Shares, count: int, taken: Mask, nearest: Nodes, near: Shares) -> float:
    size = len(vectors)
    centres = np.empty(count, np.int64)  # by the number of each
    own = np.zeros(size, np.int64)  # the number of the nearest centre
    closest = np.full(size, -2.0)
    half = np.empty(count)  # cosine of half the angle between the new centre and each earlier one
    new = 0
    reach = -2.0
    for number in range(count):
        centres[number] = new
        taken[new] = True
        if number:
            reach = closest[new]
            nearest[new], near[new] = centres[own[new]], reach
        for k in range(number):
            cosine = _dot(vectors, new, vectors, centres[k]) * (inverse[new] * inverse[centres[k]])
            half[k] = np.sqrt(max(0.0, (1.0 + cosine) / 2.0)) + _SURE
        following = -1
        least = 3.0
        for at in range(size):
            # By the triangle inequality of angles, no centre so far from the nearest one can be nearer.
            if number == 0 or closest[at] < half[own[at]]:
                cosine = _dot(vectors, at, vectors, new) * (inverse[at] * inverse[new])
                if cosine > closest[at]:
                    closest[at] = cosine
                    own[at] = number
            if not taken[at] and closest[at] < least:
                least = closest[at]
                following = at
        new = following
    for at in range(size):
        if not taken[at]:
            nearest[at], near[at] = centres[own[at]], closest[at]
    return reach


def farthest_first(vectors: Vectors, count: int) -> tuple[Spread, float]:
    """Take the first vector, then always the one farthest from all taken (the first of several), `count` in all.

    Also the distance at which the last was taken, infinite for the first. Gonzalez (1985): the farthest vector lies at
    most twice as far from one taken as by the best choice of so many.
    """
    spread = _nothing(len(vectors))
    count = min(count, len(vectors))
    if not count:
        return spread, np.inf
    reach = float(_farthest(vectors, _inverse_lengths(vectors), count, *spread))
    return _exact(spread), np.inf if count == 1 else max(1 - reach, 0.0)


def _exact(spread: Spread) -> Spread:
    """Equal vectors are told to be equal."""
    spread.cosine[spread.cosine > 1 - _SURE] = 1.0
    return spread


def _nothing(count: int) -> Spread:
    return Spread(np.zeros(count, np.bool_), np.full(count, -1, np.int64), np.full(count, np.nan))
