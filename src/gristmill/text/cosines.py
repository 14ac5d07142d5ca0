"""How alike vectors are, and which of them go in favour of which."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.flat import Offsets
from gristmill.text.jit import kernel

Shares = npt.NDArray[np.float64]
Nodes = npt.NDArray[np.int64]
Lanes = npt.NDArray[np.int16]


@kernel
def _cosines(values: Lanes, offsets: Offsets, a: Nodes, b: Nodes, out: Shares) -> None:
    for k in range(len(a)):
        first, second = offsets[a[k]], offsets[b[k]]
        length = offsets[a[k] + 1] - first
        dot = np.int64(0)
        one = np.int64(0)
        other = np.int64(0)
        if offsets[b[k] + 1] - second == length:
            for d in range(length):
                x, y = np.int64(values[first + d]), np.int64(values[second + d])
                dot += x * y
                one += x * x
                other += y * y
        out[k] = dot / np.sqrt(np.float64(one) * np.float64(other)) if dot else 0.0


def cosines(values: Lanes, offsets: Offsets, a: Nodes, b: Nodes) -> Shares:
    """The cosine of the angle between vectors `a[k]` and `b[k]`; 0 where they are not of one length.

    Vector i is `values[offsets[i]:offsets[i + 1]]`.
    """
    out = np.empty(len(a))
    if len(a):
        values, offsets = values.view(), offsets.view()
        values.flags.writeable = offsets.flags.writeable = False  # mapped or not, the one type of the kernel
        _cosines(values, offsets, a, b, out)
    return out


@kernel
def _follow(
    order: Nodes, near: Nodes, bounds: Offsets, alike: Shares, rank: Nodes, leaders: Nodes, shares: Shares
) -> None:
    for node in order:
        leaders[node] = node
        for k in range(bounds[node], bounds[node + 1]):
            other = near[k]
            if leaders[other] != other or rank[other] > rank[node]:
                continue  # it goes itself, or comes later
            best = leaders[node]
            if best == node or alike[k] > shares[node] or (alike[k] == shares[node] and rank[other] < rank[best]):
                leaders[node] = other
                shares[node] = alike[k]


def followed(a: Nodes, b: Nodes, alike: Shares, rank: Nodes) -> tuple[Nodes, Shares]:
    """For each node the one it goes in favour of, itself where it stays, and how alike the two are.

    In the order of their ranks, a node goes to the most alike of its ties that stays, whatever else it is tied to: so
    whatever goes is itself like enough to what stays for it.
    """
    both = np.concatenate([a, b])
    order = np.argsort(both, kind="stable")
    near = np.concatenate([b, a])[order]
    bounds = np.searchsorted(both[order], np.arange(len(rank) + 1)).astype(np.int64)
    leaders = np.full(len(rank), -1, np.int64)
    shares = np.ones(len(rank))
    if len(rank):
        by_rank = np.argsort(rank, kind="stable").astype(np.int64)
        _follow(by_rank, near, bounds, np.concatenate([alike, alike])[order], rank, leaders, shares)
    return leaders, shares
