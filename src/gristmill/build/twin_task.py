"""The task that looks up where the twins of pieces stand, and writes their records to files; and how these are read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from gristmill.build.part_groups import PartGroup
from gristmill.build.piece_numbers import TWINS, by_part, group_of, records_of, spans_of
from gristmill.build.state import start_store
from gristmill.contracts.pieces import PIECE_BITS, row_of
from gristmill.engine.exchange import ROWS
from gristmill.engine.files import unfinished
from gristmill.engine.protocol import Context, Refs
from gristmill.engine.shuffle import Shuffle
from gristmill.recipe.plan import CutLine
from gristmill.text.clusters import ascending

PAIRS = pa.schema([("cut", pa.int64()), ("twin", pa.int64())])
PLACED = pa.schema([("cut", pa.int64()), ("twin", pa.int64()), ("start", pa.int32()), ("stop", pa.int32())])


@dataclass(frozen=True, slots=True)
class TwinJob:
    """The pairs whose twin is in a group; they go to the groups of what is cut, the twins' records to a file."""

    group: PartGroup[CutLine]
    pairs: Shuffle
    target: Shuffle
    twins: str
    ordinals: tuple[int, ...]


def look_up_twins(job: TwinJob, context: Context) -> None:
    """Where the twins stand in their texts; and a file with their records."""
    line = job.group.line
    wanted = np.empty(0, np.int64)
    with job.target.scatter(job.group.number, PLACED) as out:
        for batches in _at_once(job.pairs.gathered(job.group.number)):
            cut, twin = columns_of(batches, PAIRS)
            order = np.argsort(twin, kind="stable")
            cut, twin = cut[order], twin[order]
            wanted = ascending(np.concatenate([wanted, row_of(twin)]))
            for part, first, last in by_part(job.group.parts, twin):
                spans = spans_of(line, part, twin[first:last])
                mine = cut[first:last]
                out.add([mine, twin[first:last], *spans], group_of(mine, job.ordinals))
    store = start_store(job.group.plan, job.group.pass_number + 1) if line.step.compares else None
    path = Path(f"{job.twins}-{job.group.number:05d}.arrow")
    temporary = unfinished(path)
    with pa.ipc.new_file(os.fspath(temporary), TWINS) as file:
        for part, first, last in by_part(job.group.parts, wanted << PIECE_BITS):
            for batch in records_of(part, wanted[first:last], store):
                context.tick(0, 0)
                file.write_batch(batch)
    temporary.replace(path)


def _at_once(batches: Iterable[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    """Batches of so many pairs as are looked up at a time: the first copy of all may be the twin of very many."""
    held: list[pa.RecordBatch] = []
    for batch in batches:
        held.append(batch)
        if sum(map(len, held)) >= ROWS:
            yield held
            held = []
    if held:
        yield held


def columns_of(batches: Sequence[pa.RecordBatch], schema: pa.Schema) -> list[np.ndarray]:
    """The columns of all batches together; no batch is a table without rows."""
    nothing = np.empty(0, np.int64)
    return [np.concatenate([nothing, *(batch.column(name).to_numpy() for batch in batches)]) for name in schema.names]


def twins_of(stem: str, ordinals: Sequence[int], twin: Refs) -> Iterator[tuple[pa.RecordBatch, int, int]]:
    """The records of twins, ascending, batch by batch, and where the twins of each begin and end."""
    rows = row_of(twin)
    groups = group_of(twin, ordinals)
    for group in np.unique(groups).tolist():
        first, last = np.searchsorted(groups, [group, group + 1])
        with pa.memory_map(f"{stem}-{group:05d}.arrow") as source:
            file = pa.ipc.open_file(source)
            for index in range(file.num_record_batches):
                batch = file.get_batch(index)
                high = batch.column("row")[-1].as_py()
                end = first + int(np.searchsorted(rows[first:last], high, side="right"))
                if end > first:
                    yield batch, int(first), end
                first = end
