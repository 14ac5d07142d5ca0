"""From pairs to clusters: what is tied together, and which node of a cluster the others go in favour of."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.flat import Offsets
from gristmill.text.jaccard import Shares, alike
from gristmill.text.jit import kernel, part
from gristmill.text.mixing import Hashes
from gristmill.text.radix import ascending_order

Nodes = npt.NDArray[np.int64]


def to_lowest(keys: Hashes, rows: Nodes) -> tuple[Nodes, Nodes]:
    """In groups of equal keys (ascending), ties of the first row to each other one."""
    same = keys[1:] == keys[:-1]
    starts = np.flatnonzero(np.concatenate([[True], ~same])) if len(keys) else np.empty(0, np.int64)
    lengths = np.diff(starts, append=len(keys))
    first = np.repeat(rows[starts], lengths)
    others = np.concatenate([[False], same]) if len(keys) else np.empty(0, np.bool_)
    return first[others], rows[others]


def to_next(keys: Hashes, rows: Nodes) -> tuple[Nodes, Nodes]:
    """In groups of equal keys (ascending), ties of each row to the next one."""
    same = keys[1:] == keys[:-1]
    return rows[:-1][same], rows[1:][same]


def ascending(values: Nodes) -> Nodes:
    """Each value once, in order. NumPy's `unique` hashes since 2.3: twenty times as long for a few million values."""
    values = np.sort(values)
    new = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=new[1:])
    once: Nodes = values[new]
    return once


def distinct(count: int, a: Nodes, b: Nodes) -> tuple[Nodes, Nodes]:
    """Each tie between two of `count` nodes once, the lower node first, in order."""
    low, high = np.minimum(a, b), np.maximum(a, b)
    pairs = ascending(low[low != high] * count + high[low != high])
    return pairs // max(count, 1), pairs % max(count, 1)


@part
def _root(parents: Nodes, node: int) -> int:
    while parents[node] != node:
        parents[node] = parents[parents[node]]
        node = parents[node]
    return node


@part
def _unite(parents: Nodes, a: Nodes, b: Nodes) -> None:
    """Union-find with path halving; the lower root wins, so a root is the lowest node of its component."""
    for k in range(len(a)):
        one, other = _root(parents, a[k]), _root(parents, b[k])
        parents[max(one, other)] = min(one, other)
    for node in range(len(parents)):
        parents[node] = _root(parents, node)


def components(count: int, a: Nodes, b: Nodes) -> Nodes:
    """For each of `count` nodes the lowest node it is tied to, through whatever others."""
    parents = np.arange(count, dtype=np.int64)
    if len(a):
        _unite(parents, a, b)
    return parents


@part
def _alike_leader(
    node: int,
    first: int,
    following: Nodes,
    most: int,
    values: Hashes,
    offsets: Offsets,
    at_least: float,
    contained: bool,
) -> tuple[int, float]:
    """The first of a chain of leaders that is like enough to a node, and how much; -1 where none of `most` is."""
    leader = first
    for _ in range(most):
        if leader < 0:
            break
        found = alike(values, offsets, node, leader, at_least, contained)
        if found >= at_least:
            return leader, found
        leader = following[leader]
    return -1, 0.0


@kernel
def _lead(
    order: Nodes,
    component: Nodes,
    near: Nodes,
    near_bounds: Offsets,
    values: Hashes,
    offsets: Offsets,
    at_least: float,
    most: int,
    contained: bool,
    leaders: Nodes,
    shares: Shares,
) -> None:
    count = len(order)
    first = np.full(count, -1, np.int64)  # by component: its best leader, ...
    last = np.full(count, -1, np.int64)  # ... and its latest
    following = np.full(count, -1, np.int64)  # by leader: the next one of the component
    for node in order:
        home = component[node]
        leader, found = _alike_leader(node, first[home], following, most, values, offsets, at_least, contained)
        for k in range(near_bounds[node], near_bounds[node + 1]):
            if leader >= 0:
                break
            if leaders[near[k]] >= 0:  # a node that is tied to this one and was settled before it
                leader = leaders[near[k]]
                found = alike(values, offsets, node, leader, at_least, contained)
                if found < at_least:
                    leader = -1
        if leader >= 0:
            leaders[node] = leader
            shares[node] = found
            continue
        leaders[node] = node
        if first[home] < 0:
            first[home] = node
        else:
            following[last[home]] = node
        last[home] = node


def led(
    a: Nodes,
    b: Nodes,
    rank: Nodes,
    values: Hashes,
    offsets: Offsets,
    at_least: float,
    most: int,
    contained: bool = False,
) -> tuple[Nodes, Shares]:
    """For each node the one it goes in favour of (itself where it stays), and how alike the two are.

    The ties are distinct and of nodes at least `at_least` alike. In the order of their ranks, nodes go to the best
    leader of their component that is like enough, or lead themselves. A node looks at the `most` best leaders and
    at those of its own neighbours, so the work is linear in nodes and ties however large a component grows.
    With `contained`, what counts is how much of the node is in its leader, however much else the leader has.
    """
    count = len(rank)
    both = np.concatenate([a, b])
    order = ascending_order(both)
    near = np.concatenate([b, a])[order]
    near_bounds = np.searchsorted(both[order], np.arange(count + 1)).astype(np.int64)
    leaders = np.full(count, -1, np.int64)
    shares = np.ones(count)
    by_rank = ascending_order(rank)
    if count:
        home = components(count, a, b)
        _lead(by_rank, home, near, near_bounds, values, offsets, at_least, most, contained, leaders, shares)
    return leaders, shares
