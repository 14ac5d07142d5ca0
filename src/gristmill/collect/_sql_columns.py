"""Rows of a database as Arrow has them, and a hash of them that is the same however they are cut."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from gristmill.collect._json import as_json

_LARGEST = (1 << 63) - 1
_DEEPEST = 64
_SIMPLE = {str: pa.large_string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_(), bytes: pa.large_binary()}
_JSON = pa.json_(pa.large_string())
_NULL, _TEXT, _OTHER = range(3)


def batch_of(names: Sequence[str], rows: Sequence[Sequence[Any]], key: str | None = None) -> pa.RecordBatch:
    """Rows as a batch. Values that one type of Arrow does not hold are JSON, in a column of that type."""
    columns = [_column(values, name == key) for name, values in zip(names, zip(*rows, strict=True), strict=True)]
    return pa.RecordBatch.from_arrays(columns, list(names))


def is_json(kind: pa.DataType) -> bool:
    """Whether the values of a column are JSON, each of a kind of its own."""
    return isinstance(kind, pa.JsonType)


def plain(value: Any, depth: int = 0) -> Any:
    """A value as JSON has it: times as ISO 8601, bytes as base64, decimals and very large numbers as text."""
    if value is None or isinstance(value, str | bool | float):
        return value
    if isinstance(value, int):
        return value if ~_LARGEST <= value <= _LARGEST else str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return b64encode(bytes(value)).decode()
    if depth < _DEEPEST and isinstance(value, dict):
        return {str(key): plain(own, depth + 1) for key, own in value.items()}
    if depth < _DEEPEST and isinstance(value, list | tuple):
        return [plain(own, depth + 1) for own in value]
    return value.total_seconds() if isinstance(value, timedelta) else str(value)


def _column(values: Sequence[Any], is_key: bool) -> pa.Array:
    kinds = {*map(type, values)} - {type(None)}
    if is_key and Decimal in kinds:
        values = [_whole(value) for value in values]
        kinds = {*map(type, values)} - {type(None)}
    if kinds == {memoryview}:
        values, kinds = [None if value is None else bytes(value) for value in values], {bytes}
    if len(kinds) == 1 and not kinds <= _SIMPLE.keys():
        values = [plain(value) for value in values]
        kinds = {*map(type, values)} - {type(None)}
    if not kinds:
        return pa.nulls(len(values))
    if len(kinds) == 1 and kinds <= _SIMPLE.keys():
        try:
            return pa.array(values, _SIMPLE[kinds.pop()])
        except OverflowError:
            pass
    texts = [None if value is None else orjson.dumps(plain(value)).decode() for value in values]
    return _JSON.wrap_array(pa.array(texts, _JSON.storage_type))


def _whole(value: Any) -> Any:
    is_whole = isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value()
    return int(value) if is_whole else value


class RowHash:
    """Counts and hashes rows in their order.

    A value counts as its text, or else as JSON, whatever type a column has: what a batch holds beside it is nothing to
    a row. Of each column the bytes of the values and their lengths go into hashes of their own.
    """

    def __init__(self) -> None:
        self.rows = self.bytes = 0
        self._hashes: list[tuple[xxhash.xxh3_128, xxhash.xxh3_64]] = []

    def add(self, batch: pa.RecordBatch) -> None:
        self._hashes = self._hashes or [(xxhash.xxh3_128(), xxhash.xxh3_64()) for _ in batch.columns]
        for (content, shape), values in zip(self._hashes, batch.columns, strict=True):
            data, lengths = _hashable(values)
            content.update(data)
            shape.update(lengths)
            self.bytes += len(data)
        self.rows += len(batch)

    @property
    def identity(self) -> str:
        whole = xxhash.xxh3_128()
        for content, shape in self._hashes:
            whole.update(content.digest() + shape.digest())
        return f"{self.rows}-{whole.hexdigest()}"


def rows_of(batch: pa.RecordBatch, text: str) -> Iterator[dict[str, Any]]:
    """Rows as JSON has them. Nulls are left out, but that of the text: a table has every column in every row."""
    names = batch.schema.names
    columns = [as_json(values).to_pylist() for values in batch.columns]
    for row in zip(*columns, strict=True):
        yield {
            name: None if value is None else orjson.loads(value)
            for name, value in zip(names, row, strict=True)
            if value is not None or name == text
        }


def _hashable(values: pa.Array) -> tuple[memoryview, bytes]:
    """The bytes of all values on end, and for each its length and whether it is null, text or something else."""
    kind = values.type
    kinds = np.full(len(values), _TEXT)
    if is_json(kind):
        # A text among other values counts as it does in a column of texts.
        held = values.storage.to_pylist()
        found = [None if value is None else orjson.loads(value) for value in held]
        kinds[[not isinstance(value, str) for value in found]] = _OTHER
        texts = [value if isinstance(value, str) else whole for value, whole in zip(found, held, strict=True)]
    elif pa.types.is_large_binary(kind) or pa.types.is_binary(kind):
        texts = [None if value is None else b64encode(value).decode() for value in values.to_pylist()]
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
        texts = values.cast(pa.large_string())
    else:
        texts = as_json(values).cast(pa.large_string())
        kinds[:] = _OTHER
    if isinstance(texts, list):
        texts = pa.array(texts, pa.large_string())
    kinds[np.asarray(pc.is_null(texts))] = _NULL
    _, places, data = texts.buffers()
    offsets = np.frombuffer(places, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    return memoryview(data or b"")[offsets[0] : offsets[-1]], (np.diff(offsets) * 3 + kinds).tobytes()
