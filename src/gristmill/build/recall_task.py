"""The task of a meeting that measures on a sample how many of the rows that should have met did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.build.chunk import DRAWS, line_store
from gristmill.build.key_lists import KEYS
from gristmill.build.part_groups import PART_SHIFT, PartGroup, alive_rows, end_to_end, evidence_of
from gristmill.build.parts import ChunkStored
from gristmill.build.recall import Drawing, Recall, measured
from gristmill.contracts.step import NO_DRAW
from gristmill.engine.protocol import Context, Refs
from gristmill.engine.shuffle import Shuffle
from gristmill.recipe.plan import CorpusLine


@dataclass(frozen=True, slots=True)
class RecallJob:
    """A line over all groups of parts, as they came to it, and the table of what it decided, if anything."""

    groups: tuple[PartGroup[CorpusLine], ...]
    table: Shuffle | None
    scratch: str


@dataclass(frozen=True, slots=True)
class _Chunk:
    group: PartGroup[CorpusLine]
    stored: ChunkStored
    first: int  # row of the corpus
    alive: npt.NDArray[np.bool_]

    def of(self, rows: Refs) -> tuple[int, int]:
        """Which of rows of the corpus, ascending, are in this chunk."""
        first, last = np.searchsorted(rows, [self.first, self.first + len(self.alive)])
        return int(first), int(last)


def measure_recall(job: RecallJob, context: Context) -> Recall:
    """How many of the pairs that a line should bring together it does."""
    line = job.groups[0].line
    drawing = Drawing()
    for chunk in _chunks(job):
        context.tick(0, 0)
        drawn = chunk.stored.batch(line_store(line), [DRAWS])
        told = chunk.stored.batch(f"verdicts{chunk.group.pass_number}", ["bytes"])
        if drawn is not None and told is not None:
            draws = drawn.column(0).fill_null(NO_DRAW).to_numpy()[chunk.alive]
            rows = np.flatnonzero(chunk.alive) + chunk.first
            drawing.add(draws, rows, told.column(0).to_numpy()[chunk.alive])
    sample = drawing.sample()
    if not len(sample.rows):
        return Recall(0, sample.of, sample.whole, 0)
    keys, evidence = [], []
    for chunk in _chunks(job):
        begin, end = chunk.of(sample.rows)
        batch = chunk.stored.batch(line_store(line), [KEYS]) if begin < end else None
        if batch is not None:
            context.tick(0, 0)
            rows = sample.rows[begin:end] - chunk.first
            keys.append(batch.column(0).take(pa.array(rows)).flatten().to_numpy())
            evidence.append(pa.record_batch([evidence_of(chunk.group, chunk.stored, rows)], ["evidence"]))
    path = Path(job.scratch)
    try:
        held = end_to_end(evidence, path, len(sample.rows))
        met_by = np.concatenate(keys).reshape(len(sample.rows), -1)
        return measured(line.step, sample, held, met_by, np.isin(sample.rows, _lost(job)))
    finally:
        path.unlink(missing_ok=True)


def _chunks(job: RecallJob) -> Iterator[_Chunk]:
    for group in job.groups:
        for part in group.parts:
            for stored, start, alive in alive_rows(group, part):
                yield _Chunk(group, stored, start + (part.ordinal << PART_SHIFT), alive)


def _lost(job: RecallJob) -> Refs:
    """The rows that have a twin they went in favour of, or would have."""
    found = [np.empty(0, np.int64)]
    for group in range(len(job.groups) if job.table else 0):
        for batch in job.table.gathered(group) if job.table else ():
            twins = batch.filter(pc.is_valid(batch.column("twin")))
            part, row = (twins.column(name).to_numpy().astype(np.int64) for name in ("part", "row"))
            found.append((part << PART_SHIFT) + row)
    return np.concatenate(found)
