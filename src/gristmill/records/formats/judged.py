"""Rows of one judged answer: TRL's unpaired preference (KTO) and stepwise supervision."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from gristmill.records.formats.conversations import read_tools
from gristmill.records.formats.exchange import text_field
from gristmill.records.formats.format import (
    Content,
    Evidence,
    Format,
    Reading,
    Row,
    UnreadableRowError,
    UnwritableRecordError,
    Written,
)
from gristmill.records.formats.identity import others, put_id, row_id
from gristmill.records.formats.messages import Message, a, read_messages
from gristmill.records.formats.shape import EMPTY_LIST, FLAG, FLAGS, NUMBER, NUMBERS, STRINGS, TEXTS, Shape, ValueKind
from gristmill.records.formats.writing import add_metadata, text_of, write_messages


def _side(row: Row, field: str, role: str, chat: bool) -> list[Message]:
    if chat:
        return read_messages(row.get(field), field)
    return [{"role": role, "content": text_field(row, field)}]


def _write_side(messages: list[Message], field: str, role: str, chat: bool, lost: list[str]) -> Any:
    if chat:
        return write_messages(messages, lost, of=f" of the {field}")
    if [m["role"] for m in messages] != [role]:
        raise UnwritableRecordError(f"the {field} is not one message of the {role}")
    return text_of(messages[0], lost, f"the {field}")


def _read_unpaired(chat: bool, row: Row) -> Reading:
    label = row.get("label")
    if label not in (True, False):
        raise UnreadableRowError(f"`label` is {a(label)}; true or false is wanted")
    completion = {"messages": _side(row, "completion", "assistant", chat), "label": bool(label)}
    content: Content = {"prompt": _side(row, "prompt", "user", chat), "completions": [completion]}
    tools = read_tools(row)
    if tools:
        content["tools"] = tools
    metadata = others(row, {"prompt", "completion", "label", "id", "tools"})
    return Reading(content, metadata, row_id(row, metadata))


def _one(content: Content) -> dict[str, Any]:
    if len(content["completions"]) != 1:
        raise UnwritableRecordError(f"there are {len(content['completions'])} completions; this format holds one")
    completion: dict[str, Any] = content["completions"][0]
    return completion


def _write_unpaired(chat: bool, content: Content, metadata: Mapping[str, Any], id: str | None) -> Written:
    completion = _one(content)
    if "label" not in completion:
        raise UnwritableRecordError("the completion has no label")
    lost = [f"{key} of the completion" for key in completion if key not in ("messages", "label")]
    row: Row = {}
    put_id(row, id, metadata)
    row["prompt"] = _write_side(content["prompt"], "prompt", "user", chat, lost)
    row["completion"] = _write_side(completion["messages"], "completion", "assistant", chat, lost)
    row["label"] = completion["label"]
    return _finished(row, content, metadata, lost)


def _finished(row: Row, content: Content, metadata: Mapping[str, Any], lost: list[str]) -> Written:
    if content.get("tools"):
        row["tools"] = content["tools"]
    lost.extend(f"`{key}`" for key in content if key not in ("prompt", "completions", "tools"))
    add_metadata(row, metadata, lost, (), ("tools",))
    return Written(row, tuple(lost))


def _read_steps(chat: bool, row: Row) -> Reading:
    texts, labels = row.get("completions"), row.get("labels")
    if not isinstance(texts, list) or not isinstance(labels, list):
        raise UnreadableRowError("`completions` and `labels` are not both lists")
    if len(texts) != len(labels):
        raise UnreadableRowError(f"there are {len(texts)} `completions` and {len(labels)} `labels`")
    steps = []
    for n, (text, label) in enumerate(zip(texts, labels, strict=True), 1):
        if not isinstance(text, str):
            raise UnreadableRowError(f"step {n} of `completions` is {a(text)}; a text is wanted")
        if not isinstance(label, (bool, int, float)):
            raise UnreadableRowError(f"label {n} of `labels` is {a(label)}; true, false or a number is wanted")
        steps.append({"text": text, "label": label})
    content: Content = {
        "prompt": _side(row, "prompt", "user", chat),
        "completions": [{"messages": [], "steps": steps}],
    }
    tools = read_tools(row)
    if tools:
        content["tools"] = tools
    metadata = others(row, {"prompt", "completions", "labels", "id", "tools"})
    return Reading(content, metadata, row_id(row, metadata))


def _write_steps(chat: bool, content: Content, metadata: Mapping[str, Any], id: str | None) -> Written:
    completion = _one(content)
    if "steps" not in completion:
        raise UnwritableRecordError("the completion has no steps")
    lost = [f"{key} of the completion" for key, value in completion.items() if key != "steps" and value != []]
    row: Row = {}
    put_id(row, id, metadata)
    row["prompt"] = _write_side(content["prompt"], "prompt", "user", chat, lost)
    row["completions"] = [step["text"] for step in completion["steps"]]
    row["labels"] = [step["label"] for step in completion["steps"]]
    for n, step in enumerate(completion["steps"], 1):
        lost.extend(f"{key} of step {n}" for key in step if key not in ("text", "label"))
    return _finished(row, content, metadata, lost)


def _is(kind: ValueKind | None, chat: bool) -> bool:
    return (kind.name == "objects" and "role" in kind.keys if chat else kind in STRINGS) if kind is not None else False


def _recognise_unpaired(chat: bool, shape: Shape) -> Evidence | None:
    if not (_is(shape.get("prompt"), chat) and _is(shape.get("completion"), chat)):
        return None
    if shape.get("label") not in (FLAG, NUMBER):
        return None
    what = "lists of messages" if chat else "texts"
    return Evidence(f"`prompt` and `completion` are {what} beside a `label`", 32)


def _recognise_steps(chat: bool, shape: Shape) -> Evidence | None:
    if not _is(shape.get("prompt"), chat) or shape.get("completions") not in (TEXTS, EMPTY_LIST):
        return None
    if shape.get("labels") not in (FLAGS, NUMBERS, EMPTY_LIST):
        return None
    return Evidence("`completions` is a list of texts beside as many `labels`", 32)


def _format(name: str, title: str, chat: bool, steps: bool) -> Format:
    return Format(
        name,
        "preference",
        title,
        ("prompt", "completions", "labels") if steps else ("prompt", "completion", "label"),
        partial(_recognise_steps if steps else _recognise_unpaired, chat),
        partial(_read_steps if steps else _read_unpaired, chat),
        partial(_write_steps if steps else _write_unpaired, chat),
    )


FORMATS = (
    _format("unpaired", "TRL unpaired preference (KTO), texts", False, False),
    _format("unpaired_messages", "TRL unpaired preference (KTO), conversational", True, False),
    _format("stepwise", "TRL stepwise supervision", False, True),
    _format("stepwise_messages", "TRL stepwise supervision with a prompt of messages", True, True),
)
