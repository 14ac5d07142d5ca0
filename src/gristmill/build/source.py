"""The records of a unit as its reader gives them, and what of them is stored."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from gristmill.build.chunk import BYTES_READ, ERROR, sizes
from gristmill.build.store import DONE
from gristmill.contracts.reader import Reader, Unit
from gristmill.records.chunk import Chunk, Problem
from gristmill.records.kinds import COLUMNS, TURNS, Kind
from gristmill.text.flat import flat

UNREADABLE = -1
"""From here down: the position of a problem that stands for all that could not be read after it."""


class Source:
    """Chunks of a unit as they are read. Only `done` reads ahead, to know the last chunk for the last.

    What is read ahead is read after the chunk before it was worked on, so a reader that kills its worker costs no
    record that it had given.
    """

    def __init__(self, reader: Reader, unit: Unit, seen: int, lost_from: tuple[int, str] | None) -> None:
        self._chunks: Iterator[Chunk] = reader.read(unit, skip=seen)
        self._empty = _no_records(reader.kind)
        self._unit, self._lost_from = unit, lost_from
        self.seconds = 0.0  # spent reading
        self.seen = seen
        self._ahead = False
        self._next: Chunk | None = None

    def _read(self) -> Chunk | None:
        lost = self._lost_from
        if lost is not None and self.seen >= lost[0]:
            self._chunks = iter(())
            member = self._unit.members[0]
            place = UNREADABLE - self._unit.start  # another one for each unit of a file
            problem = Problem(member.source, place, f"reading here {lost[1]}; the rest of this unit is lost")
            return Chunk(self._empty, (problem,), self.seen + 1, 0)
        return next(self._chunks, None)

    @property
    def done(self) -> bool:
        if not self._ahead:
            began = time.perf_counter()
            self._next, self._ahead = self._read(), True
            self.seconds += time.perf_counter() - began
        return self._next is None

    def chunk(self) -> Chunk:
        """The next chunk; an empty unit has one empty chunk."""
        if self.done or self._next is None:
            return Chunk(self._empty, (), self.seen, 0)
        chunk, self._next = self._next, None
        self.seen = chunk.seen
        self._ahead = bool(chunk.problems) and chunk.problems[-1].position <= UNREADABLE
        return chunk


def _no_records(kind: Kind) -> pa.RecordBatch:
    return pa.record_batch([pa.array([], f.type) for f in COLUMNS[kind]], schema=COLUMNS[kind])


def with_problems(chunk: Chunk) -> pa.RecordBatch:
    """The records of a chunk, then a row for each that could not be read, with the error."""
    batch = chunk.batch
    errors = pa.nulls(len(batch), pa.string())
    if chunk.problems:
        problems = pa.RecordBatch.from_pylist(
            [
                {"rid": p.rid, "id": p.id if p.id is not None else p.rid, "source": p.source, "position": p.position}
                for p in chunk.problems
            ],
            schema=batch.schema,
        )
        batch = pa.concat_batches([batch, problems])
        errors = pa.concat_arrays([errors, pa.array([p.error for p in chunk.problems], pa.string())])
    return batch.append_column(ERROR, errors)


_STORED = frozenset((*COLUMNS["document"].names, *TURNS.names))


def stored_base(fresh: pa.RecordBatch) -> pa.RecordBatch:
    """What is stored of records as read: all but the payload."""
    size = pc.fill_null(pc.binary_length(fresh.column("text")).cast(pa.int64()), 0)
    payload = pa.repeat(pa.scalar(False), len(fresh))
    if "payload" in fresh.schema.names:
        size = pc.add(size, pc.fill_null(pc.binary_length(fresh.column("payload")).cast(pa.int64()), 0))
        payload = pc.is_valid(fresh.column("payload"))
    columns = {
        DONE: pa.repeat(pa.scalar(True), len(fresh)),
        **{name: fresh.column(name) for name in fresh.schema.names if name in _STORED},
        ERROR: fresh.column(ERROR),
        BYTES_READ: size,
        "_payload": payload,
        **sizes(flat(fresh.column("text"))),
    }
    return pa.RecordBatch.from_pydict(columns)
