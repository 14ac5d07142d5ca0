"""From what a query answers to stretches that can be read by themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa

from gristmill.collect._sql_columns import RowHash, is_json
from gristmill.collect._sql_database import Database
from gristmill.errors import InputError

_MOST_CELLS = 4096
_BYTES_A_ROW = 1000  # what a row counts for where it was not read beforehand
_LARGEST = (1 << 63) - 1


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
        check(database.answer(select.no_rows())[0])
    if select.key is None:
        if version is not None:
            count = int(str(database.value(select.size())))
            return [Cell(0, None, count * _BYTES_A_ROW, version)] if count else []
        whole = RowHash()
        names, batches = database.answer(select.all())
        check(names)
        for batch in batches:
            whole.add(batch)
        return [Cell(0, None, whole.bytes, whole.identity)] if whole.rows else []
    least, most, rows, keyed = database.row(select.bounds()) or (None, None, 0, 0)
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
    names, batches = database.answer(select.all(), column)
    place = names.index(column)
    held = RowHash()
    cell = before = -1
    for batch in batches:
        keys = keys_of(batch.column(place), column, source, before)
        numbers = keys // span
        starts = [0, *(np.flatnonzero(np.diff(numbers)) + 1).tolist(), len(keys)]
        for start, stop in pairwise(starts):
            if start < stop and int(numbers[start]) != cell:
                if held.rows:
                    yield Cell(cell * span, (cell + 1) * span, held.bytes, held.identity)
                held, cell = RowHash(), int(numbers[start])
            held.add(batch.slice(start, stop - start))
        before = int(keys[-1]) if len(keys) else before
    if held.rows:
        yield Cell(cell * span, (cell + 1) * span, held.bytes, held.identity)


def keys_of(values: pa.Array, column: str, source: str, before: int = -1) -> npt.NDArray[np.int64]:
    """The keys of rows that come after the one with the key `before`."""
    if pa.types.is_int64(values.type) and not values.null_count:
        keys = np.asarray(values)
        if (keys >= 0).all() and (np.diff(keys, prepend=before) > 0).all():
            return keys
    # Another type of number, or one that is wrong.
    keys = np.empty(len(values), np.int64)
    for at, value in enumerate(_values(values)):
        keys[at] = before = key_of(value, column, source, before)
    return keys


def _values(values: pa.Array) -> list[object]:
    return [orjson.loads(value) for value in values.storage.to_pylist()] if is_json(values.type) else values.to_pylist()


def key_of(value: object, column: str, source: str, before: int = -1) -> int:
    """The key of a row that comes after the one with the key `before`."""
    number = int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else value
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= _LARGEST:
        raise InputError(source, f"its key {column!r} must be a whole number from 0 on, and one is {value!r:.100}")
    if number == before:
        raise InputError(source, f"its key {column!r} must be another in each row, and {number} comes twice")
    return number
