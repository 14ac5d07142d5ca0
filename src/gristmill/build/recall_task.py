"""The tasks of a meeting that draw a sample and measure on it how many of the rows that should have met did."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.compute as pc

from gristmill.build.chunk import DRAWS, line_store
from gristmill.build.part_groups import PART_SHIFT, PartGroup, alive_rows, end_to_end
from gristmill.build.recall import Drawing, Recall, measured
from gristmill.build.sampled import Sampled
from gristmill.contracts.step import NO_DRAW
from gristmill.engine.protocol import Context, Refs
from gristmill.engine.shuffle import Shuffle
from gristmill.recipe.plan import CorpusLine


@dataclass(frozen=True, slots=True)
class DrawJob:
    """A line over all groups of parts, as they come to it."""

    groups: tuple[PartGroup[CorpusLine], ...]
    sampled: Sampled


@dataclass(frozen=True, slots=True)
class RecallJob:
    """A line, its sample, and the table of what it decided, if anything, by groups of parts."""

    line: CorpusLine
    sampled: Sampled
    table: Shuffle | None
    groups: int
    scratch: str


def draw_sample(job: DrawJob, context: Context) -> None:
    """Rows by the numbers they were given, on which the recall of a line is measured."""
    drawing = Drawing()
    for group in job.groups:
        for part in group.parts:
            for stored, start, alive in alive_rows(group, part):
                context.tick(0, 0)
                drawn = stored.batch(line_store(group.line), [DRAWS])
                told = stored.batch(f"verdicts{group.pass_number}", ["bytes"])
                if drawn is not None and told is not None:
                    draws = drawn.column(0).fill_null(NO_DRAW).to_numpy()[alive]
                    rows = np.flatnonzero(alive) + start + (part.ordinal << PART_SHIFT)
                    drawing.add(draws, rows, told.column(0).to_numpy()[alive])
    job.sampled.save(drawing.sample())


def measure_recall(job: RecallJob, context: Context) -> Recall:
    """How many of the pairs that a line should bring together it does."""
    sample = job.sampled.load()
    if not len(sample.rows):
        return Recall(0, sample.of, sample.whole, 0)
    batches = list(job.sampled.batches())
    path = Path(job.scratch)
    try:
        evidence = end_to_end(batches, path, len(sample.rows))
        keys = np.concatenate([batch.column("keys").flatten().to_numpy() for batch in batches])
        met_by = keys.reshape(len(sample.rows), -1)
        return measured(job.line.step, sample, evidence, met_by, np.isin(sample.rows, _lost(job)))
    finally:
        path.unlink(missing_ok=True)


def _lost(job: RecallJob) -> Refs:
    """The rows that have a twin they went in favour of, or would have."""
    found = [np.empty(0, np.int64)]
    for group in range(job.groups if job.table else 0):
        for batch in job.table.gathered(group) if job.table else ():
            twins = batch.filter(pc.is_valid(batch.column("twin")))
            part, row = (twins.column(name).to_numpy().astype(np.int64) for name in ("part", "row"))
            found.append((part << PART_SHIFT) + row)
    return np.concatenate(found)
