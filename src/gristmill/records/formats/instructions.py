"""Rows of one instruction and its answer: Alpaca, GPTeacher and Dolly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from gristmill.records.formats.exchange import exchange_of, optional_text, put_system, text_field
from gristmill.records.formats.format import Content, Evidence, Format, Reading, Row, UnreadableRowError, Written
from gristmill.records.formats.identity import others, put_id, row_id
from gristmill.records.formats.messages import Message, a
from gristmill.records.formats.shape import EMPTY_LIST, LISTS, NULL, NUMBER, STRINGS, Shape
from gristmill.records.formats.writing import add_metadata, text_of

INPUT_BREAK = "input_break"
_JOIN = "\n\n"


@dataclass(frozen=True)
class Dialect:
    """The names of the instruction's further input and of the answer."""

    input: str
    output: str
    history: bool = False


def join_input(instruction: str, given: str) -> tuple[str, int]:
    """Both texts with a blank line between them, and how many blank lines come before that one.

    The number finds the border again, also after an edit elsewhere in the text, which an offset would not.
    """
    joined = instruction + _JOIN + given
    before = 0
    at = joined.find(_JOIN)
    while at < len(instruction):
        before += 1
        at = joined.find(_JOIN, at + 1)
    return joined, before


def split_input(text: str, before: int) -> tuple[str, str] | None:
    """The two texts that `join_input` joined, or None where the border is gone."""
    at = -1
    for _ in range(before + 1):
        at = text.find(_JOIN, at + 1)
        if at < 0:
            return None
    return text[:at], text[at + len(_JOIN) :]


def read(dialect: Dialect, row: Row) -> Reading:
    user = text_field(row, "instruction")
    answer = text_field(row, dialect.output)
    given = row.get(dialect.input)
    ours = {"instruction", dialect.input, dialect.output, "id"}
    before = -1
    if given and given == given:
        user, before = join_input(user, text_field(row, dialect.input))
    messages: list[Message] = [{"role": "user", "content": user}, {"role": "assistant", "content": answer}]
    if dialect.history and ("history" in row or "system" in row):
        ours |= {"history", "system"}
        messages = _earlier(row) + messages
    metadata = others(row, ours) if len(row) > 3 or not row.keys() <= ours else {}
    if before >= 0:
        _claim(metadata, before)
    return Reading({"messages": messages}, metadata, row_id(row, metadata))


def _claim(metadata: dict[str, Any], before: int) -> None:
    if INPUT_BREAK in metadata:
        raise UnreadableRowError(f"the row has a field `{INPUT_BREAK}`, a name that is taken; rename it")
    metadata[INPUT_BREAK] = before


def _earlier(row: Row) -> list[Message]:
    system = optional_text(row, "system")
    messages: list[Message] = [{"role": "system", "content": system}] if system else []
    history = row.get("history") or []
    if not isinstance(history, list):
        raise UnreadableRowError(f"`history` is {a(history)}; a list of pairs is wanted")
    for n, pair in enumerate(history, 1):
        if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(text, str) for text in pair):
            raise UnreadableRowError(f"entry {n} of `history` is no pair of texts")
        messages += [{"role": "user", "content": pair[0]}, {"role": "assistant", "content": pair[1]}]
    return messages


def write(dialect: Dialect, content: Content, metadata: Mapping[str, Any], id: str | None) -> Written:
    lost: list[str] = []
    row: Row = {}
    put_id(row, id, metadata)
    exchange = exchange_of(content["messages"], lost, history=dialect.history, system=dialect.history)
    row["instruction"], row[dialect.input] = split_user(text_of(exchange.user, lost, "the question"), metadata, lost)
    row[dialect.output] = text_of(exchange.assistant, lost, "the answer")
    if exchange.system is not None:
        put_system(row, exchange.system, lost)
    if exchange.history:
        row["history"] = [
            [text_of(q, lost, "an earlier question"), text_of(r, lost, "an earlier answer")]
            for q, r in exchange.history
        ]
    if content.get("tools"):
        lost.append("tools")
    used = (INPUT_BREAK,) if row[dialect.input] else ()
    add_metadata(row, metadata, lost, used, (INPUT_BREAK, "history", "system") if dialect.history else (INPUT_BREAK,))
    return Written(row, tuple(lost))


def split_user(text: str, metadata: Mapping[str, Any], lost: list[str]) -> tuple[str, str]:
    before = metadata.get(INPUT_BREAK)
    if not isinstance(before, int):
        return text, ""
    parts = split_input(text, before)
    if parts is None or not parts[1]:
        return text, ""
    return parts


def _recognise(dialect: Dialect, marks: tuple[str, ...], shape: Shape) -> Evidence | None:
    if not (shape.get("instruction") in STRINGS and shape.get(dialect.output) in STRINGS):
        return None
    given = shape.get(dialect.input, NULL)
    if given not in STRINGS and given not in (NULL, NUMBER):
        return None
    if dialect.history and shape.get("history", NULL) not in STRINGS | {NULL, EMPTY_LIST, LISTS}:
        return None
    found = [mark for mark in marks if mark in shape]
    names = ["instruction", *found, dialect.output]
    return Evidence(f"there are {' and '.join(f'`{name}`' for name in names)}, all of them texts", 20 + 2 * len(found))


def _format(name: str, title: str, dialect: Dialect, marks: tuple[str, ...]) -> Format:
    return Format(
        name,
        "conversation",
        title,
        ("instruction", dialect.output),
        partial(_recognise, dialect, marks),
        partial(read, dialect),
        partial(write, dialect),
    )


FORMATS = (
    _format(
        "alpaca",
        "Alpaca (instruction, input, output; also history and system)",
        Dialect("input", "output", history=True),
        ("input",),
    ),
    _format("gpteacher", "GPTeacher (instruction, input, response)", Dialect("input", "response"), ("input",)),
    _format("dolly", "Dolly (instruction, context, response, category)", Dialect("context", "response"), ("context",)),
)
