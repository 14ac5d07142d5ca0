"""The exchange: rows of equal key are brought together, and whatever is tied, directly or not, is found.

Both are runs of tasks over files, on any engine: keys are shuffled, linked, and the ties that come of it are
contracted until each node knows the lowest one it hangs together with. Large-star and small-star in turn, after
Kiveris et al., "Connected Components in MapReduce and Beyond" (SoCC 2014), with a union-find in each partition.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from gristmill.engine.groups import whole_groups
from gristmill.engine.protocol import Context, Keys, Refs, Task
from gristmill.engine.shuffle import Scatter, Shuffle, spread
from gristmill.text.clusters import ascending, components
from gristmill.text.radix import ascending_order

Link = Callable[[Keys, Refs], tuple[Refs, Refs]]
Run = Callable[[Task, Iterable[Any]], list[Any]]
"""Runs a task over jobs; the results in any order."""

KEYS = pa.schema([("key", pa.uint64()), ("row", pa.int64())])
TIES = pa.schema([("low", pa.int64()), ("high", pa.int64())])
_EDGES = pa.schema([("node", pa.int64()), ("other", pa.int64())])

ROWS = 2_000_000
"""Keys that a task sorts at once: at most a quarter of a gigabyte, with the ties that come of them."""


_PENDING = 1_000_000  # ties that wait to be looked through for those that came before


@dataclass(frozen=True, slots=True)
class _Turn:
    """One partition, from one shuffle to the next."""

    source: Shuffle
    target: Shuffle
    partition: int


@dataclass(frozen=True, slots=True)
class _Linking:
    turn: _Turn
    link: Link


@dataclass(frozen=True, slots=True)
class _Thinning:
    turn: _Turn
    ties: Shuffle


@dataclass(frozen=True, slots=True)
class Tied:
    """What hangs together. Both shuffles have the same partitions.

    `ties` has each tie once, in the partition of its higher node. `edges` lead from each node to the lowest one that
    it hangs together with, and back, in the partition of the node that they lead from.
    """

    ties: Shuffle
    edges: Shuffle
    nodes: int

    def remove(self) -> None:
        """Take the files away."""
        self.ties.remove()
        self.edges.remove()


@dataclass(frozen=True, slots=True)
class Further:
    """Ties with what does not come as keys: `task` writes those of a partition of keys, as `TIES`.

    `job` is given the keys, the partition, and where to write, as which writer; ties go to the partition of their
    higher node.
    """

    task: Task
    job: Callable[[Shuffle, int, Shuffle, int], Any]


def tied(run: Run, keys: Shuffle, link: Link, folder: Path, further: Further | None = None) -> Tied:
    """What `link` ties of rows of equal key (batches of `KEYS`), and what hangs together. Takes the keys away.

    `link` sees groups of two rows or more, keys ascending, rows ascending in a key; a key of very many rows
    may come in pieces, see `whole_groups`.
    """
    count = keys.partitions

    def turned(task: Task, source: Shuffle, name: str) -> tuple[Shuffle, list[Any]]:
        target = Shuffle(str(folder / name), count, count)
        found = run(task, [_Turn(source, target, n) for n in range(count)])
        return target, found

    linked = Shuffle(str(folder / "linked"), 2 * count if further else count, count)
    run(_link, [_Linking(_Turn(keys, linked, n), link) for n in range(count)])
    if further:
        run(further.task, [further.job(keys, n, linked, count + n) for n in range(count)])
    keys.remove()
    edges, ties = (Shuffle(str(folder / name), count, count) for name in ("edges", "ties"))
    run(_thin, [_Thinning(_Turn(linked, edges, n), ties) for n in range(count)])
    linked.remove()
    for number in itertools.count():
        grown, found = turned(_large_star, edges, f"grown-{number}")
        if not any(unsettled for _, unsettled in found):
            grown.remove()
            return Tied(ties, edges, sum(nodes for nodes, _ in found))
        edges.remove()
        edges, _ = turned(_small_star, grown, f"edges-{number}")
        grown.remove()
    raise AssertionError("not reached")


def _link(job: _Linking, context: Context) -> None:
    """Ties between the rows of a partition of keys. One row may be tied to all others, but those are above it."""
    turn = job.turn
    batches = list(turn.source.gathered(turn.partition))
    with turn.target.scatter(turn.partition, TIES) as out:
        for keys, rows in whole_groups(batches, ROWS):
            a, b = job.link(keys, rows)
            low, high = np.minimum(a, b), np.maximum(a, b)
            out.add([low, high], spread(high, turn.target.partitions))


def _thin(job: _Thinning, context: Context) -> None:
    """Each tie of a partition once, and a forest that connects the same."""
    turn = job.turn
    low, high = unique_ties(turn.source.gathered(turn.partition))
    with job.ties.scatter(turn.partition, TIES) as out:
        out.add([low, high], np.full(len(low), turn.partition))
    with turn.target.scatter(turn.partition, _EDGES) as out:
        _both_ways(out, *_forest(low, high), turn.target.partitions)


def unique_ties(batches: Iterable[pa.RecordBatch]) -> tuple[Refs, Refs]:
    """Each tie between two nodes once, in order. Two rows that share many keys are tied as often: what comes again
    is left out on the way."""
    low, high = np.empty(0, np.int64), np.empty(0, np.int64)
    pending: list[pa.RecordBatch] = []
    for batch in batches:
        pending.append(batch)
        if sum(map(len, pending)) > max(_PENDING, len(low)):
            low, high = _merged(low, high, pending)
            pending = []
    return _merged(low, high, pending)


def _merged(low: Refs, high: Refs, pending: list[pa.RecordBatch]) -> tuple[Refs, Refs]:
    lows, highs = _columns(pending)
    low, high = np.concatenate([low, lows]), np.concatenate([high, highs])
    order = ascending_order(high)
    order = order[ascending_order(low[order])]
    low, high = low[order], high[order]
    new = low != high
    new[1:] &= (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    return low[new], high[new]


def _columns(batches: Iterable[pa.RecordBatch]) -> tuple[Refs, Refs]:
    pairs = [(batch.column(0).to_numpy(), batch.column(1).to_numpy()) for batch in batches]
    if not pairs:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    return np.concatenate([one for one, _ in pairs]), np.concatenate([other for _, other in pairs])


def _forest(a: Refs, b: Refs) -> tuple[Refs, Refs]:
    """Edges from each node to the lowest one it is connected with by these."""
    nodes = ascending(np.concatenate([a, b]))
    root = components(len(nodes), np.searchsorted(nodes, a), np.searchsorted(nodes, b))
    hanging = np.flatnonzero(root != np.arange(len(nodes)))
    return nodes[hanging], nodes[root[hanging]]


def _both_ways(out: Scatter, a: Refs, b: Refs, count: int) -> None:
    out.add([a, b], spread(a, count))
    out.add([b, a], spread(b, count))


@dataclass(frozen=True, slots=True)
class Lowest:
    """Of each node of a partition, ascending, the lowest among itself and its neighbours."""

    nodes: Refs
    lowest: Refs
    unsettled: int  # nodes that show that their component is no star yet

    @classmethod
    def of(cls, edges: Callable[[], Iterator[pa.RecordBatch]]) -> Lowest:
        """Goes through the edges twice: a node may have more neighbours than fit into memory."""
        seen = [ascending(batch.column(0).to_numpy()) for batch in edges()]
        nodes = ascending(np.concatenate(seen)) if seen else np.empty(0, np.int64)
        lowest = nodes.copy()
        highest_below = np.full(len(nodes), -1, np.int64)
        has_above = np.zeros(len(nodes), np.bool_)
        for batch in edges():
            node, other = batch.column(0).to_numpy(), batch.column(1).to_numpy()
            at = np.searchsorted(nodes, node)
            np.minimum.at(lowest, at, other)
            below = other < node
            np.maximum.at(highest_below, at[below], other[below])
            has_above[at[~below]] = True
        has_below = highest_below >= 0
        unsettled = has_below & (has_above | (highest_below != lowest))
        return cls(nodes, lowest, int(unsettled.sum()))

    def at(self, nodes: Refs) -> Refs:
        """The lowest of each of these, which are all there."""
        found: Refs = self.lowest[np.searchsorted(self.nodes, nodes)]
        return found


def lowest(tied: Tied, partition: int) -> Lowest:
    """For the nodes of a partition the lowest one each hangs together with."""
    return Lowest.of(lambda: tied.edges.gathered(partition))


def _large_star(turn: _Turn, context: Context) -> tuple[int, int]:
    """Ties the neighbours above each node to the lowest around it. How many nodes there are, how many unsettled."""
    found = Lowest.of(lambda: turn.source.gathered(turn.partition))
    with turn.target.scatter(turn.partition, _EDGES) as out:
        for batch in turn.source.gathered(turn.partition):
            node, other = batch.column(0).to_numpy(), batch.column(1).to_numpy()
            above = other > node
            out.add([other[above], found.at(node[above])], spread(other[above], turn.target.partitions))
    return len(found.nodes), found.unsettled


def _small_star(turn: _Turn, context: Context) -> None:
    """Ties what hangs together in a partition to its lowest."""
    with turn.target.scatter(turn.partition, _EDGES) as out:
        _both_ways(out, *_forest(*_columns(turn.source.gathered(turn.partition))), turn.target.partitions)
