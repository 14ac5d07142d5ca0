"""MT-bench: questions of several turns, with or without references, and files of a model's answers to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
from gristmill.records.formats.messages import Message, a
from gristmill.records.formats.shape import TEXTS, Shape
from gristmill.records.formats.writing import add_metadata, text_of


def _turns(found: object, role: str) -> list[Message]:
    if not isinstance(found, list) or not found:
        raise UnreadableRowError(f"`turns` is {'empty' if found == [] else a(found)}; a list of texts is wanted")
    for n, text in enumerate(found, 1):
        if not isinstance(text, str):
            raise UnreadableRowError(f"turn {n} is {a(text)}; a text is wanted")
    return [{"role": role, "content": text} for text in found]


def _read_questions(row: Row) -> Reading:
    """The questions alone: the references are not answers that were given, and stay a field."""
    metadata = others(row, {"question_id", "turns"})
    return Reading({"messages": _turns(row.get("turns"), "user")}, metadata, row_id(row, metadata, "question_id"))


def _write_questions(content: Content, metadata: Mapping[str, Any], id: str | None) -> Written:
    lost: list[str] = []
    row: Row = {}
    put_id(row, id, metadata, "question_id")
    row["turns"] = []
    for n, message in enumerate(content["messages"], 1):
        if message["role"] == "user":
            row["turns"].append(text_of(message, lost, f"message {n}"))
        else:
            lost.append(f"message {n} ({message['role']})")
    if not row["turns"]:
        raise UnwritableRecordError("there is no question of the user")
    if content.get("tools"):
        lost.append("tools")
    add_metadata(row, metadata, lost)
    return Written(row, tuple(lost))


def _read_answers(row: Row) -> Reading:
    choices = row.get("choices")
    if not isinstance(choices, list) or len(choices) != 1 or not isinstance(choices[0], dict):
        count = len(choices) if isinstance(choices, list) else 0
        raise UnreadableRowError(f"`choices` holds {count} answers; one is read, as a preference needs ratings")
    metadata = others(row, {"choices", "answer_id"})
    metadata.update((key, value) for key, value in choices[0].items() if key != "turns" and key not in metadata)
    return Reading(
        {"messages": _turns(choices[0].get("turns"), "assistant")}, metadata, row_id(row, metadata, "answer_id")
    )


def _recognise_questions(shape: Shape) -> Evidence | None:
    if "question_id" in shape and shape.get("turns") == TEXTS:
        return Evidence("there is `question_id`, and `turns` is a list of texts", 30)
    return None


def _recognise_answers(shape: Shape) -> Evidence | None:
    kind = shape.get("choices")
    if "question_id" in shape and kind is not None and "turns" in kind.keys:
        return Evidence("there is `question_id`, and `choices` is a list of objects with `turns`", 30)
    return None


FORMATS = (
    Format(
        "mt_bench",
        "conversation",
        "MT-bench questions",
        ("question_id", "turns"),
        _recognise_questions,
        _read_questions,
        _write_questions,
    ),
    Format(
        "mt_bench_answers",
        "conversation",
        "MT-bench answers of a model",
        ("question_id", "choices"),
        _recognise_answers,
        _read_answers,
    ),
)
