"""What a reader hands over: records as an Arrow batch, and the ones it could not read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import pyarrow as pa

from gristmill.records.document import WITH_PAYLOAD, record_id, record_ids
from gristmill.records.kinds import COLUMNS, TURNS, Kind

CHUNK_ROWS = 1024
CHUNK_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class Problem:
    """A record that could not be read, or that made a step fail. It goes to quarantine."""

    source: str
    position: int
    error: str
    step: str = "read"
    id: str | None = None

    @property
    def rid(self) -> str:
        return record_id(self.source, self.position)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Records of one unit in order, and how far into the unit they reach.

    `seen` counts the records of the unit up to and with this chunk, the problems among them;
    reading the unit again with `skip=seen` goes on right after it, with the same later chunks.
    `raw_bytes` is what was read of the source for this chunk (compressed, where it is).
    `skipped` counts what is no record by the reader's own settings (a WARC request, an image), by name.
    """

    batch: pa.RecordBatch
    problems: tuple[Problem, ...]
    seen: int
    raw_bytes: int
    skipped: tuple[tuple[str, int], ...] = ()


_GATHERED = tuple(name for name in (*WITH_PAYLOAD.names, *TURNS.names) if name != "rid")


class ChunkCutter(ABC):
    """Cuts what a reader finds into chunks by number and size.

    Where chunks are cut depends on the records alone, so that a resumed reader cuts them alike. A reader says
    `if builder.passes(raw): continue` and `if builder.full: yield builder.cut(raw)` before each record, so
    what is skipped after the last record of a chunk is counted in that chunk.
    """

    def __init__(self, source: str, *, skip: int = 0) -> None:
        self.source = source
        self.seen = 0
        self._to_pass = skip
        self._resuming = skip > 0
        self._raw_mark = 0
        self._start()

    def _start(self) -> None:
        """Begin a chunk."""
        self._problems: list[Problem] = []
        self._skipped: dict[str, int] = {}
        self._size = 0

    @property
    @abstractmethod
    def _rows(self) -> int:
        """How many records this chunk has so far."""

    @abstractmethod
    def _batch(self) -> pa.RecordBatch:
        """The records of this chunk."""

    def passes(self, raw_position: int) -> bool:
        """Whether the record that comes next was read before, by the `skip` of the start; it is then seen."""
        if not self._resuming:
            return False
        if self._to_pass:
            self._to_pass -= 1
            self.seen += 1
            return True
        self._resuming = False
        self._raw_mark = raw_position
        return False

    def problem(self, position: int, error: str, *, source: str | None = None, id: str | None = None) -> None:
        """Take one record that could not be read."""
        self._problems.append(Problem(source or self.source, position, error, id=id))
        self.seen += 1

    def skip(self, what: str) -> None:
        """Count something that is no record by the reader's settings."""
        if not self._resuming:
            self._skipped[what] = self._skipped.get(what, 0) + 1

    @property
    def full(self) -> bool:
        return self._rows + len(self._problems) >= CHUNK_ROWS or self._size >= CHUNK_BYTES

    def cut(self, raw_position: int) -> Chunk:
        """End the chunk here; `raw_position` is how many raw bytes of the unit were read so far."""
        chunk = Chunk(
            self._batch(),
            tuple(self._problems),
            self.seen,
            max(raw_position - self._raw_mark, 0),
            tuple(sorted(self._skipped.items())),
        )
        self._raw_mark = raw_position
        self._start()
        return chunk

    def rest(self, raw_position: int) -> Iterator[Chunk]:
        """The last, partly filled chunk, where there is anything in it."""
        if self._rows or self._problems or self._skipped:
            yield self.cut(raw_position)


class ChunkBuilder(ChunkCutter):
    """Collects records row by row."""

    def __init__(self, source: str, *, kind: Kind = "document", payload: bool = False, skip: int = 0) -> None:
        self.schema = WITH_PAYLOAD if payload else COLUMNS[kind]
        super().__init__(source, skip=skip)

    def _start(self) -> None:
        super()._start()
        self._held: list[tuple[object, ...]] = []

    @property
    def _rows(self) -> int:
        return len(self._held)

    def add(
        self,
        position: int,
        *,
        text: str | None = None,
        id: str | None = None,
        url: str | None = None,
        time: datetime | None = None,
        metadata: str | None = None,
        payload: bytes | None = None,
        content_type: str | None = None,
        content: str | None = None,
        roles: str | None = None,
        source: str | None = None,
    ) -> None:
        """Take one record. `source` is given where one unit reads many files."""
        row = (id, source or self.source, position, url, time, text, metadata, payload, content_type, content, roles)
        self._held.append(row)
        self._size += len(text or "") + len(payload or b"") + len(metadata or "") + len(content or "")
        self.seen += 1

    def _batch(self) -> pa.RecordBatch:
        turned = zip(*self._held, strict=True) if self._held else [()] * len(_GATHERED)
        columns: dict[str, Sequence[object]] = dict(zip(_GATHERED, turned, strict=True))
        rids = record_ids(cast(list[str], columns["source"]), cast(list[int], columns["position"]))
        columns["rid"] = rids
        columns["id"] = [rid if id is None else id for id, rid in zip(columns["id"], rids, strict=True)]
        return pa.record_batch([pa.array(columns[f.name], f.type) for f in self.schema], schema=self.schema)
