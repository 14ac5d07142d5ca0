"""Records of several texts as they are delivered: columns of messages, completions and fields, with a fixed schema.

What has no column of its own (an image among the parts of a message, a key that is not known) is JSON in `more`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import orjson
import pyarrow as pa

from gristmill.records.kinds import KIND_KEY, TURNS, Kind
from gristmill.records.turns import Content, put_together

TEXT = pa.large_string()

MESSAGE = pa.struct(
    [
        ("role", pa.string()),
        ("content", TEXT),
        ("reasoning", TEXT),
        ("tool_calls", pa.list_(pa.struct([("id", pa.string()), ("name", pa.string()), ("arguments", TEXT)]))),
        ("tool_call_id", pa.string()),
        ("name", pa.string()),
        ("weight", pa.float64()),
        ("more", pa.string()),
    ]
)
COMPLETION = pa.struct(
    [
        ("messages", pa.list_(MESSAGE)),
        ("rank", pa.int64()),
        ("rating", pa.float64()),
        ("label", pa.bool_()),
        ("steps", pa.list_(pa.struct([("text", TEXT), ("label", pa.string())]))),
        ("annotator", pa.string()),
        ("model", pa.string()),
        ("more", pa.string()),
    ]
)
NESTED: Mapping[Kind, pa.Schema] = {
    "conversation": pa.schema([("messages", pa.list_(MESSAGE)), ("tools", pa.string()), ("more", pa.string())]),
    "preference": pa.schema(
        [
            ("prompt", pa.list_(MESSAGE)),
            ("completions", pa.list_(COMPLETION)),
            ("tools", pa.string()),
            ("margin", pa.float64()),
            ("more", pa.string()),
        ]
    ),
    "example": pa.schema(
        [
            ("input", pa.list_(pa.struct([("field", pa.string()), ("value", TEXT)]))),
            ("label", pa.string()),
            ("target", TEXT),
            ("spans", pa.list_(pa.struct([("start", pa.int64()), ("end", pa.int64()), ("label", pa.string())]))),
            ("options", pa.list_(TEXT)),
            ("task", pa.string()),
            ("split", pa.string()),
            ("more", pa.string()),
        ]
    ),
}
"""The columns of each kind in place of `text`, `content` and `roles`. What is no text in `label`, `tools` is JSON."""


def kind_of(schema: pa.Schema) -> Kind:
    """The kind of records that a sink is given."""
    if "roles" not in schema.names:
        return "document"
    told: Kind = (schema.metadata or {}).get(KIND_KEY.encode(), b"conversation").decode()
    return told


def contents(batch: pa.RecordBatch, kind: Kind) -> list[Content]:
    """Each record of a batch as the object that it is, with its texts as they are now."""
    pairs = zip(batch.column("text").to_pylist(), batch.column("content").to_pylist(), strict=True)
    return [put_together(kind, text or "", content) for text, content in pairs]


def nested(batch: pa.RecordBatch, kind: Kind) -> pa.RecordBatch:
    """The batch with the columns of its kind where `text` was; the same batch where it holds documents."""
    if kind == "document":
        return batch
    schema = _without(NESTED[kind], batch.schema.names)
    rows = [_ROW[kind](content) for content in contents(batch, kind)]
    if len(schema) < len(NESTED[kind]):
        rows = [_set_aside(row, batch.schema.names) for row in rows]
    made = pa.RecordBatch.from_pylist(rows, schema)
    columns: dict[str, pa.Array] = {}
    for name in batch.schema.names:
        if name == "text":
            columns |= {own: made.column(own) for own in schema.names}
        elif name not in TURNS.names:
            columns[name] = batch.column(name)
    return pa.RecordBatch.from_arrays(list(columns.values()), schema=nested_schema(batch.schema))


def nested_schema(schema: pa.Schema) -> pa.Schema:
    """The schema of what `nested` makes of batches with this one."""
    kind = kind_of(schema)
    if kind == "document":
        return schema
    fields: list[pa.Field] = []
    for field in schema:
        if field.name == "text":
            fields += _without(NESTED[kind], schema.names)
        elif field.name not in TURNS.names:
            fields.append(field)
    return pa.schema(fields)


def _without(columns: pa.Schema, taken: Collection[str]) -> pa.Schema:
    """The columns of a kind, less those that a step has given every record: the `split` that an example came with is
    not the one that it was put in."""
    return pa.schema([column for column in columns if column.name not in taken])


def _set_aside(row: dict[str, Any], taken: Collection[str]) -> dict[str, Any]:
    """The row with the values that have lost their column among what has none."""
    lost = {name: row.pop(name) for name in list(row) if name in taken}
    return row | {"more": _dumps(orjson.loads(row.get("more", "{}")) | lost)} if lost else row


def _dumps(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _fitting(given: Mapping[str, Any], fields: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
    """The known keys as their columns take them; what is unknown, or does not fit, in `more`."""
    row: dict[str, Any] = {}
    more: dict[str, Any] = {}
    for key, value in given.items():
        take = fields.get(key)
        if value is None and take:
            continue
        try:
            if take is None:
                raise TypeError(key)
            row[key] = take(value)
        except (TypeError, ValueError, OverflowError):
            more[key] = value
    if more:
        row["more"] = _dumps(more)
    return row


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    return float(value)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 1 << 63:
        raise TypeError
    return value


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _json_text(value: Any) -> str:
    return value if isinstance(value, str) else _dumps(value)


def _list(take: Callable[[Any], Any]) -> Callable[[Any], list[Any]]:
    def taken(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise TypeError
        return [take(one) for one in value]

    return taken


def _only(**fields: Callable[[Any], Any]) -> Callable[[Any], dict[str, Any]]:
    """An object of these keys and no other; TypeError else, so that it is kept whole in `more`."""

    def taken(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or not value.keys() <= fields.keys():
            raise TypeError
        return {key: None if own is None else fields[key](own) for key, own in value.items()}

    return taken


_CALL = _only(id=_text, name=_text, arguments=_text)
_MESSAGE: Mapping[str, Callable[[Any], Any]] = {
    "role": _text,
    "content": _text,
    "reasoning": _text,
    "tool_calls": _list(_CALL),
    "tool_call_id": _text,
    "name": _text,
    "weight": _number,
}


def _message(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError
    return _fitting(value, _MESSAGE)


_COMPLETION: Mapping[str, Callable[[Any], Any]] = {
    "messages": _list(_message),
    "rank": _whole,
    "rating": _number,
    "label": _truth,
    "steps": _list(_only(text=_text, label=_json_text)),
    "annotator": _text,
    "model": _text,
}


def _completion(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError
    return _fitting(value, _COMPLETION)


def _conversation(content: Content) -> dict[str, Any]:
    return _fitting(content, {"messages": _list(_message), "tools": _json_text})


def _preference(content: Content) -> dict[str, Any]:
    return _fitting(
        content,
        {
            "prompt": _list(_message),
            "completions": _list(_completion),
            "tools": _json_text,
            "margin": _number,
        },
    )


def _fields(value: Any) -> list[dict[str, str | None]]:
    if not isinstance(value, dict):
        raise TypeError
    return [{"field": str(name), "value": None if own is None else _json_text(own)} for name, own in value.items()]


def _example(content: Content) -> dict[str, Any]:
    return _fitting(
        content,
        {
            "input": _fields,
            "label": _json_text,
            "target": _text,
            "spans": _list(_only(start=_whole, end=_whole, label=_json_text)),
            "options": _list(_json_text),
            "task": _text,
            "split": _text,
        },
    )


_ROW: Mapping[Kind, Callable[[Content], dict[str, Any]]] = {
    "conversation": _conversation,
    "preference": _preference,
    "example": _example,
}
