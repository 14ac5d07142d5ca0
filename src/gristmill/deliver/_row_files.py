"""JSON Lines of rows that are made from records one by one."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import orjson
import pyarrow as pa
from pydantic import Field

from gristmill.contracts.sink import Sink
from gristmill.deliver._digested import DigestedFile
from gristmill.deliver._nested import contents, kind_of
from gristmill.deliver._trainer_rows import CannotWriteError, Row
from gristmill.errors import OutputError, near_miss
from gristmill.records.kinds import TURNS, Kind
from gristmill.records.turns import Content

_MOST_REASONS = 20
"""Reasons that are told apart; some name what stands in a record."""

_OF_CONTENT = ("text", *TURNS.names)

Unwritable = Literal["fail", "leave_out"]


def kind_for(sink: Sink, schema: pa.Schema) -> Kind:
    """The kind of the records; OutputError where the sink does not take it."""
    kind = kind_of(schema)
    if kind not in sink.takes:
        raise OutputError(f"{sink.name()} takes records of the kind {' or '.join(sink.takes)}, and these are {kind}s")
    return kind


class RowSink(Sink):
    """Write a line for each record, as a trainer reads it."""

    unwritable: Unwritable = Field(
        "fail", description="What to do with a record that the format has no place for: `fail` or `leave_out`."
    )

    @property
    def suffix(self) -> str:
        return ".jsonl"

    @abstractmethod
    def row(self, kind: Kind, content: Content) -> Row:
        """The row of a record. CannotWriteError where the format has no place for it."""

    def told(self, row: Row) -> Mapping[str, int]:
        """Counts of a row that its writer tells, summed over all. CannotWriteError where the row is too much."""
        return {}

    def kept_columns(self) -> tuple[str, ...]:
        """Columns of the records that its rows have too."""
        return ()

    def open(self, path: Path, schema: pa.Schema) -> RowWriter:
        for name in self.kept_columns():
            column = name.partition(".")[0]
            if column not in schema.names or (column != "metadata" and column != name):
                known = [field for field in schema.names if field not in _OF_CONTENT]
                raise OutputError(f"{self.name()}: records have no column {name!r} to keep: {near_miss(name, known)}")
        return RowWriter(path, self, kind_for(self, schema))


class KeepingRowSink(RowSink):
    """A line for each record, which may have fields of the record beside those of the format."""

    keep: tuple[Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*(\.[^.]{1,100})?$")], ...] = Field(
        (), max_length=50, description="Columns to add to each row: `id`, `source`, `metadata`, or `metadata.FIELD`."
    )

    def kept_columns(self) -> tuple[str, ...]:
        return self.keep


class RowWriter:
    """A line for each record. One that has no place in the format ends the build, or is left out where that is said."""

    def __init__(self, path: Path, sink: RowSink, kind: Kind) -> None:
        self._file = DigestedFile(path)
        self._sink, self._kind = sink, kind
        self._written = 0
        self._left_out: Counter[str] = Counter()
        self._told: Counter[str] = Counter()

    def write(self, batch: pa.RecordBatch) -> None:
        lines: list[bytes] = []
        names = batch.column("id").to_pylist()
        kept = _kept(batch, self._sink.kept_columns())
        for name, content, more in zip(names, contents(batch, self._kind), kept, strict=True):
            try:
                row = _with(self._sink.row(self._kind, content), more)
                self._told.update(self._sink.told(row))
            except CannotWriteError as error:
                if self._sink.unwritable == "fail":
                    raise OutputError(
                        f"record {name} cannot be written as {self._sink.name()}: {error}; "
                        "drop such records by a step before, or set unwritable: leave_out"
                    ) from error
                self._left_out[str(error) if len(self._left_out) < _MOST_REASONS else "for other reasons"] += 1
                continue
            lines.append(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
        self._file.write(b"".join(lines))
        self._written += len(lines)

    def close(self) -> Mapping[str, int]:
        self._file.close()
        return {
            "rows": self._written,
            **self._told,
            **{f"left out: {why}": count for why, count in self._left_out.items()},
        }

    @property
    def sha256(self) -> str:
        return self._file.sha256


def _kept(batch: pa.RecordBatch, names: tuple[str, ...]) -> list[Row]:
    """The kept fields of each record; null where it has none."""
    rows: list[Row] = [{} for _ in range(len(batch))]
    for name in names:
        column, _, field = name.partition(".")
        values = batch.column(column).to_pylist()
        for row, value in zip(rows, values, strict=True):
            if column == "metadata":
                free = orjson.loads(value) if value else {}
                row[field or column] = free.get(field) if field else free
            else:
                row[column] = value
    return rows


def _with(row: Row, more: Row) -> Row:
    if taken := row.keys() & more.keys():
        raise CannotWriteError(f"its row has a field {min(taken)!r} already, which `keep` names too")
    return {**row, **more}
