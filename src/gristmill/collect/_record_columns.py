"""Documents gathered in Arrow's own layout, most of them by a kernel, and cut into chunks as others are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.collect._columns import Fields, Row, take_id, take_text, take_time
from gristmill.records.chunk import CHUNK_BYTES, CHUNK_ROWS, ChunkCutter
from gristmill.records.document import DOCUMENT, record_ids_of
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.json_records import (
    AT,
    AT_MOST,
    CHARACTERS,
    FLAGS,
    ID,
    KEYS,
    MAX_CHARACTERS,
    MAX_ROWS,
    METADATA,
    POSITION,
    ROWS,
    SIZE,
    SPANS,
    STATE,
    TABLE,
    TEXT,
    TIME,
    UNTIMED,
    UNWRITTEN,
    URL,
    read_records,
)
from gristmill.text.many_bytes import WIDE

_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_STRINGS = (TEXT, ID, URL, METADATA)
_MEMBERS = -1
_NO_KEY = b"\0"
_NAMES = {TEXT: "text", ID: "id", URL: "url", METADATA: "metadata"}
_TIME = DOCUMENT.field("time").type
_NARROW = np.iinfo(np.int32).max
_ROOM = 1 << 16
_MUCH = 4 * CHUNK_BYTES


class RecordColumns(ChunkCutter):
    """Collects documents column by column: of each the bytes, and where the rows end in them.

    `names` are those of the text, id, url and time in the objects, and differ; that of the text is no path.
    """

    def __init__(self, source: str, names: Sequence[str], *, skip: int = 0) -> None:
        # What may lie in an inner object is looked up in what the kernel leaves over.
        self._paths = {column: name for column, name in enumerate(names) if "." in name}
        spelt = [_NO_KEY if "." in name else name.encode("utf-8", "surrogatepass") for name in names]
        self._time = names[TIME]
        self._names = np.frombuffer(b"".join(spelt), np.uint8)
        self._bounds = np.cumsum([0, *map(len, spelt)], dtype=np.int64)
        self.state = np.zeros(STATE, np.int64)
        self.state[MAX_CHARACTERS] = CHUNK_BYTES
        self._table = np.zeros((TABLE, CHUNK_ROWS + 1), np.int64)
        # The strings of each column, and the members of one object.
        self._bytes = {column: np.empty(_ROOM, np.uint8) for column in (*_STRINGS, _MEMBERS)}
        self._spans, self._keys = np.zeros(SPANS, np.int64), np.zeros(KEYS, np.int64)
        super().__init__(source, skip=skip)

    def _start(self) -> None:
        super()._start()
        self.state[[ROWS, CHARACTERS, AT_MOST]] = 0
        self._waiting: list[tuple[int, Fields]] = []  # what Python has read since the kernel did
        self._taken = 0  # rows in the columns, their metadata as it is to be
        self._written: dict[int, dict[int, bytes]] = {ID: {}, URL: {}, METADATA: {}}  # by Python, by row
        for column, data in self._bytes.items():
            if len(data) > _MUCH:
                self._bytes[column] = np.empty(_ROOM, np.uint8)

    @property
    def _rows(self) -> int:
        return self._taken + len(self._waiting)

    def read(self, data: Bytes) -> int:
        """Read lines on from where the state says, up to one that is for Python; why it ended there."""
        self._take_waiting()
        state = self.state
        left = int(state[SIZE] - state[AT])
        text, ids, urls, metadata, members = (self._with_room(column, left) for column in (*_STRINGS, _MEMBERS))
        # What was read before is passed line by line.
        state[MAX_ROWS] = 0 if self._resuming else CHUNK_ROWS - len(self._problems)
        why = read_records(
            data,
            state,
            self._names,
            self._bounds,
            text,
            ids,
            urls,
            metadata,
            members,
            self._spans,
            self._keys,
            self._table,
        )
        self.seen += int(state[ROWS]) - self._taken
        self._settle()
        return why

    def add(self, position: int, fields: Fields) -> None:
        """Take one record that Python has read."""
        self._waiting.append((position, fields))
        self._size += len(fields.text) + len(fields.metadata or "")
        self.seen += 1

    def _take_waiting(self) -> None:
        """Put the records that Python has read behind the others, all at once."""
        if not self._waiting:
            return
        row = int(self.state[ROWS])
        rows = slice(row, row + len(self._waiting))
        positions, found = zip(*self._waiting, strict=True)
        self._table[POSITION, rows], self._table[FLAGS, rows] = positions, 0
        for column in _STRINGS:
            self._put(column, rows, [getattr(fields, _NAMES[column]) for fields in found])
        times = [fields.time for fields in found]
        self._table[TIME, rows] = [0 if time is None else (time - _BEGIN) // _MICROSECOND for time in times]
        self._table[FLAGS, rows] |= np.array([time is not None for time in times], np.int64) << TIME
        self.state[ROWS] = self._taken = rows.stop
        self.state[CHARACTERS] = self._size
        self._waiting.clear()

    def _put(self, column: int, rows: slice, values: list[str | None]) -> None:
        content = [(value or "").encode() for value in values]
        sizes = np.array([len(one) for one in content], np.int64)
        data = self._with_room(column, int(sizes.sum()))
        ends = self._table[column]
        ends[rows.start + 1 : rows.stop + 1] = ends[rows.start] + np.cumsum(sizes)
        data[ends[rows.start] : ends[rows.stop]] = np.frombuffer(b"".join(content), np.uint8)
        self._table[FLAGS, rows] |= np.array([value is not None for value in values], np.int64) << column

    def _with_room(self, column: int, more: int) -> Bytes:
        """The bytes of a column, with room for more of them."""
        data = self._bytes[column]
        used = int(self._table[column, self.state[ROWS]]) if column != _MEMBERS else 0
        if used + more + WIDE > len(data):
            larger = np.empty(2 * (used + more + WIDE), np.uint8)
            larger[:used] = data[:used]
            data = self._bytes[column] = larger
        return data

    def _settle(self) -> None:
        """Have Python write the metadata that the kernel did not write as orjson does, or that may hold a time."""
        rows = int(self.state[ROWS])
        if self._paths or self.state[AT_MOST]:
            ends, flags = self._table[METADATA], self._table[FLAGS]
            unsettled = 1 << METADATA if self._paths else UNWRITTEN
            for row in (self._taken + np.flatnonzero(flags[self._taken : rows] & unsettled)).tolist():
                left = self._bytes[METADATA][ends[row] : ends[row + 1]].tobytes()
                if not flags[row] & UNWRITTEN:
                    self.state[CHARACTERS] -= len(left.decode())
                content: Row = orjson.loads(left)
                flags[row] |= self._found(row, content, bool(flags[row] & UNTIMED))
                written = orjson.dumps(content, option=orjson.OPT_SORT_KEYS) if content else b""
                flags[row] &= -1 if content else ~(1 << METADATA)
                self._written[METADATA][row] = written
                self.state[CHARACTERS] += len(written.decode())
            self.state[AT_MOST] = 0
        self._size, self._taken = int(self.state[CHARACTERS]), rows

    def _found(self, row: int, content: Row, has_time: bool) -> int:
        """Take what belongs in a column out of what was left over: the flags of those columns."""
        found = 0
        for column, take in ((ID, take_id), (URL, take_text)):
            if column in self._paths and (value := take(content, self._paths[column])) is not None:
                self._written[column][row] = value.encode()
                found |= 1 << column
        if (has_time or TIME in self._paths) and (time := take_time(content, self._time)) is not None:
            self._table[TIME, row] = (time - _BEGIN) // _MICROSECOND
            found |= 1 << TIME
        return found

    def _batch(self) -> pa.RecordBatch:
        self._take_waiting()
        rows = self._rows
        positions = self._table[POSITION, :rows].copy()
        has_time = self._has(TIME)
        rids, ids = record_ids_of(self.source, positions), self._strings(ID)
        columns = {
            "rid": rids,
            "id": pc.coalesce(ids, rids) if ids.null_count else ids,
            "source": pa.repeat(pa.scalar(self.source, pa.string()), rows),
            "position": pa.array(positions),
            "url": self._strings(URL),
            "time": pa.array(self._table[TIME, :rows] * has_time, pa.int64(), mask=~has_time).cast(_TIME),
            "text": self._strings(TEXT),
            "metadata": self._strings(METADATA),
        }
        return pa.record_batch([columns[name] for name in DOCUMENT.names], schema=DOCUMENT)

    def _has(self, column: int) -> npt.NDArray[np.bool_]:
        flags: npt.NDArray[np.bool_] = (self._table[FLAGS, : self._rows] >> column & 1).astype(bool)
        return flags

    def _strings(self, column: int) -> pa.Array:
        rows, has = self._rows, self._has(column)
        data, ends = self._bytes[column], self._table[column, : rows + 1]
        if written := self._written.get(column):
            data, ends = _with_written(data, ends, written)
        kind = DOCUMENT.field(_NAMES[column]).type
        if kind == pa.string() and ends[rows] > _NARROW:
            raise OverflowError(f"the {_NAMES[column]} of one chunk is larger than 2 GB")
        bounds = pa.py_buffer(ends.astype(np.int32 if kind == pa.string() else np.int64))
        nulls = None if has.all() else pa.py_buffer(np.packbits(has, bitorder="little"))
        content = pa.py_buffer(data[: ends[rows]].tobytes())
        return pa.Array.from_buffers(kind, rows, [nulls, bounds, content])


def _with_written(data: Bytes, ends: Offsets, written: Mapping[int, bytes]) -> tuple[Bytes, Offsets]:
    """A column, with what Python wrote in the rows where it did."""
    own: list[bytes | memoryview] = [data[begin:end].data for begin, end in pairwise(ends.tolist())]
    for row, content in written.items():
        own[row] = content
    return np.frombuffer(b"".join(own), np.uint8), np.cumsum([0, *map(len, own)], dtype=np.int64)
