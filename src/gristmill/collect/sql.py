"""Rows of SQL databases: what a query of DuckDB, or of any database that SQLAlchemy speaks to, answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash
from pydantic import Field, field_validator

from gristmill.collect._columns import Fields, Row, RowReader, distinct
from gristmill.collect._sql_columns import RowHash, is_json, plain, rows_of
from gristmill.collect._sql_database import Database, located, opened_database, secret_in
from gristmill.collect._sql_rows import Select, cells, keys_of
from gristmill.collect._table import converted, is_binary, is_text, type_at
from gristmill.collect.parquet import cut
from gristmill.contracts.reader import Member, Unit
from gristmill.errors import InputError
from gristmill.records.chunk import Chunk

_CHANGED = "its rows changed while they were being read; start the build again"
_UNORDERED = f"{_CHANGED}, with an ORDER BY in the query or a `key` where nothing had changed"


class Sql(RowReader):
    """The rows that a query answers. Nothing is written, and no password is kept.

    With a `key`, whole numbers that no two rows share, the query is read in stretches: a later build reads again only
    those whose rows changed, and a record's position is its key. Else the query is read at one go and must order its
    rows; a position is then the number of rows before it.
    """

    version = 2
    chooses = frozenset({"database", "table", "password_env", "key_span", "version_query"})

    database: str = Field(
        min_length=1,
        description="A url as SQLAlchemy has it, without a password; `sqlite:///a.db` and `duckdb:///a.db` are beside "
        "the recipe, and `duckdb://` reads other files.",
    )
    query: str = Field(min_length=1, description="One SELECT.")
    key: str | None = Field(None, min_length=1, description="The column of whole numbers to read stretches by.")
    key_span: int = Field(100_000, ge=1, le=1 << 40, description="How many numbers of the key one stretch has.")
    table: str = Field(
        "rows", pattern=r"^[A-Za-z0-9_.-]{1,100}$", description="What the rows are called in the sources of records."
    )
    password_env: str | None = Field(
        None, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", description="The environment variable that holds the password."
    )
    version_query: str | None = Field(
        None,
        min_length=1,
        description="A SELECT of one value that changes when rows do; without it all rows are read to tell.",
    )

    @field_validator("database")
    @classmethod
    def _is_url_without_password(cls, database: str) -> str:
        if "://" not in database:
            raise ValueError("a database is a url, as sqlite:///a.db")
        if secret_in(database):
            raise ValueError("a recipe holds no password: put it into the environment, and its name into password_env")
        return database

    @property
    def reads(self) -> tuple[str, ...]:
        return (self._source,)

    @property
    def _source(self) -> str:
        return f"{self.database}#{self.table}"

    def units(self, root: str) -> list[Unit]:
        url, source = located(self.database, root), self._source
        with opened_database(url, source, self.password_env) as database:
            select, version = self._select(database), self._version(database)
            found = cells(database, select, self.key or "", self.key_span, version, source, self._check)
        return [Unit((Member(source, url, cell.size, cell.identity),), cell.start, cell.stop) for cell in found]

    def read(self, unit: Unit, skip: int = 0) -> Iterator[Chunk]:
        member = unit.members[0]
        held = RowHash()
        before, told = -1, 0
        with opened_database(member.path, member.source, self.password_env) as database:
            columns, batches = database.answer(self._select(database).between(unit.start, unit.stop), self.key)
            self._check(columns)
            for found in batches:
                batch = found.rename_columns(distinct(columns))
                if self.key is None:
                    positions = np.arange(held.rows, held.rows + len(batch))
                else:
                    positions = keys_of(batch.column(columns.index(self.key)), self.key, member.source, before)
                    before = int(positions[-1]) if len(positions) else before
                seen = held.rows
                held.add(batch)
                told, raw = min(held.bytes, member.size), min(held.bytes, member.size) - told
                if held.rows > skip:
                    for chunk in self._chunks(batch, positions, member.source, raw, max(skip - seen, 0)):
                        yield replace(chunk, seen=seen + chunk.seen)
            if (self._version(database) or held.identity) != member.identity:
                raise InputError(member.source, _CHANGED if self.key else _UNORDERED)

    def _chunks(
        self, batch: pa.RecordBatch, positions: npt.NDArray[np.int64], source: str, raw: int, skip: int
    ) -> Iterator[Chunk]:
        """The records of rows that have these positions: a column at a time where each has one type, else by row."""
        if not self._is_columnar(batch.schema):
            found = enumerate(rows_of(batch, self.text))
            rows = ((int(positions[at]), raw * at // len(batch), row) for at, row in found)
            yield from self.chunks(rows, self._fields, source, raw, skip)
            return
        row = 0
        for piece in cut(batch, self.text):
            row += len(piece)
            if row > skip:
                fresh = piece.slice(max(skip - (row - len(piece)), 0))
                records, problems = converted(fresh, self, source, positions[row - len(fresh) : row])
                yield Chunk(records, tuple(problems), row, raw * len(fresh) // len(batch))

    def _is_columnar(self, schema: pa.Schema) -> bool:
        for path in (self.text, self.id, self.url, self.time):
            for name in (path, path.partition(".")[0]):
                if name in schema.names and is_json(schema.field(name).type):
                    return False
        kind = type_at(schema, self.text)
        return kind is not None and (pa.types.is_null(kind) or is_text(kind) or is_binary(kind))

    def _fields(self, row: Row) -> Fields | str:
        fields = self.fields(row)
        if not isinstance(fields, str) and len(fields.text.encode("utf-8", "surrogatepass")) > self.max_record_bytes:
            return f"{self.text!r} is longer than max_record_bytes ({self.max_record_bytes} bytes)"
        return fields

    def _select(self, database: Database) -> Select:
        return Select(self.query.strip().rstrip(";"), database.quoted(self.key) if self.key else None)

    def _version(self, database: Database) -> str | None:
        if self.version_query is None:
            return None
        value = plain(database.value(self.version_query))
        return f"version:{xxhash.xxh3_128_hexdigest(repr(value).encode())}"

    def _check(self, columns: list[str]) -> None:
        """InputError where the rows have not the columns that the settings name."""
        defaults = {name: field.default for name, field in type(self).model_fields.items()}
        wanted = {name: getattr(self, name) for name in ("text", "id", "url", "time", "key")}
        for name, column in wanted.items():
            needed = name == "text" or column != defaults[name]
            if needed and column not in columns and (name == "key" or column.partition(".")[0] not in columns):
                have = ", ".join(columns)
                raise InputError(self._source, f"its rows have no column {column!r} (they have {have}); set `{name}`")
