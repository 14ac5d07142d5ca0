"""An Arrow table in the columns of a record, a column at a time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.collect._columns import RowReader, as_time, distinct
from gristmill.collect._json import as_json, json_object, without_key
from gristmill.errors import InputError
from gristmill.records.chunk import Problem
from gristmill.records.document import DOCUMENT, record_ids

Mask = npt.NDArray[np.bool_]

_DEFAULT = {name: field.default for name, field in RowReader.model_fields.items()}
_TIME = DOCUMENT.field("time").type

_A_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_FIRST_DAY, _LAST_DAY = ((day - date(1970, 1, 1)).days for day in (date.min, date.max))


def check(settings: RowReader, schema: pa.Schema, source: str) -> None:
    """InputError where the table has not the columns that the settings name, or its text is no text."""
    for setting in ("text", "id", "url", "time"):
        wanted = getattr(settings, setting)
        found = type_at(schema, wanted)
        if found is None and (setting == "text" or wanted != _DEFAULT[setting]):
            raise InputError(source, f"it has no column {wanted!r} (it has {', '.join(schema.names)}); set `{setting}`")
        if setting == "text" and not (is_text(found) or pa.types.is_null(found) or is_binary(found)):
            raise InputError(
                source, f"its column {wanted!r} is {found}, not text; set `text` to the column of the text"
            )


def converted(
    batch: pa.RecordBatch, settings: RowReader, source: str, positions: npt.NDArray[np.int64]
) -> tuple[pa.RecordBatch, list[Problem]]:
    """A batch whose rows have these positions: the records, and the rows that are none."""
    batch = batch.rename_columns(distinct(batch.schema.names))
    text, wrong = _text(_at(batch, settings.text), settings)
    problems = [Problem(source, int(positions[row]), why) for row, why in sorted(wrong.items())]
    if wrong:
        good = np.ones(len(batch), np.bool_)
        good[list(wrong)] = False
        rows = pa.array(np.flatnonzero(good))
        batch, text, positions = batch.take(rows), text.take(rows), positions[good]
    used = {settings.text: np.ones(len(batch), np.bool_)}
    rids = pa.array(record_ids([source] * len(positions), positions.tolist()), pa.string())
    ids = _id(_at(batch, settings.id), settings.id, used)
    columns = {
        "rid": rids,
        "id": rids if ids is None else pc.coalesce(ids, rids),
        "source": pa.repeat(pa.scalar(source, pa.string()), len(batch)),
        "position": pa.array(positions, pa.int64()),
        "url": _url(_at(batch, settings.url), settings.url, used),
        "time": _time(_at(batch, settings.time), settings.time, used),
        "text": text,
        "metadata": _metadata(batch, used),
    }
    nulls = (pa.nulls(len(batch), field.type) for field in DOCUMENT)
    arrays = [
        columns[name] if columns[name] is not None else null for name, null in zip(DOCUMENT.names, nulls, strict=True)
    ]
    return pa.record_batch(arrays, schema=DOCUMENT), problems


def text_sizes(batch: pa.RecordBatch, path: str) -> npt.NDArray[np.int64]:
    """Bytes of each text; the column is one that `check` let pass."""
    values = _at(batch, path)
    if values is None or pa.types.is_null(values.type):
        return np.zeros(len(batch), np.int64)
    sizes = pc.fill_null(pc.binary_length(values.cast(pa.large_binary())), 0)
    return np.asarray(sizes, np.int64)


# Finding a column


def type_at(schema: pa.Schema, path: str) -> pa.DataType | None:
    """The type of the column at a dotted path; None where there is none."""
    if path in schema.names:
        return schema.field(schema.names.index(path)).type
    first, *rest = path.split(".")
    found = schema.field(schema.names.index(first)).type if first in schema.names else None
    for name in rest:
        if found is None or not pa.types.is_struct(found) or found.get_field_index(name) < 0:
            return None
        found = found.field(name).type
    return found


def _at(batch: pa.RecordBatch, path: str) -> pa.Array | None:
    """The column at a dotted path; a null object has null fields."""
    names = batch.schema.names
    if type_at(batch.schema, path) is None:
        return None
    if path in names:
        found = batch.column(names.index(path))
    else:
        first, *rest = path.split(".")
        found = pc.struct_field(batch.column(names.index(first)), rest)
    return found.dictionary_decode() if pa.types.is_dictionary(found.type) else found


def is_text(kind: pa.DataType) -> bool:
    """Whether a column is one of text."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def is_binary(kind: pa.DataType) -> bool:
    """Whether a column is one of bytes, which a text may be stored as."""
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind))


