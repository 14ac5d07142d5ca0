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
    LAST,
    LONGEST,
    NUMBERED,
    POSITION_OF,
    SIZE,
    UNUSUAL,
)

_SELDOM = 8
"""Records between two unusual lines, below which the next ones may be unusual as well."""
_MANY = 256
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
        self._together = 1
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
        begun = columns.seen
        while (why := columns.read(stretch.data)) not in (DONE, BEYOND):
            if why == UNUSUAL:
                # Where the next ones may well be like it, the kernel is not asked again for each.
                often = columns.seen - begun < _SELDOM
                self._together = min(2 * self._together, _MANY) if often else 1
                yield from self._unusual(stretch, self._together)
                begun = columns.seen
                continue
            size = min(int(state[END]) + 1, stretch.stop) - int(state[AT])
            raw = (stretch.raw if self._numbered else int(state[POSITION_OF]) + size) - self._origin
            if columns.passes(raw):
                state[AT] += size
                state[POSITION_OF] += 1 if self._numbered else size
            elif columns.full:
                yield columns.cut(raw)

    def _unusual(self, stretch: Stretch, count: int) -> Iterator[Chunk]:
        """Read so many of the next lines as Python does."""
        columns, numbered = self._columns, self._numbered
        at, position, last = (int(self._state[key]) for key in (AT, POSITION_OF, LAST))
        for line in stretch.data[at : stretch.stop].tobytes().split(b"\n", count)[:count]:
            if position >= last or at >= stretch.stop:
                break
            here, size = position, len(line) + 1
            at += size
            position += 1 if numbered else min(size, stretch.stop - at + size)
            if not line or line.isspace():
                continue
            if columns.full:
                yield columns.cut((stretch.raw if numbered else position) - self._origin)
            self._take(here, line)
        self._state[AT], self._state[POSITION_OF] = at, position

    def _take(self, position: int, line: bytes) -> None:
        if len(line) > self._limit:
            self._columns.problem(position, f"the line is longer than max_record_bytes ({self._limit} bytes)")
            return
        own = self._fields(line if position else line.removeprefix(BOM))
        if isinstance(own, str):
            self._columns.problem(position, own)
        else:
            self._columns.add(position, own)
