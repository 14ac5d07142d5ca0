"""Rows of JSON files, whether an object a line, an array, or rows under a key, as documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gristmill.collect._columns import ColumnReader
from gristmill.collect._rows import JSON, LINES, TableForm, row_units, rows_of
from gristmill.contracts.reader import Member, Unit
from gristmill.records.chunk import Chunk


class JsonRows(ColumnReader):
    """JSON files of any form. A record's position is its byte offset in plain lines, else the rows before it."""

    suffixes = (*LINES, *JSON)

    def units_of(self, files: Sequence[Member]) -> list[Unit]:
        return [unit for member in files for unit in row_units(member)]

    def read(self, unit: Unit, skip: int = 0) -> Iterator[Chunk]:
        member = unit.members[0]
        rows = rows_of(unit, self.max_record_bytes, TableForm())
        yield from self.chunks(rows, self.fields, member.source, member.size, skip)
