"""How alike two sets are: Jaccard similarity, or containment, of sorted sets of hashes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from gristmill.text.flat import Offsets
from gristmill.text.jit import kernel, part, small_part
from gristmill.text.mixing import Hashes

Shares = npt.NDArray[np.float64]


@kernel
def _keep_once(values: Hashes, bounds: Offsets, out_bounds: Offsets) -> None:
    """Move what is left of sorted lists where each value counts once to the front, list by list."""
    found = np.uint64(0)
    for k in range(len(bounds) - 1):
        begin = found
        before = np.uint64(0)
        for at in range(np.uint64(bounds[k]), np.uint64(bounds[k + 1])):
            value = values[at]
            values[found] = value
            found += np.uint64((value != before) | (found == begin))
            before = value
        out_bounds[k + 1] = found


def sorted_sets(hashes: Hashes, bounds: Offsets) -> tuple[Hashes, Offsets]:
    """Each list of hashes as a sorted set."""
    hashes = hashes.copy()
    ends = bounds.tolist()
    for first, last in pairwise(ends):
        hashes[first:last].sort()  # numpy sorts a few hundred numbers by vector instructions, in microseconds
    new_bounds = np.zeros(len(bounds), np.int64)
    if len(hashes):
        _keep_once(hashes, bounds, new_bounds)
    return hashes[: new_bounds[-1]], new_bounds


@part
def similarity(values: Hashes, offsets: Offsets, one: int, other: int, at_least: float) -> float:
    """The Jaccard similarity of two sets, or 0 as soon as it cannot be `at_least`."""
    a, a_stop = offsets[one], offsets[one + 1]
    b, b_stop = offsets[other], offsets[other + 1]
    sizes = (a_stop - a) + (b_stop - b)
    # |A & B| must be t / (1 + t) of |A| + |B|; what is in one set alone may not be more than the rest.
    spare = sizes - 2.0 * (at_least / (1.0 + at_least)) * sizes + 1e-6 * sizes
    if abs((a_stop - a) - (b_stop - b)) > spare:
        return 0.0
    shared = 0
    alone = 0
    while a < a_stop and b < b_stop:
        left, right = values[a], values[b]
        shared += left == right
        alone += left != right
        a += left <= right
        b += right <= left
        if alone > spare:
            return 0.0
    return shared / (sizes - shared) if shared else 0.0


@part
def containment(values: Hashes, offsets: Offsets, one: int, other: int, at_least: float) -> float:
    """The share of the first set that is in the other too, or 0 as soon as it cannot be `at_least`."""
    a, a_stop = offsets[one], offsets[one + 1]
    b, b_stop = offsets[other], offsets[other + 1]
    size = a_stop - a
    spare = size - at_least * size + 1e-6 * size
    if size - (b_stop - b) > spare:
        return 0.0
    shared = 0
    alone = 0
    while a < a_stop and b < b_stop:
        left, right = values[a], values[b]
        shared += left == right
        alone += left < right
        a += left <= right
        b += right <= left
        if alone > spare:
            return 0.0
    return shared / size if shared else 0.0


@small_part
def alike(values: Hashes, offsets: Offsets, one: int, other: int, at_least: float, contained: bool) -> float:
    """How alike two sets are: how much of the first is in the other where `contained`, else how much of both is."""
    if contained:
        return containment(values, offsets, one, other, at_least)
    return similarity(values, offsets, one, other, at_least)


@kernel
def _similarities(
    values: Hashes, offsets: Offsets, a: Offsets, b: Offsets, at_least: float, contained: bool, out: Shares
) -> None:
    for k in range(len(a)):
        out[k] = alike(values, offsets, a[k], b[k], at_least, contained)


def similarities(
    values: Hashes, offsets: Offsets, a: Offsets, b: Offsets, at_least: float = 0.0, contained: bool = False
) -> Shares:
    """How alike sets `a[k]` and `b[k]` are; what is below `at_least` may be given as 0."""
    out = np.zeros(len(a))
    if len(a):
        _similarities(values, offsets, a, b, at_least, contained, out)
    return out
