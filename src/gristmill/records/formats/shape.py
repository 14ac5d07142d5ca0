"""The shape of a row: its keys and what kind of value each holds, which is all that detection looks at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

NO_KEYS: frozenset[str] = frozenset()


class ValueKind(NamedTuple):
    """What a field holds; `keys` are those of an object, or of the first object of a list."""

    name: str
    keys: frozenset[str] = NO_KEYS


Shape = Mapping[str, ValueKind]
ShapeKey = tuple[tuple[str, ValueKind], ...]

NULL = ValueKind("null")
FLAG = ValueKind("flag")
NUMBER = ValueKind("number")
TEXT = ValueKind("text")
TRANSCRIPT = ValueKind("transcript")
HARMONY = ValueKind("harmony")
EMPTY_LIST = ValueKind("empty list")
TEXTS = ValueKind("texts")
FLAGS = ValueKind("flags")
NUMBERS = ValueKind("numbers")
LISTS = ValueKind("lists")
OTHER = ValueKind("other")

STRINGS = frozenset({TEXT, TRANSCRIPT, HARMONY})
MESSAGE_LISTS = frozenset({"messages", "conversations", "conversation", "items", "dialog", "dialogue"})


def shape_key(row: Mapping[str, Any]) -> ShapeKey:
    """The shape as a hashable key, in the order of the row's fields."""
    return tuple([(key, _kind(key, value)) for key, value in row.items()])


def _kind(key: str, value: Any) -> ValueKind:
    if type(value) is str:
        if value[:1] in "\n<[" and value:
            return _kind_of_text(key, value)
        return TEXT
    if value is None:
        return NULL
    if isinstance(value, bool):
        return FLAG
    if isinstance(value, (int, float)):
        return NUMBER
    if isinstance(value, list):
        return _kind_of_list(value)
    if isinstance(value, dict):
        return ValueKind("object", frozenset(map(str, value)))
    return OTHER


def _kind_of_text(key: str, value: str) -> ValueKind:
    if value.startswith(("\n\nHuman:", "\n\nAssistant:")):
        return TRANSCRIPT
    if value.startswith("<|start|>") and "<|message|>" in value:
        return HARMONY
    if key in MESSAGE_LISTS and value[0] == "[":
        try:
            found = orjson.loads(value)
        except orjson.JSONDecodeError:
            return TEXT
        return _kind_of_list(found) if isinstance(found, list) else TEXT
    return TEXT


def _kind_of_list(value: list[Any]) -> ValueKind:
    if not value:
        return EMPTY_LIST
    first = value[0]
    if isinstance(first, dict):
        return ValueKind("objects", frozenset(map(str, first)))
    if isinstance(first, str):
        return TEXTS
    if isinstance(first, bool):
        return FLAGS
    if isinstance(first, (int, float)):
        return NUMBERS
    return LISTS if isinstance(first, list) else OTHER
