"""JSON lines into chunks of documents: a kernel reads what is usual in a line, Python all else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from gristmill.collect._columns import Fields
from gristmill.collect._lines import BOM
from gristmill.collect._record_columns import RecordColumns
from gristmill.collect._stretches import Gap, Stretch
from gristmill.records.chunk import Chunk
from gristmill.text.json_records import (
    AT,
    BEFORE,
    BEYOND,
    DONE,
    END,
    FULL,
    LAST,
    LONGEST,
    NUMBERED,
    POSITION_OF,
    SIZE,
)

_NEVER = np.iinfo(np.int64).max


class JsonLines:
    """The way of a unit's lines into `columns`; `fields` reads a line that is not usual, or says why it cannot.

    The first line stands at `start` and none is read that begins at `stop` or later. Positions are byte offsets, or
    counted lines where `numbered`; raw bytes are counted from `origin`.
    """

    def __init__(
        self,
        columns: RecordColumns,
        fields: Callable[[bytes], Fields | str],
        limit: int,
        *,
        start: int = 0,
        stop: int | None = None,
        origin: int = 0,
        numbered: bool = False,
    ) -> None:
        self._columns, self._fields, self._limit = columns, fields, limit
        self._origin, self._numbered = origin, numbered
        self._state = columns.state
        self._state[POSITION_OF] = start
        self._state[LAST] = _NEVER if stop is None else stop
        self._state[LONGEST], self._state[NUMBERED] = limit, numbered

    def chunks(self, found: Iterable[Stretch | Gap]) -> Iterator[Chunk]:
        """All chunks but the last."""
        for one in found:
            if isinstance(one, Stretch):
                yield from self._lines(one)
            elif self._state[POSITION_OF] < self._state[LAST]:
                yield from self._gap(one)
            if self._state[POSITION_OF] >= self._state[LAST]:
                return

    def _gap(self, gap: Gap) -> Iterator[Chunk]:
        position = int(self._state[POSITION_OF])
        self._state[POSITION_OF] += 1 if self._numbered else gap.size
        raw = (gap.raw if self._numbered else int(self._state[POSITION_OF])) - self._origin
        if self._columns.passes(raw):
            return
        if self._columns.full:
            yield self._columns.cut(raw)
        self._columns.problem(position, gap.error)

    def _lines(self, stretch: Stretch) -> Iterator[Chunk]:
        columns, state = self._columns, self._state
        state[AT], state[SIZE] = BEFORE, stretch.stop
        while (why := columns.read(stretch.data)) not in (DONE, BEYOND):
            begin, end, position = int(state[AT]), int(state[END]), int(state[POSITION_OF])
            size = min(end + 1, stretch.stop) - begin
            raw = (stretch.raw if self._numbered else position + size) - self._origin
            passed = why == FULL and columns.passes(raw)
            if why == FULL and not passed:
                if columns.full:
                    yield columns.cut(raw)
                continue
            state[AT] = end + 1
            state[POSITION_OF] += 1 if self._numbered else size
            if not passed:
                self._take(position, stretch.data[begin:end].tobytes())

    def _take(self, position: int, line: bytes) -> None:
        """Read a line that is not usual."""
        if len(line) > self._limit:
            self._columns.problem(position, f"the line is longer than max_record_bytes ({self._limit} bytes)")
            return
        own = self._fields(line if position else line.removeprefix(BOM))
        if isinstance(own, str):
            self._columns.problem(position, own)
        else:
            self._columns.add(position, own)
