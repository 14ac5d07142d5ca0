"""Arrow columns as JSON text, by Arrow itself where the type allows it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc

Mask = npt.NDArray[np.bool_]

_TO_ESCAPE = r'[\x00-\x1f"\\]'


def json_object(columns: Mapping[str, pa.Array], rows: int) -> pa.Array:
    """One JSON object a row from columns of JSON text, keys sorted, nulls left out; null where none is left."""
    # With null_handling="skip", Arrow's join gives no rows at all where every value is null: hence the commas.
    parts = ["{"]
    for name in sorted(columns):
        key = orjson.dumps(name).decode() + ":"
        parts.append(pc.coalesce(pc.binary_join_element_wise(key, columns[name].cast(pa.string()), ",", ""), ""))
    if len(parts) == 1:
        return pa.nulls(rows, pa.string())
    whole = pc.binary_join_element_wise(*parts, "")
    closed = pc.binary_join_element_wise(pc.utf8_slice_codeunits(whole, 0, -1), "}", "")
    return pc.if_else(pc.equal(whole, "{"), None, closed)


def as_json(values: pa.Array) -> pa.Array:
    """Each value as JSON text, null where it is null. Bytes become base64, times ISO 8601, decimals strings."""
    kind = values.type
    if pa.types.is_null(kind):
        return pa.nulls(len(values), pa.string())
    if isinstance(kind, pa.JsonType):
        return values.storage.cast(pa.string())
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return values.cast(pa.string())
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    if is_text and not pc.any(pc.match_substring_regex(values, _TO_ESCAPE)).as_py():
        return pc.binary_join_element_wise('"', values.cast(pa.string()), '"', "")
    return pa.array([None if value is None else _dumps(value) for value in _objects(values)], pa.string())


def without_key(values: pa.Array, used: Mapping[tuple[str, ...], Mask]) -> pa.Array:
    """A struct column as JSON text, less the fields at these paths in the rows where they were used."""
    out = []
    for row, value in enumerate(_objects(values)):
        for path, mask in used.items():
            if value is not None and mask[row]:
                _drop(value, path)
        out.append(None if not value else _dumps(value))
    return pa.array(out, pa.string())


def _drop(value: dict[str, Any], path: tuple[str, ...]) -> None:
    for name in path[:-1]:
        if not isinstance(value := value[name], dict):
            return
    del value[path[-1]]


def _objects(values: pa.Array) -> list[Any]:
    found: list[Any]
    try:
        found = _cast(values, _coarse).to_pylist()
    except (ValueError, OverflowError):  # a time beyond the year 9999 among them
        found = [value for row in range(len(values)) for value in _one(values.slice(row, 1))]
    return found


def _one(value: pa.Array) -> list[Any]:
    """A single value; times in it as numbers where Python cannot hold them."""
    try:
        found: list[Any] = _cast(value, _coarse).to_pylist()
    except (ValueError, OverflowError):
        found = _cast(value, _as_number).to_pylist()
    return found


def _cast(values: pa.Array, simpler: Callable[[pa.DataType], pa.DataType]) -> pa.Array:
    kind = _throughout(values.type, simpler)
    return values if kind == values.type else values.cast(kind, safe=False)


def _as_number(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_date32(kind) or pa.types.is_time32(kind):
        return pa.int32()
    return pa.int64() if pa.types.is_temporal(kind) else kind


def _coarse(kind: pa.DataType) -> pa.DataType:
    """The type with microseconds in place of nanoseconds, which Python cannot hold."""
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        return pa.timestamp("us", kind.tz)
    if pa.types.is_duration(kind) and kind.unit == "ns":
        return pa.duration("us")
    if pa.types.is_time64(kind) and kind.unit == "ns":
        return pa.time64("us")
    return kind


def _throughout(kind: pa.DataType, simpler: Callable[[pa.DataType], pa.DataType]) -> pa.DataType:
    """The type with every type in it made simpler."""
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(_throughout(field.type, simpler)) for field in kind])
    if pa.types.is_map(kind):
        return pa.map_(kind.key_type, _throughout(kind.item_type, simpler))
    if pa.types.is_large_list(kind):
        return pa.large_list(kind.value_field.with_type(_throughout(kind.value_type, simpler)))
    if pa.types.is_list(kind):
        return pa.list_(kind.value_field.with_type(_throughout(kind.value_type, simpler)))
    return simpler(kind)


def _dumps(value: object) -> str:
    return orjson.dumps(value, default=_plain, option=orjson.OPT_SORT_KEYS).decode()


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
