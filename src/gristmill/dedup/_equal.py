"""Settles records that are equal in something: half of a 128-bit hash brought them together, the other half decides."""

from __future__ import annotations

import numpy as np

from gristmill.contracts.step import Evidence, Nodes, Settled
from gristmill.text.clusters import components, distinct


def settle_equal(a: Nodes, b: Nodes, rank: Nodes, evidence: Evidence, *, similarity: float) -> Settled:
    """Of the nodes that are tied and of equal evidence, one value each, the best ranked stays."""
    count = len(rank)
    component = components(count, *distinct(count, a, b))
    other_half = np.asarray(evidence.values)[evidence.offsets[:-1]]
    # Equal ones are side by side in this order, the one that ranks best first.
    order = np.lexsort((rank, other_half, component))
    begins = np.ones(count, np.bool_)
    begins[1:] = np.diff(component[order]) != 0
    begins[1:] |= other_half[order][1:] != other_half[order][:-1]
    group = np.cumsum(begins) - 1
    starts = np.flatnonzero(begins)
    kept = np.empty(count, np.int64)
    kept[order] = order[starts][group]
    cluster = np.empty(count, np.int64)
    if count:
        cluster[order] = np.minimum.reduceat(order, starts)[group]
    lost = np.flatnonzero(kept != np.arange(count))
    return Settled(lost, kept[lost], np.full(len(lost), similarity), cluster)