# Columns


def _text(values: pa.Array, settings: RowReader) -> tuple[pa.Array, dict[int, str]]:
    """The texts, and for each row without one the reason."""
    wrong: dict[int, str] = {}
    raw = pc.cast(values, pa.large_binary())
    for row in np.flatnonzero(np.asarray(pc.is_null(raw))).tolist():
        wrong[row] = f"{settings.text!r} is null"
    limit = settings.max_record_bytes
    sizes = pc.fill_null(pc.binary_length(raw), 0).to_numpy(zero_copy_only=False)
    for row in np.flatnonzero(sizes > limit).tolist():
        wrong[row] = f"{settings.text!r} is longer than max_record_bytes ({limit} bytes)"
    try:
        text = raw.cast(pa.large_string())  # checks the UTF-8, which Parquet does not promise
    except pa.ArrowInvalid:
        texts = []
        for row, value in enumerate(raw.to_pylist()):
            try:
                texts.append(value if value is None else value.decode())
            except UnicodeDecodeError as error:
                texts.append(None)
                wrong.setdefault(row, f"{settings.text!r} is not UTF-8 (byte {error.start} of it)")
        text = pa.array(texts, pa.large_string())
    return text, wrong


def _id(values: pa.Array | None, path: str, used: dict[str, Mask]) -> pa.Array | None:
    if values is None or not (is_text(values.type) or pa.types.is_integer(values.type)):
        return None
    ids = _valid(values).cast(pa.string())
    ids = pc.if_else(pc.equal(ids, ""), None, ids)
    used[path] = np.asarray(pc.is_valid(ids))
    return ids


def _url(values: pa.Array | None, path: str, used: dict[str, Mask]) -> pa.Array | None:
    if values is None or not is_text(values.type):
        return None
    used[path] = np.ones(len(values), np.bool_)
    return _valid(values).cast(pa.string())


def _time(values: pa.Array | None, path: str, used: dict[str, Mask]) -> pa.Array | None:
    if values is None:
        return None
    kind = values.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        values = _of_calendar(values)
        times = values.cast(pa.timestamp("us", kind.tz if pa.types.is_timestamp(kind) else None), safe=False).cast(
            _TIME
        )
    elif is_text(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind):
        times = pa.array([None if value is None else as_time(value) for value in _valid(values).to_pylist()], _TIME)
    else:
        return None
    used[path] = np.asarray(pc.is_valid(times))
    return times


def _of_calendar(values: pa.Array) -> pa.Array:
    """The times from the year 1 to 9999, null for others, which Python and most formats cannot hold."""
    kind = values.type
    a_day = 1 if pa.types.is_date32(kind) else 86_400_000 if pa.types.is_date64(kind) else 86_400 * _A_SECOND[kind.unit]
    days = pc.divide(values.cast(pa.int32() if pa.types.is_date32(kind) else pa.int64()), a_day)
    return pc.if_else(pc.and_(pc.greater(days, _FIRST_DAY), pc.less(days, _LAST_DAY)), values, None)


def _valid(values: pa.Array) -> pa.Array:
    """Text whose broken UTF-8 is replaced, as U+FFFD; other values as they are."""
    if not is_text(values.type):
        return values
    try:
        values.validate(full=True)
    except pa.ArrowInvalid:
        raw = values.cast(pa.large_binary()).to_pylist()
        return pa.array(
            [None if value is None else value.decode("utf-8", "replace") for value in raw], pa.large_string()
        )
    return values


def _metadata(batch: pa.RecordBatch, used: dict[str, Mask]) -> pa.Array:
    """All that is left over. Nulls are left out: a table has every column for every row."""
    columns: dict[str, pa.Array] = {}
    for name, values in zip(batch.schema.names, batch.columns, strict=True):
        if pa.types.is_dictionary(values.type):
            values = values.dictionary_decode()
        taken = used.get(name)
        inner = _inner(name, used, batch.schema.names)
        if taken is not None:
            if taken.all():
                continue
            columns[name] = as_json(_valid(pc.if_else(pa.array(~taken), values, None)))
        elif inner:
            columns[name] = without_key(values, inner)
        else:
            columns[name] = as_json(_valid(values))
    return json_object(columns, len(batch))


def _inner(name: str, used: dict[str, Mask], names: Iterable[str]) -> dict[tuple[str, ...], Mask]:
    """What was used inside a struct column: the path in it, and the rows where it was used."""
    return {
        tuple(path.split(".")[1:]): mask
        for path, mask in used.items()
        if path not in names and path.partition(".")[0] == name
    }
