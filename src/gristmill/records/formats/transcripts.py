r"""Dialogues in one text, as in hh-rlhf: `\n\nHuman: ...` and `\n\nAssistant: ...`, alone or chosen beside rejected."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

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
from gristmill.records.formats.messages import Message
from gristmill.records.formats.preferences import factored, pair_content, pair_metadata, put_scores, taken_names, two_of
from gristmill.records.formats.shape import TRANSCRIPT, Shape
from gristmill.records.formats.writing import add_metadata, text_of

_MARKS = (("user", "\n\nHuman:"), ("assistant", "\n\nAssistant:"))
_MARK = dict(_MARKS)


def parse(text: str, field: str) -> list[Message]:
    """The messages of a transcript. A mark counts where a space or the end of the text comes after it."""
    marks: list[tuple[int, int, str]] = []
    for role, mark in _MARKS:
        at = text.find(mark)
        while at >= 0:
            end = at + len(mark)
            if end == len(text) or text[end] == " ":
                marks.append((at, end + 1, role))
            at = text.find(mark, end)
    marks.sort()
    if not marks or marks[0][0] != 0:
        raise UnreadableRowError(f"`{field}` does not begin with `\\n\\nHuman: ` or `\\n\\nAssistant: `")
    ends = [at for at, _, _ in marks[1:]] + [len(text)]
    return [{"role": role, "content": text[start:end]} for (_, start, role), end in zip(marks, ends, strict=True)]


def render(messages: list[Message], lost: list[str], of: str) -> str:
    parts = []
    for n, message in enumerate(messages, 1):
        mark = _MARK.get(message["role"])
        if mark is None:
            raise UnwritableRecordError(f"message {n}{of} is of the {message['role']}, who has no mark in a transcript")
        parts.append(f"{mark} {text_of(message, lost, f'message {n}{of}')}")
    text = "".join(parts)
    if [m["content"] for m in parse(text, "text")] != [text_of(m, [], "") for m in messages]:
        raise UnwritableRecordError(f"a message{of} has a mark of the transcript in its text")
    return text


def _read(field: str, row: Row) -> Reading:
    metadata = others(row, {field, "id"}) if len(row) > 1 else {}
    return Reading({"messages": parse(text_field(row, field), field)}, metadata, row_id(row, metadata))


def _write(field: str, content: Content, metadata: Mapping[str, Any], id: str | None) -> Written:
    lost: list[str] = []
    row: Row = {}
    put_id(row, id, metadata)
    row[field] = render(content["messages"], lost, "")
    if content.get("tools"):
        lost.append("tools")
    add_metadata(row, metadata, lost)
    return Written(row, tuple(lost))


def _read_pair(row: Row) -> Reading:
    chosen, rejected = (parse(text_field(row, field), field) for field in ("chosen", "rejected"))
    shared, notes = factored(chosen, rejected)
    content = pair_content(chosen[:shared], chosen[shared:], rejected[shared:], row)
    metadata = pair_metadata(row, {"chosen", "rejected"})
    return Reading(content, metadata, row_id(row, metadata), notes)


def _write_pair(content: Content, metadata: Mapping[str, Any], id: str | None) -> Written:
    lost: list[str] = []
    row: Row = {}
    put_id(row, id, metadata)
    chosen, rejected = two_of(content, lost)
    prompt = content["prompt"]
    for field, completion in (("chosen", chosen), ("rejected", rejected)):
        row[field] = render(prompt + completion["messages"], lost, f" of {field}")
    if factored(prompt + chosen["messages"], prompt + rejected["messages"])[0] != len(prompt):
        lost.append("the border between the prompt and the completions")
    put_scores(row, content, chosen, rejected, lost)
    if content.get("tools"):
        lost.append("tools")
    add_metadata(row, metadata, lost, (), taken_names(metadata))
    return Written(row, tuple(lost))


def _recognise(field: str, shape: Shape) -> Evidence | None:
    if shape.get(field) == TRANSCRIPT:
        return Evidence(f"`{field}` begins with `\\n\\nHuman:` or `\\n\\nAssistant:`", 25)
    return None


def _recognise_pair(shape: Shape) -> Evidence | None:
    if shape.get("chosen") == TRANSCRIPT and shape.get("rejected") == TRANSCRIPT and "prompt" not in shape:
        return Evidence("`chosen` and `rejected` begin with `\\n\\nHuman:` or `\\n\\nAssistant:`", 40)
    return None


FORMATS = (
    Format(
        "transcript",
        "conversation",
        "A dialogue in `text`, marked Human and Assistant",
        ("text",),
        partial(_recognise, "text"),
        partial(_read, "text"),
        partial(_write, "text"),
    ),
    Format(
        "hh_rlhf",
        "preference",
        "hh-rlhf: chosen and rejected dialogues, marked Human and Assistant",
        ("chosen", "rejected"),
        _recognise_pair,
        _read_pair,
        _write_pair,
    ),
)
