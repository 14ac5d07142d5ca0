"""OpenAI's preference form: an input and the preferred and non-preferred output."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gristmill.records.formats.conversations import read_tools
from gristmill.records.formats.format import Content, Evidence, Format, Reading, Row, UnreadableRowError, Written
from gristmill.records.formats.identity import others, put_id, row_id
from gristmill.records.formats.messages import a, read_messages
from gristmill.records.formats.preferences import CONTENT_KEYS, two_of
from gristmill.records.formats.shape import Shape
from gristmill.records.formats.writing import add_metadata, write_messages

_KEYS = ("input", "preferred_output", "non_preferred_output")


def _read(row: Row) -> Reading:
    given = row.get("input")
    if not isinstance(given, dict):
        raise UnreadableRowError(f"`input` is {a(given)}; an object with `messages` is wanted")
    content: Content = {
        "prompt": read_messages(given.get("messages"), "input.messages"),
        "completions": [
            {"messages": read_messages(row.get(key), key), "rank": rank} for rank, key in enumerate(_KEYS[1:])
        ],
    }
    tools = read_tools(given)
    if tools:
        content["tools"] = tools
    for key, value in given.items():
        if key in ("messages", "tools"):
            continue
        if key in CONTENT_KEYS:
            raise UnreadableRowError(f"`input` has a field `{key}`, a name that is taken; rename it")
        content[key] = value
    metadata = others(row, {*_KEYS, "id"})
    return Reading(content, metadata, row_id(row, metadata))


def _write(content: Content, metadata: Mapping[str, Any], id: str | None) -> Written:
    lost: list[str] = []
    chosen, rejected = two_of(content, lost)
    lost.extend(
        f"rating of the {name} completion" for name, c in (("chosen", chosen), ("rejected", rejected)) if "rating" in c
    )
    if "margin" in content:
        lost.append("margin")
    given: dict[str, Any] = {"messages": write_messages(content["prompt"], lost, strict=True, of=" of the prompt")}
    if content.get("tools"):
        given["tools"] = content["tools"]
    given.update((key, value) for key, value in content.items() if key not in CONTENT_KEYS)
    row: Row = {}
    put_id(row, id, metadata)
    row["input"] = given
    for key, completion in zip(_KEYS[1:], (chosen, rejected), strict=True):
        row[key] = write_messages(completion["messages"], lost, strict=True, of=f" of {key}")
    add_metadata(row, metadata, lost)
    return Written(row, tuple(lost))


def _recognise(shape: Shape) -> Evidence | None:
    kind = shape.get("input")
    if kind is None or "messages" not in kind.keys or not all(key in shape for key in _KEYS[1:]):
        return None
    return Evidence("there are `preferred_output` and `non_preferred_output`, and `input` has `messages`", 40)


FORMATS = (
    Format("openai_preference", "preference", "OpenAI fine-tuning, preference", _KEYS, _recognise, _read, _write),
)
