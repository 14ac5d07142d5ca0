"""Rows of JSON Lines, JSON, Parquet and CSV files as plain objects, for readers of records of several texts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, islice
from typing import Any, NamedTuple

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from gristmill.collect._columns import called, distinct
from gristmill.collect._compressed import blocks, with_compression
from gristmill.collect._files import members, opened
from gristmill.collect._json import as_json
from gristmill.collect._json_values import WRAPPERS, Unread, json_values
from gristmill.collect._lines import lines
from gristmill.collect._separated import rows as separated
from gristmill.collect.jsonl import line_units, unit_lines, why_no_json
from gristmill.collect.parquet import group_units, groups_of, parquet_file, raw_size
from gristmill.contracts.reader import Member, Unit

LINES = (*with_compression(".jsonl", ".ndjson"),)
JSON = with_compression(".json")
TABLES = with_compression(".csv", ".tsv")
PARQUET = (".parquet", ".pq")
SUFFIXES = (*LINES, *JSON, *TABLES, *PARQUET)

_HEAD_BYTES = 1 << 20


class Row(NamedTuple):
    """A row of a file: its position, raw bytes of the unit read so far, and its columns or why it has none."""

    position: int
    raw: int
    columns: dict[str, object] | str


class TableForm(NamedTuple):
    """How tables are written: what parts the fields (by default a tab for .tsv, else a comma), and the names of the
    columns where no header line has them."""

    delimiter: str | None = None
    columns: tuple[str, ...] = ()


def row_units(member: Member) -> list[Unit]:
    """A file as units that can be read by themselves."""
    if not member.size:
        return []
    name = member.source.lower()
    if name.endswith(PARQUET):
        return group_units(member)
    return line_units(member) if _is_lines(member) else [Unit((member,))]


def rows_of(unit: Unit, limit: int, form: TableForm) -> Iterator[Row]:
    """The rows of a unit in order. A position is a byte offset in plain JSON Lines, else the rows before it."""
    member = unit.members[0]
    name = member.source.lower()
    if name.endswith(PARQUET):
        yield from _of_parquet(unit)
    elif name.endswith(TABLES):
        tabs = ".tsv" in name.rpartition("/")[2]
        yield from _of_table(member, limit, form.delimiter or ("\t" if tabs else ","), form.columns)
    elif _is_lines(member):
        yield from _of_lines(unit, limit)
    else:
        yield from _of_json(member, limit)


def head_rows(path: str, count: int) -> list[dict[str, Any]]:
    """The first rows of a local file, those that can be read."""
    (member,) = members((path,), "/", SUFFIXES)
    rows = (row.columns for unit in row_units(member)[:1] for row in rows_of(unit, _HEAD_BYTES, TableForm()))
    return [row for row in islice(rows, count) if isinstance(row, dict)]


def _is_lines(member: Member) -> bool:
    """Whether the file has an object a line: by its name, or, where that says `.json`, by its first line."""
    name = member.source.lower()
    if name.endswith(LINES) or not name.endswith(JSON):
        return name.endswith(LINES)
    with opened(member) as file:
        first = next(iter(blocks(file)), None)
    head, newline, rest = (first.data if first else b"").lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")
    if not head.startswith(b"{") or not newline or not rest.strip():
        return False
    try:
        return isinstance(orjson.loads(head), dict)
    except orjson.JSONDecodeError:
        return False


def _of_lines(unit: Unit, limit: int) -> Iterator[Row]:
    with opened(unit.members[0]) as file:
        for position, raw, line in unit_lines(file, unit, limit):
            yield Row(position, raw - unit.start, line if isinstance(line, str) else _object(line))


def _object(line: bytes) -> dict[str, object] | str:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return why_no_json(line, error)
    return row if isinstance(row, dict) else "the line is JSON, but not an object"


def _of_json(member: Member, limit: int) -> Iterator[Row]:
    with opened(member) as file:
        position = 0
        for raw, value in json_values(blocks(file), limit):
            for row in _unwrapped(value) if not position else [value]:
                yield Row(position, raw, _whole(row))
                position += 1


def _whole(value: object) -> dict[str, object] | str:
    if isinstance(value, Unread):
        return f"{value}; the rest of the file is lost"
    return value if isinstance(value, dict) else f"the row is {called(value)}, not an object"


def _unwrapped(value: object) -> list[object]:
    if isinstance(value, dict):
        for key in WRAPPERS:
            held = value.get(key)
            if isinstance(held, list) and held and all(isinstance(one, dict) for one in held):
                return held
    return [value]


def _of_table(member: Member, limit: int, delimiter: str, columns: tuple[str, ...]) -> Iterator[Row]:
    with opened(member) as file:
        table = separated(lines(blocks(file), limit, numbered=True, blank=True), delimiter, '"', limit)
        header = list(columns) if columns else next(table, (0, []))[1]
        if isinstance(header, str):
            yield Row(0, member.size, f"the header cannot be read: {header}")
            return
        names = distinct(header)
        for number, (raw, row) in enumerate(table):
            if isinstance(row, str):
                yield Row(number, raw, row)
            elif len(row) != len(names):
                named = "`columns`" if columns else "the header"
                yield Row(number, raw, f"the row has {len(row)} fields, {named} {len(names)}")
            else:
                yield Row(number, raw, dict(zip(names, row, strict=True)))


def _of_parquet(unit: Unit) -> Iterator[Row]:
    source = unit.members[0].source
    with opened(unit.members[0]) as file:
        parquet = parquet_file(file, source)
        first = [*accumulate(_row_counts(parquet), initial=0)]
        before = 0
        for group in range(unit.start, parquet.num_row_groups if unit.stop is None else unit.stop):
            position = first[group]
            each = raw_size(parquet.metadata, group) / max(_row_counts(parquet)[group], 1)
            for found in groups_of(parquet, group):
                if isinstance(found, str):
                    yield Row(position, before, found)
                    return
                for row in _objects(found):
                    position += 1
                    yield Row(position - 1, before + round(each * (position - first[group])), row)
            before += raw_size(parquet.metadata, group)


def _row_counts(parquet: pq.ParquetFile) -> list[int]:
    return [parquet.metadata.row_group(group).num_rows for group in range(parquet.num_row_groups)]


def _objects(batch: pa.RecordBatch) -> list[dict[str, object]]:
    """Rows as JSON has them: times as ISO 8601, bytes as base64; a field that is null in a struct is left out."""
    columns = {name: as_json(batch.column(name)).to_pylist() for name in dict.fromkeys(batch.schema.names)}
    return [
        {name: _without_nulls(orjson.loads(values[row])) for name, values in columns.items() if values[row] is not None}
        for row in range(len(batch))
    ]


def _without_nulls(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_nulls(own) for key, own in value.items() if own is not None}
    return [_without_nulls(one) for one in value] if isinstance(value, list) else value
