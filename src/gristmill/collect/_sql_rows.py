"""From what a query answers to stretches that can be read by themselves, and to values that JSON can say."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import orjson
import xxhash

from gristmill.collect._sql_database import Database
from gristmill.errors import InputError

_MOST_CELLS = 4096
_BYTES_A_ROW = 1000  # what a row counts for where it was not read beforehand
_LARGEST = (1 << 63) - 1
_DEEPEST = 64


class Select(NamedTuple):
    """A query, and the column that its rows are told apart by, as the database quotes it."""

    query: str
    key: str | None = None

    def all(self) -> str:
        return f"{self._from('*')} ORDER BY {self.key}" if self.key else self.query

    def between(self, start: int, stop: int | None) -> str:
        if self.key is None or stop is None:
            return self.all()
        return f"{self._from('*')} WHERE {self.key} >= {start} AND {self.key} < {stop} ORDER BY {self.key}"

    def bounds(self) -> str:
        return self._from(f"min({self.key}), max({self.key}), count(*), count({self.key})")

    def size(self) -> str:
        return self._from("count(*)")

    def no_rows(self) -> str:
        return f"{self._from('*')} WHERE 1 = 0"

    def _from(self, what: str) -> str:
        return f"SELECT {what} FROM ({self.query}\n) gristmill_rows"  # noqa: S608  # the query is the user's own


class Cell(NamedTuple):
    """A stretch of the rows: bounds of the key, bytes, and what changes when its rows do."""

    start: int
    stop: int | None
    size: int
    identity: str


class RowHash:
    """Counts and hashes rows in their order."""

    def __init__(self) -> None:
        self.rows = self.bytes = 0
        self._hash = xxhash.xxh3_128()

    def add(self, row: list[Any]) -> None:
        data = orjson.dumps(row)
        self._hash.update(data)
        self.rows += 1
        self.bytes += len(data)

    @property
    def identity(self) -> str:
        return f"{self.rows}-{self._hash.hexdigest()}"


def cells(
    database: Database,
    select: Select,
    column: str,
    span: int,
    version: str | None,
    source: str,
    check: Callable[[list[str]], None],
) -> list[Cell]:
    """The stretches of a query; `column` is how the recipe calls the key. InputError where the key is none.

    `check` may refuse the names of the columns.
    """
    if select.key is not None or version is not None:
        check(database.rows(select.no_rows())[0])
    if select.key is None:
        if version is not None:
            (count,) = next(database.rows(select.size())[1])
            return [Cell(0, None, int(count) * _BYTES_A_ROW, version)] if count else []
        whole = RowHash()
        names, found = database.rows(select.all())
        check(names)
        for row in found:
            whole.add([plain(value) for value in row])
        return [Cell(0, None, whole.bytes, whole.identity)] if whole.rows else []
    least, most, rows, keyed = next(database.rows(select.bounds())[1])
    if not rows:
        return []
    if rows != keyed:
        raise InputError(source, f"its key {column!r} is null in {rows - keyed} rows")
    first, last = key_of(least, column, source), key_of(most, column, source)
    while last // span - first // span >= _MOST_CELLS:
        span *= 2
    if version is not None:
        numbers = range(first // span, last // span + 1)
        size = max(int(rows) * _BYTES_A_ROW // len(numbers), 1)
        return [Cell(number * span, (number + 1) * span, size, version) for number in numbers]
    return [*_read(database, select, column, span, source)]


def _read(database: Database, select: Select, column: str, span: int, source: str) -> Iterator[Cell]:
    names, rows = database.rows(select.all())
    place = names.index(column)
    held = RowHash()
    cell = before = -1
    for row in rows:
        key = key_of(row[place], column, source, before)
        if key // span != cell:
            if held.rows:
                yield Cell(cell * span, (cell + 1) * span, held.bytes, held.identity)
            held, cell = RowHash(), key // span
        held.add([plain(value) for value in row])
        before = key
    if held.rows:
        yield Cell(cell * span, (cell + 1) * span, held.bytes, held.identity)


def key_of(value: object, column: str, source: str, before: int = -1) -> int:
    """The key of a row that comes after the one with the key `before`."""
    number = int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else value
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= _LARGEST:
        raise InputError(source, f"its key {column!r} must be a whole number from 0 on, and one is {value!r:.100}")
    if number == before:
        raise InputError(source, f"its key {column!r} must be another in each row, and {number} comes twice")
    return number


def plain(value: Any, depth: int = 0) -> Any:
    """A value as JSON has it: times as ISO 8601, bytes as base64, decimals and very large numbers as text."""
    if value is None or isinstance(value, str | bool | float):
        return value
    if isinstance(value, int):
        return value if -_LARGEST <= value <= _LARGEST else str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return b64encode(bytes(value)).decode()
    if depth < _DEEPEST and isinstance(value, dict):
        return {str(key): plain(own, depth + 1) for key, own in value.items()}
    if depth < _DEEPEST and isinstance(value, list | tuple):
        return [plain(own, depth + 1) for own in value]
    return value.total_seconds() if isinstance(value, timedelta) else str(value)
