"""What the readers of conversations, preferences and examples share: rows of a file through a format to records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson
from pydantic import Field, field_validator, model_validator

from gristmill.collect._columns import MAX_RECORD_BYTES, ColumnName, take_text, take_time
from gristmill.collect._files_reader import FilesReader
from gristmill.collect._rows import SUFFIXES, Row, TableForm, row_units, rows_of
from gristmill.contracts.reader import Member, Unit
from gristmill.errors import GristmillError, near_miss
from gristmill.records.chunk import Chunk, ChunkBuilder
from gristmill.records.formats import NAMED, Format, Reading, UnreadableRowError, mapping_format
from gristmill.records.formats.detection import best_of
from gristmill.records.turns import taken_apart

_READER = {"conversation": "conversations", "preference": "preferences", "example": "examples"}


class AdaptedReader(FilesReader):
    """A reader of records of several texts, in any of the formats that tools write them in."""

    suffixes = SUFFIXES

    format: str | None = Field(
        None,
        min_length=1,
        description="The format of all rows (docs/formats.md); found for each row unless given.",
    )
    mapping: dict[str, Any] | None = Field(
        None, description="Where the parts of a record stand in rows of no known format (docs/formats.md)."
    )
    delimiter: str | None = Field(
        None, min_length=1, max_length=1, description="What parts the fields of tables; a tab for .tsv, else a comma."
    )
    columns: tuple[ColumnName, ...] = Field(
        (), description="The names of the columns of tables, where no header line has them."
    )
    max_record_bytes: int = Field(
        MAX_RECORD_BYTES, ge=1, le=1 << 31, description="A longer record is quarantined, not read into memory."
    )

    @field_validator("format")
    @classmethod
    def _format_is_known(cls, name: str | None) -> str | None:
        ours = [known.name for known in NAMED.values() if known.kind == cls.gives]
        if name is not None and name not in ours:
            raise ValueError(f"there is no format {name!r} of {cls.gives}s: {near_miss(name, ours)}")
        return name

    @field_validator("mapping")
    @classmethod
    def _mapping_is_sound(cls, mapping: dict[str, Any] | None) -> dict[str, Any] | None:
        if mapping is not None:
            try:
                kind = mapping_format(mapping).kind
            except GristmillError as error:
                raise ValueError(str(error)) from error
            if kind != cls.gives:
                raise ValueError(f"the mapping describes a {kind}: read it with {_READER[kind]}")
        return mapping

    @model_validator(mode="after")
    def _one_way(self) -> AdaptedReader:
        if self.format is not None and self.mapping is not None:
            raise ValueError("give a format or a mapping, not both")
        return self

    def units_of(self, files: Sequence[Member]) -> list[Unit]:
        if self._of_whole_files:
            return [Unit((member,)) for member in files if member.size]
        return [unit for member in files for unit in row_units(member)]

    @property
    def _of_whole_files(self) -> bool:
        """Whether a record is made of rows that may stand far apart, as the messages of a tree do."""
        return self.format is not None and NAMED[self.format].unfold is not None

    def read(self, unit: Unit, skip: int = 0) -> Iterator[Chunk]:
        member = unit.members[0]
        builder = ChunkBuilder(member.source, kind=self.gives, skip=skip)
        rows = rows_of(unit, self.max_record_bytes, TableForm(self.delimiter, self.columns))
        for position, raw, reading in self._records(rows):
            if builder.passes(raw):
                continue
            if builder.full:
                yield builder.cut(raw)
            try:
                if isinstance(reading, str):
                    raise UnreadableRowError(reading)
                self._add(builder, position, reading)
            except ValueError as error:
                builder.problem(position, str(error))
        yield from builder.rest(member.size)

    def _records(self, rows: Iterable[Row]) -> Iterator[tuple[int, int, Reading | str]]:
        """Position, raw bytes and what was read of each record. A row of several gives them following positions."""
        fixed = mapping_format(self.mapping) if self.mapping else NAMED[self.format] if self.format else None
        free = 0
        if fixed is not None and fixed.unfold is not None:
            rows = _unfolded(rows, fixed)
        for position, raw, columns in rows:
            for reading in (columns,) if isinstance(columns, str) else self._read(columns, fixed):
                free = max(free, position)
                yield free, raw, reading
                free += 1

    def _read(self, columns: dict[str, Any], fixed: Format | None) -> Iterator[Reading | str]:
        try:
            form = fixed or best_of(columns, self.gives)
            if form.kind != self.gives:
                yield f"the row is a {form.kind} ({form.title}), not a {self.gives}: read it with {_READER[form.kind]}"
                return
            of_row = form.unfold is not None and fixed is None
            for one in form.unfold([columns]) if of_row and form.unfold else (columns,):
                yield form.read(one)
        except UnreadableRowError as error:
            yield str(error)

    def _add(self, builder: ChunkBuilder, position: int, reading: Reading) -> None:
        metadata = dict(reading.metadata)
        time, url = take_time(metadata, "time"), take_text(metadata, "url")
        apart = taken_apart(self.gives, reading.content)
        try:
            kept = orjson.dumps(metadata, option=orjson.OPT_SORT_KEYS).decode() if metadata else None
        except orjson.JSONEncodeError as error:
            raise UnreadableRowError(f"its metadata cannot be kept as JSON ({error})") from error
        builder.add(
            position,
            text=apart.text,
            id=reading.id,
            url=url,
            time=time,
            metadata=kept,
            content=apart.content,
            roles=apart.roles,
        )


def _unfolded(rows: Iterable[Row], form: Format) -> Iterator[Row]:
    """The records of a whole file, numbered; rows that cannot be read come as they are, behind them."""
    broken: list[Row] = []
    raw = 0

    def sound() -> Iterator[dict[str, Any]]:
        nonlocal raw
        for row in rows:
            raw = row.raw
            if isinstance(row.columns, str):
                broken.append(row)
            else:
                yield row.columns

    count = 0
    for columns in form.unfold(sound()) if form.unfold else ():
        yield Row(count, raw, columns)
        count += 1
    for row in broken:
        yield Row(count, raw, row.columns)
        count += 1
