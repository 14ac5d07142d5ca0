"""The task of a meeting in which whole components settle: who goes in favour of whom, as rows of a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.build.copies import going
from gristmill.build.indexes import index_of, is_indexed
from gristmill.build.part_groups import PART_SHIFT, end_to_end
from gristmill.build.settled import SETTLED
from gristmill.contracts.indexes import Index
from gristmill.contracts.step import Evidence
from gristmill.contracts.step import Settled as Decision
from gristmill.engine.exchange import unique_ties
from gristmill.engine.protocol import Context, Refs
from gristmill.engine.shuffle import Shuffle
from gristmill.errors import BuildError
from gristmill.recipe.plan import CorpusLine


@dataclass(frozen=True, slots=True)
class SettleJob:
    """Whole components, which no other batch knows of."""

    line: CorpusLine
    batch: int
    ties: Shuffle
    standing: Shuffle
    scratch: str
    target: Shuffle
    ordinals: tuple[int, ...]
    indexes: tuple[Index, ...]
    most: int


def group_of_row(nodes: Refs, ordinals: Sequence[int]) -> Refs:
    """The group that the part of each row of the corpus is in."""
    return np.searchsorted(np.array(ordinals), nodes >> PART_SHIFT, side="right") - 1


class MetJob(Protocol):
    """Whole components of a line, which no other batch knows of."""

    @property
    def line(self) -> CorpusLine: ...
    @property
    def batch(self) -> int: ...
    @property
    def ties(self) -> Shuffle: ...
    @property
    def standing(self) -> Shuffle: ...
    @property
    def scratch(self) -> str: ...
    @property
    def most(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Met:
    """The rows of whole components, in order, and which of them are tied: `low[i]` to `high[i]`, counted from 0."""

    nodes: Refs
    rids: pa.Array
    worth: pa.ChunkedArray
    low: Refs
    high: Refs
    evidence: Evidence

    def __len__(self) -> int:
        return len(self.nodes)


@contextmanager
def met_in(job: MetJob, instead: str) -> Iterator[Met | None]:
    """What met, its evidence in a scratch file as long as it is looked at; None where nothing did.

    BuildError where it is more than can be held, `instead` being what a person can do.
    """
    standing = list(job.standing.gathered(job.batch))
    count = sum(map(len, standing))
    if count > job.most:
        told = f"more than {job.most:,} records hang together, too many to be settled in memory"
        raise BuildError(f"{job.line.name}: {told}; {instead}")
    if not count:
        yield None
        return
    nodes = np.concatenate([batch.column("node").to_numpy() for batch in standing])
    rids = pa.chunked_array([batch.column("rid") for batch in standing]).combine_chunks()
    worth = pa.chunked_array([batch.column("worth") for batch in standing])
    low, high = (np.searchsorted(nodes, side) for side in unique_ties(job.ties.gathered(job.batch)))
    try:
        yield Met(nodes, rids, worth, low, high, end_to_end(standing, Path(job.scratch), count))
    finally:
        Path(job.scratch).unlink(missing_ok=True)


def settle_batch(job: SettleJob, context: Context) -> None:
    """Who goes in favour of whom, to the groups of the parts."""
    instead = "put exact_duplicates before it, or ask for more likeness"
    with job.target.scatter(job.batch, SETTLED) as out, met_in(job, instead) as met:
        if met is None:
            return
        rank = _rank(met.worth, met.rids)
        decision = job.line.step.settle(met.low, met.high, rank, met.evidence)
        goes = decision.lost[going(job.line.step, decision, rank)]
        for batch in _table(job.line.index, met.nodes, met.rids, decision, goes, job.indexes).to_batches():
            parts = batch.column("part").to_numpy().astype(np.int64)
            out.add(batch.columns, group_of_row(parts << PART_SHIFT, job.ordinals))


def _rank(worth: pa.ChunkedArray, rids: pa.Array) -> Refs:
    """Highest worth first, ties by the lowest rid."""
    by = [("worth", "descending"), ("rid", "ascending")]
    order = pc.sort_indices(pa.table({"worth": worth, "rid": rids}), sort_keys=by).to_numpy()
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank


def _table(
    line: int, nodes: Refs, rids: pa.Array, decision: Decision, goes: Refs, indexes: Sequence[Index]
) -> pa.Table:
    """One row for each row of the build in a cluster with more than one member. `goes` are those of the lost that do
    not stay; indexed records count as members, and are never told of themselves."""
    size = np.bincount(decision.cluster, minlength=len(nodes))
    stay = size - np.bincount(decision.cluster[goes], minlength=len(nodes))
    lost = np.zeros(len(nodes), np.bool_)
    lost[goes] = True
    twin = np.full(len(nodes), -1, np.int64)
    twin[decision.lost] = decision.kept
    similarity = np.full(len(nodes), np.nan)
    similarity[decision.lost] = decision.similarity
    cluster = decision.cluster
    member = np.flatnonzero(((size[cluster] > 1) | lost) & ~is_indexed(nodes))
    kept_in = index_of(nodes[twin[member]], indexes)
    elsewhere = (twin[member] < 0) | (kept_in < 0)
    return pa.table(
        [
            pa.array(nodes[member] >> PART_SHIFT, pa.int32()),
            pa.array(nodes[member] & 0xFFFFFFFF, pa.int32()),
            pa.array(np.full(len(member), line), pa.int16()),
            pa.array(lost[member]),
            rids.take(pa.array(twin[member], mask=twin[member] < 0)),
            pa.array([index.name for index in indexes], pa.string()).take(pa.array(kept_in, mask=elsewhere)),
            pa.array(similarity[member], mask=np.isnan(similarity[member])),
            rids.take(pa.array(cluster[member])),
            pa.array(size[cluster[member]], pa.int64()),
            pa.array(stay[cluster[member]], pa.int64()),
        ],
        schema=SETTLED,
    )
