"""The task of a meeting that tells of rows that met how they stand, and of those of a sample what is compared of them.

Both take the texts of a group of parts, which are so read once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.build.part_groups import PART_SHIFT, PartGroup, evidence_of, signal_values
from gristmill.build.parts import ChunkStored, PartStores
from gristmill.build.sampled import SAMPLED, Sampled
from gristmill.engine.protocol import Context, Refs
from gristmill.engine.shuffle import Shuffle
from gristmill.recipe.plan import CorpusLine

NODES = pa.schema([("node", pa.int64()), ("batch", pa.int64())])
STANDING = pa.schema(
    [("node", pa.int64()), ("rid", pa.string()), ("worth", pa.float64()), ("evidence", pa.large_list(pa.uint64()))]
)


@dataclass(frozen=True, slots=True)
class StandingJob:
    group: PartGroup[CorpusLine]
    nodes: Shuffle | None  # NODES, by group; None where no rows met
    target: Shuffle
    sampled: Sampled | None


def shuffle_standing(job: StandingJob, context: Context) -> None:
    """Of each node of the group its rid, its worth and its evidence, to the batch it settles in."""
    group = job.group
    nodes, batches = _nodes(job)
    with ExitStack() as files:
        out = files.enter_context(job.target.scatter(group.number, STANDING))
        aside = files.enter_context(job.sampled.target.scatter(group.number, SAMPLED)) if job.sampled else None
        drawn = job.sampled.rows() if job.sampled else np.empty(0, np.int64)
        for stored, start, base in _chunks(group, context):
            rows, there = _within(nodes, start, len(base))
            if len(rows):
                rids, worth = (column.take(pa.array(rows)) for column in _standing(group, stored, base))
                out.add([nodes[there], rids, worth, evidence_of(group, stored, rows)], batches[there])
            rows, _ = _within(drawn, start, len(base))
            if job.sampled and aside and len(rows):
                job.sampled.put(aside, group, stored, rows)


def _chunks(group: PartGroup[CorpusLine], context: Context) -> Iterator[tuple[ChunkStored, int, pa.RecordBatch]]:
    """Of each chunk of the group: its stores, its first row in the corpus, and who its records are."""
    for part in group.parts:
        start = part.ordinal << PART_SHIFT
        stores = PartStores(part.place, part.part)
        for chunk in range(part.chunks):
            context.tick(chunk, chunk + 1)
            stored = ChunkStored(stores, chunk)
            base = stored.batch("base", ["rid", "time"])
            if base is None:
                raise FileNotFoundError(part.place.path("base", part.part))
            yield stored, start, base
            start += len(base)


def _within(rows: Refs, start: int, length: int) -> tuple[Refs, slice]:
    """Which of rows of the corpus, ascending, are in a chunk, counted from its first, and where they stand."""
    first, last = np.searchsorted(rows, [start, start + length])
    return rows[first:last] - start, slice(first, last)


def _nodes(job: StandingJob) -> tuple[Refs, Refs]:
    """The nodes of the group, ascending, and the batch of each."""
    batches = list(job.nodes.gathered(job.group.number)) if job.nodes else []
    nodes = np.concatenate([np.empty(0, np.int64), *(batch.column(0).to_numpy() for batch in batches)])
    settle_in = np.concatenate([np.empty(0, np.int64), *(batch.column(1).to_numpy() for batch in batches)])
    order = np.argsort(nodes)
    return nodes[order], settle_in[order]


def _standing(group: PartGroup[CorpusLine], stored: ChunkStored, base: pa.RecordBatch) -> tuple[pa.Array, pa.Array]:
    """The rid of each row of a chunk and a number, of which the highest stays; null comes last."""
    return base.column("rid"), pc.fill_null(_worth(group, stored, base), -np.inf)


def _worth(group: PartGroup[CorpusLine], stored: ChunkStored, base: pa.RecordBatch) -> pa.Array:
    step = group.line.step
    length = len(base)
    match step.keep:
        case "longest":
            batch = stored.batch(f"verdicts{group.pass_number}", ["bytes"])
            return pa.nulls(length, pa.float64()) if batch is None else batch.column(0).cast(pa.float64())
        case "newest":
            return base.column("time").cast(pa.int64()).cast(pa.float64(), safe=False)
        case "oldest":
            return pc.negate(base.column("time").cast(pa.int64()).cast(pa.float64(), safe=False))
        case "best_signal":
            return signal_values(group, step.keep_signal or "", stored, length)
    return pa.nulls(length, pa.float64())
