"""The task that writes the records of twins to files, and how these are read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from gristmill.build.part_groups import PartGroup
from gristmill.build.piece_numbers import TWINS, by_part, group_of, records_of
from gristmill.build.state import start_store
from gristmill.engine.files import unfinished
from gristmill.engine.protocol import Context, Refs
from gristmill.engine.shuffle import Shuffle
from gristmill.recipe.plan import CutLine
from gristmill.text.radix import once_each

WANTED = pa.schema([("row", pa.int64())])


@dataclass(frozen=True, slots=True)
class TwinJob:
    """The rows of a group in which twins stand; their records go to a file."""

    group: PartGroup[CutLine]
    wanted: Shuffle  # WANTED, by group
    twins: str


def look_up_twins(job: TwinJob, context: Context) -> None:
    """A file with the records of twins; with their texts, where these are compared."""
    line = job.group.line
    rows = np.empty(0, np.int64)
    for batch in job.wanted.gathered(job.group.number):
        rows = once_each(np.concatenate([rows, batch.column(0).to_numpy()]))
    store = start_store(job.group.plan, job.group.pass_number + 1) if line.step.compares else None
    path = _path(job.twins, job.group.number)
    temporary = unfinished(path)
    with pa.ipc.new_file(os.fspath(temporary), TWINS) as file:
        for part, first, last in by_part(job.group.parts, rows):
            for found in records_of(part, rows[first:last], store):
                context.tick(0, 0)
                file.write_batch(found)
    temporary.replace(path)


def _path(stem: str, group: int) -> Path:
    return Path(f"{stem}-{group:05d}.arrow")


def twins_of(stem: str, ordinals: Sequence[int], rows: Refs) -> Iterator[tuple[pa.RecordBatch, int, int]]:
    """The records of twins in these rows, which ascend, batch by batch, and where the rows of each begin and end."""
    groups = group_of(rows, ordinals)
    for group in groups[np.flatnonzero(np.diff(groups, prepend=-1))].tolist():
        first, last = np.searchsorted(groups, [group, group + 1])
        with pa.memory_map(os.fspath(_path(stem, group))) as source:
            file = pa.ipc.open_file(source)
            for index in range(file.num_record_batches):
                batch = file.get_batch(index)
                high = batch.column("row")[-1].as_py()
                end = first + int(np.searchsorted(rows[first:last], high, side="right"))
                if end > first:
                    yield batch, int(first), end
                first = end
