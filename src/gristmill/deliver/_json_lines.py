"""A batch as JSON Lines, column by column, byte for byte what orjson makes of each row."""

from __future__ import annotations

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.deliver._nested import contents, kind_of
from gristmill.records.kinds import TURNS, Kind
from gristmill.text.flat import Flat, flat
from gristmill.text.json_strings import Flags, json_strings, put_between

LARGE = pa.large_string()


def json_lines(batch: pa.RecordBatch) -> memoryview:
    """One object a row, the columns in order; `metadata`, which is JSON, stands in it as it is.

    A record of several texts has the keys of its kind in the place of `text`; one that a step has given another value
    is in `more`, as in Parquet.
    """
    kind = kind_of(batch.schema)
    if kind != "document":
        return memoryview(_of_turns(batch, kind))
    strings = [at for at, field in enumerate(batch.schema) if _is_text(field.type) and field.name != "metadata"]
    if not strings:
        whole = _join(batch, range(len(batch.schema)), end="}\n")
        return whole.data[whole.offsets[0] : whole.offsets[-1]].data
    longest = max(strings, key=lambda at: batch.column(at).nbytes)
    heads = _join(batch, range(longest), end=_key(batch, longest))
    tails = _join(batch, range(longest + 1, len(batch.schema)), end="}\n")
    lines, _ = put_between(heads, flat(batch.column(longest)), _there(batch.column(longest)), tails)
    return lines.data


def _join(batch: pa.RecordBatch, columns: range, end: str) -> Flat:
    """Some columns of each row with their keys, and what comes after them."""
    parts: list[pa.Array | pa.Scalar] = []
    for at in columns:
        values = batch.column(at)
        is_json = batch.schema.field(at).name == "metadata" and _is_text(values.type)
        value = values.cast(LARGE).fill_null("null") if is_json else as_json(values)
        parts += [pa.scalar(_key(batch, at), LARGE), value]
    if not parts:
        return flat(pa.repeat(pa.scalar(end, LARGE), len(batch)))
    return flat(pc.binary_join_element_wise(*parts, pa.scalar(end, LARGE), pa.scalar("", LARGE)))


def _key(batch: pa.RecordBatch, column: int) -> str:
    return ("," if column else "{") + orjson.dumps(batch.schema.field(column).name).decode() + ":"


def _of_turns(batch: pa.RecordBatch, kind: Kind) -> bytes:
    names = [name for name in batch.schema.names if name not in TURNS.names]
    columns = {name: _for_orjson(batch, name) for name in names if name != "text"}
    lines = []
    for row, content in enumerate(contents(batch, kind)):
        line: dict[str, object] = {}
        for name in names:
            if name == "text":
                lost = {key: content.pop(key) for key in list(content) if key in names}
                line |= content
                if lost:
                    line["more"] = orjson.Fragment(orjson.dumps(lost))
            else:
                line[name] = columns[name][row]
        lines.append(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
    return b"".join(lines)


def _for_orjson(batch: pa.RecordBatch, name: str) -> list[object]:
    """The values of a column as orjson writes them; what is JSON already as it stands."""
    values = batch.column(name)
    if name == "metadata":
        texts = pc.fill_null(values, "null").to_pylist()
    elif _is_text(values.type):
        plain: list[object] = values.to_pylist()
        return plain
    else:
        texts = as_json(values).to_pylist()
    return [orjson.Fragment(text) for text in texts]


def as_json(values: pa.Array) -> pa.Array:
    """Each value as JSON text, null as `null`."""
    kind = values.type
    if _is_text(kind):
        return _strings(values)
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_null(kind):
        return values.cast(LARGE).fill_null("null")
    if values.null_count == len(values):
        return pa.repeat(pa.scalar("null", LARGE), len(values))
    if pa.types.is_floating(kind):
        return _floats(values)
    if kind == pa.timestamp("us", tz="UTC"):
        return _times(values)
    texts = [orjson.dumps(value, option=orjson.OPT_UTC_Z).decode() for value in values.to_pylist()]
    return pa.array(texts, LARGE)


def _floats(values: pa.Array) -> pa.Array:
    """All of them as one list of orjson's, taken apart; what is no number is `null`, too."""
    numbers = values.cast(pa.float64()).to_numpy(zero_copy_only=False)  # null as NaN
    listed = np.frombuffer(orjson.dumps(numbers, option=orjson.OPT_SERIALIZE_NUMPY), np.uint8)[1:-1]
    commas = listed == ord(",")
    ends = np.append(np.flatnonzero(commas), len(listed)) - np.arange(len(values))
    bounds = np.append(0, ends)
    return pa.Array.from_buffers(LARGE, len(values), [None, pa.py_buffer(bounds), pa.py_buffer(listed[~commas])])


_WHOLE_SECONDS = ".000000Z"


def _times(values: pa.Array) -> pa.Array:
    """As RFC 3339 has it, with a fraction only where there is one."""
    texts = pc.utf8_replace_slice(values.cast(LARGE), 10, 11, "T")
    seconds = pc.ends_with(texts, _WHOLE_SECONDS)
    texts = pc.if_else(seconds, pc.utf8_replace_slice(texts, -len(_WHOLE_SECONDS), -1, ""), texts)
    quote, nothing = pa.scalar('"', LARGE), pa.scalar("", LARGE)
    return pc.binary_join_element_wise(quote, texts, quote, nothing).fill_null("null")


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _strings(values: pa.Array) -> pa.Array:
    out, bounds = json_strings(flat(values), _there(values))
    return pa.Array.from_buffers(LARGE, len(values), [None, pa.py_buffer(bounds), pa.py_buffer(out)])


def _there(values: pa.Array) -> Flags:
    there: Flags = np.asarray(pc.is_valid(values).to_numpy(zero_copy_only=False))
    return there
