"""Which column of a row becomes which column of a record; all that is left over is metadata."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, NamedTuple, TypeVar

import orjson
from pydantic import Field

from gristmill.collect._files_reader import FilesReader
from gristmill.contracts.reader import Reader
from gristmill.records.chunk import Chunk, ChunkBuilder

MAX_RECORD_BYTES = 64 << 20

Row = dict[str, Any]
Found = TypeVar("Found")

_MISSING = object()
_KINDS = {
    type(None): "null",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "a list",
    dict: "an object",
}


class Fields(NamedTuple):
    """A row in the columns of a record."""

    text: str
    id: str | None
    url: str | None
    time: datetime | None
    metadata: str | None


ColumnName = Annotated[str, Field(min_length=1, max_length=1000)]


class RowReader(Reader):
    """A reader of rows with named columns. A dotted name reaches into an object: `page.body`."""

    text: str = Field("text", min_length=1, description="The column that holds the text.")
    id: str = Field("id", min_length=1, description="The column that holds the record's own id, where it has one.")
    url: str = Field("url", min_length=1, description="The column that holds the url, where there is one.")
    time: str = Field(
        "time", min_length=1, description="The column that holds the time (ISO 8601 or seconds since 1970)."
    )
    max_record_bytes: int = Field(
        MAX_RECORD_BYTES, ge=1, le=1 << 31, description="A longer record is quarantined, not read into memory."
    )

    def fields(self, row: Row) -> Fields | str:
        """The row in our columns, or why it has no text. Takes what it uses out of `row`.

        A value that does not fit its column (an id that is a list, a time that is no time) stays in the metadata.
        """
        text = take_text(row, self.text)
        if text is None:
            return _why_no_text(row, self.text)
        id = take_id(row, self.id)
        url = take_text(row, self.url)
        time = take_time(row, self.time)
        try:
            metadata = orjson.dumps(row, option=orjson.OPT_SORT_KEYS).decode() if row else None
        except orjson.JSONEncodeError as error:
            return f"its metadata cannot be kept as JSON ({error})"
        return Fields(text, id, url, time, metadata)

    def chunks(
        self,
        rows: Iterable[tuple[int, int, Found | str]],
        fields: Callable[[Found], Fields | str],
        source: str,
        end: int,
        skip: int = 0,
    ) -> Iterator[Chunk]:
        """The records of rows in order: of each its position, the raw bytes of the unit before it ends, and what was
        found, or why nothing was. `fields` is asked only for rows that were not read before, by `skip`.
        """
        builder = ChunkBuilder(source, skip=skip)
        for position, raw, found in rows:
            if builder.passes(raw):
                continue
            if builder.full:
                yield builder.cut(raw)
            own = found if isinstance(found, str) else fields(found)
            if isinstance(own, str):
                builder.problem(position, own)
            else:
                text, id, url, time, metadata = own
                builder.add(position, text=text, id=id, url=url, time=time, metadata=metadata)
        yield from builder.rest(end)


class ColumnReader(RowReader, FilesReader):
    """A reader of files of rows."""


def distinct(names: Iterable[str]) -> list[str]:
    """The names; one that comes again gets a number (`n`, `n_2`), so that no column hides another."""
    found: dict[str, None] = {}
    for name in names:
        count = 1
        own = name
        while own in found:
            count += 1
            own = f"{name}_{count}"
        found[own] = None
    return list(found)


def _holder(row: Row, path: str) -> tuple[Row, str]:
    """The object a dotted path ends in, and the key there."""
    if path in row or "." not in path:
        return row, path
    first, _, rest = path.partition(".")
    inner = row.get(first)
    return _holder(inner, rest) if isinstance(inner, dict) else (row, path)


def take_text(row: Row, path: str) -> str | None:
    """The string at a path, taken out of the row; None where there is none."""
    holder, key = _holder(row, path)
    value = holder.get(key)
    if isinstance(value, str):
        del holder[key]
        return value
    return None


def take_id(row: Row, path: str) -> str | None:
    """The id at a path, a string or an integer, taken out of the row; None where there is none."""
    holder, key = _holder(row, path)
    value = holder.get(key)
    if value == "" or not isinstance(value, str | int) or isinstance(value, bool):
        return None
    del holder[key]
    return str(value)


def take_time(row: Row, path: str) -> datetime | None:
    """The time at a path, taken out of the row; None where there is none."""
    holder, key = _holder(row, path)
    value = holder.get(key)
    if value is None or (time := as_time(value)) is None:
        return None
    del holder[key]
    return time


def _why_no_text(row: Row, path: str) -> str:
    holder, key = _holder(row, path)
    value = holder.get(key, _MISSING)
    if value is _MISSING:
        return f"the record has no {path!r}"
    return f"{path!r} is null" if value is None else f"{path!r} is {called(value)}, not a string"


def called(value: object) -> str:
    """What a value of JSON is, for people."""
    return _KINDS.get(type(value), f"a {type(value).__name__}")


def as_time(value: object) -> datetime | None:
    """A time in UTC from ISO 8601 (without a zone: UTC) or seconds, milliseconds or microseconds since 1970."""
    try:
        if isinstance(value, str):
            time = datetime.fromisoformat(value.strip())
            return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            size = abs(value)
            # Seconds reach the year 5138 below 1e11; milliseconds and microseconds of our times lie above.
            scale = 1 if size < 1e11 else 1e3 if size < 1e14 else 1e6
            return datetime.fromtimestamp(value / scale, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    return None
