"""A batch as JSON Lines, column by column, byte for byte what orjson makes of each row."""

from __future__ import annotations

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.deliver._nested import contents, kind_of
from gristmill.records.kinds import TURNS, Kind
from gristmill.text.flat import flat
from gristmill.text.json_strings import json_strings

LARGE = pa.large_string()


def json_lines(batch: pa.RecordBatch) -> bytes:
    """One object a row, the columns in order; `metadata`, which is JSON, stands in it as it is.

    A record of several texts has the keys of its kind in the place of `text`; one that a step has given another value
    is in `more`, as in Parquet.
    """
    kind = kind_of(batch.schema)
    if kind != "document":
        return _of_turns(batch, kind)
    parts: list[pa.Array | pa.Scalar] = []
    for position, field in enumerate(batch.schema):
        key = ("," if position else "{") + orjson.dumps(field.name).decode() + ":"
        values = batch.column(position)
        is_json = field.name == "metadata" and _is_text(field.type)
        parts += [pa.scalar(key, LARGE), values.cast(LARGE).fill_null("null") if is_json else as_json(values)]
    lines = pc.binary_join_element_wise(*parts, pa.scalar("}\n", LARGE), pa.scalar("", LARGE))
    whole = flat(lines)
    return whole.data[whole.offsets[0] : whole.offsets[-1]].tobytes()


def _of_turns(batch: pa.RecordBatch, kind: Kind) -> bytes:
    names = [name for name in batch.schema.names if name not in TURNS.names]
    columns = {name: as_json(batch.column(name)).to_pylist() for name in names if name not in ("text", "metadata")}
    columns["metadata"] = pc.fill_null(batch.column("metadata"), "null").to_pylist()
    lines = []
    for row, content in enumerate(contents(batch, kind)):
        parts = []
        for name in names:
            if name == "text":
                lost = {key: content.pop(key) for key in list(content) if key in names}
                own = content | {"more": lost} if lost else content
                parts += [f"{_dumps(key)}:{_dumps(value)}" for key, value in own.items()]
            else:
                parts.append(f"{_dumps(name)}:{columns[name][row]}")
        lines.append("{" + ",".join(parts) + "}\n")
    return "".join(lines).encode()


def _dumps(value: object) -> str:
    return orjson.dumps(value).decode()


def as_json(values: pa.Array) -> pa.Array:
    """Each value as JSON text, null as `null`."""
    kind = values.type
    if _is_text(kind):
        return _strings(values)
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_null(kind):
        return values.cast(LARGE).fill_null("null")
    texts = [orjson.dumps(value, option=orjson.OPT_UTC_Z).decode() for value in values.to_pylist()]
    return pa.array(texts, LARGE)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _strings(values: pa.Array) -> pa.Array:
    whole = flat(values)
    out, bounds = json_strings(whole.data, whole.offsets)
    texts = pa.Array.from_buffers(LARGE, len(values), [None, pa.py_buffer(bounds), pa.py_buffer(out)])
    if not values.null_count:
        return texts
    valid = pa.array(np.asarray(pc.is_valid(values).to_numpy(zero_copy_only=False)))
    return pc.if_else(valid, texts, pa.scalar("null", LARGE))
