"""Rows of a chosen and a rejected answer: TRL's preference forms, and scored pairs for reward models."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

from gristmill.records.formats.conversations import read_tools
from gristmill.records.formats.exchange import put_system, text_field
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
from gristmill.records.formats.shape import STRINGS, Shape, ValueKind
from gristmill.records.formats.writing import add_metadata, text_of, write_messages

Completion = dict[str, Any]
_SCORES = (
    ("score_chosen", "score_rejected"),
    ("chosen_score", "rejected_score"),
    ("chosen_rating", "rejected_rating"),
)
CONTENT_KEYS = frozenset({"prompt", "completions", "tools", "margin"})


def number(value: object, field: str) -> float | int | None:
    """A number, or None for null and NaN."""
    if value is None or value != value:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise UnreadableRowError(f"`{field}` is {a(value)}; a number is wanted")
    return value


def pair_content(prompt: list[Message], chosen: list[Message], rejected: list[Message], row: Row) -> Content:
    """A preference of two, with the scores, margin and tools that stand in the row."""
    better: Completion = {"messages": chosen, "rank": 0}
    worse: Completion = {"messages": rejected, "rank": 1}
    content: Content = {"prompt": prompt, "completions": [better, worse]}
    tools = read_tools(row)
    if tools:
        content["tools"] = tools
    if len(row) > 2:
        keys = next((keys for keys in _SCORES if keys[0] in row and keys[1] in row), None)
        if keys is not None:
            for completion, key in zip((better, worse), keys, strict=True):
                rating = number(row[key], key)
                if rating is not None:
                    completion["rating"] = rating
        margin = number(row.get("margin"), "margin")
        if margin is not None:
            content["margin"] = margin
    return content


def pair_metadata(row: Row, ours: set[str]) -> dict[str, Any]:
    used = next((set(keys) for keys in _SCORES if keys[0] in row and keys[1] in row), set())
    return others(row, ours | used | {"id", "margin", "tools"})


def factored(chosen: list[Message], rejected: list[Message]) -> tuple[int, tuple[str, ...]]:
    """How many messages both have in common, the last of either left out, and what is odd about them."""
    most = min(len(chosen), len(rejected)) - 1
    shared = 0
    while shared < most and chosen[shared] == rejected[shared]:
        shared += 1
    if chosen == rejected:
        return shared, ("chosen and rejected are the same",)
    rest = chosen[shared:], rejected[shared:]
    if any(len(messages) > 1 or messages[0]["role"] != "assistant" for messages in rest):
        return shared, (f"chosen and rejected part at message {shared + 1}, before their last answer",)
    return shared, ()


def two_of(content: Content, lost: list[str]) -> tuple[Completion, Completion]:
    """The best and the worst completion where they differ in rank; the others are lost."""
    completions: Sequence[Completion] = content["completions"]
    ranked = sorted((c for c in completions if "rank" in c), key=lambda c: c["rank"])
    if len(ranked) < 2 or ranked[0]["rank"] == ranked[-1]["rank"]:
        raise UnwritableRecordError("there are no two completions of which one is better")
    if len(completions) > 2:
        lost.append(f"{len(completions) - 2} of {len(completions)} completions")
    for name, completion in (("chosen", ranked[0]), ("rejected", ranked[-1])):
        lost.extend(
            f"{key} of the {name} completion" for key in completion if key not in ("messages", "rank", "rating")
        )
        if not completion["messages"]:
            raise UnwritableRecordError(f"the {name} completion has no messages")
    return ranked[0], ranked[-1]


def taken_names(metadata: Mapping[str, Any], more: Collection[str] = ()) -> set[str]:
    """Names that `pair_content` would read; one score without its partner is a field like others."""
    scores = {key for keys in _SCORES if all(key in metadata for key in keys) for key in keys}
    return {"tools", "margin", *more, *scores}


def put_scores(row: Row, content: Content, chosen: Completion, rejected: Completion, lost: list[str]) -> None:
    if "rating" in chosen or "rating" in rejected:
        row["score_chosen"], row["score_rejected"] = chosen.get("rating"), rejected.get("rating")
    if "margin" in content:
        row["margin"] = content["margin"]
    lost.extend(f"`{key}`" for key in content if key not in CONTENT_KEYS)


def _read_texts(question: str | None, row: Row) -> Reading:
    """`system` beside the question is read where the row has it (Orca pairs)."""
    prompt: list[Message] = []
    ours = {"chosen", "rejected"}
    if question is not None:
        ours |= {question, "system"}
        if row.get("system"):
            prompt.append({"role": "system", "content": text_field(row, "system")})
        prompt.append({"role": "user", "content": text_field(row, question)})
    chosen, rejected = ([{"role": "assistant", "content": text_field(row, field)}] for field in ("chosen", "rejected"))
    content = pair_content(prompt, chosen, rejected, row)
    metadata = pair_metadata(row, ours)
    notes = factored(chosen, rejected)[1]
    return Reading(content, metadata, row_id(row, metadata), notes)


def _write_texts(question: str | None, content: Content, metadata: Mapping[str, Any], id: str | None) -> Written:
    lost: list[str] = []
    row: Row = {}
    put_id(row, id, metadata)
    prompt = list(content["prompt"])
    if question is not None and len(prompt) == 2 and prompt[0]["role"] == "system":
        put_system(row, prompt.pop(0), lost)
    wanted = [] if question is None else ["user"]
    if [m["role"] for m in prompt] != wanted:
        raise UnwritableRecordError(
            f"the prompt has {len(prompt)} messages; this format holds {len(wanted)}, of the user"
        )
    if question is not None:
        row[question] = text_of(prompt[0], lost, "the prompt")
    pair = two_of(content, lost)
    for field, completion in zip(("chosen", "rejected"), pair, strict=True):
        if [m["role"] for m in completion["messages"]] != ["assistant"]:
            raise UnwritableRecordError(f"the {field} completion is not one answer")
        row[field] = text_of(completion["messages"][0], lost, f"the {field} completion")
    put_scores(row, content, *pair, lost)
    if content.get("tools"):
        row["tools"] = content["tools"]
    add_metadata(row, metadata, lost, (), taken_names(metadata, () if question is None else ("system",)))
    return Written(row, tuple(lost))


def read_pair(explicit: bool, row: Row) -> Reading:
    chosen, rejected = read_messages(row.get("chosen"), "chosen"), read_messages(row.get("rejected"), "rejected")
    shared, notes = factored(chosen, rejected)
    if explicit:
        prompt = read_messages(row.get("prompt"), "prompt")
        shared = 0
    else:
        prompt, chosen, rejected = chosen[:shared], chosen[shared:], rejected[shared:]
    content = pair_content(prompt, chosen, rejected, row)
    metadata = pair_metadata(row, {"chosen", "rejected", *(("prompt",) if explicit else ())})
    return Reading(content, metadata, row_id(row, metadata), notes)


def write_pair(explicit: bool, content: Content, metadata: Mapping[str, Any], id: str | None) -> Written:
    lost: list[str] = []
    row: Row = {}
    put_id(row, id, metadata)
    chosen, rejected = two_of(content, lost)
    prompt = []
    if explicit or content["prompt"]:
        prompt = write_messages(content["prompt"], lost, of=" of the prompt")
    if explicit:
        row["prompt"] = prompt
    for field, completion in (("chosen", chosen), ("rejected", rejected)):
        own = write_messages(completion["messages"], lost, of=f" of the {field} completion")
        row[field] = own if explicit else prompt + own
    if not explicit and factored(content["prompt"] + chosen["messages"], content["prompt"] + rejected["messages"])[
        0
    ] != len(content["prompt"]):
        lost.append("the border between the prompt and the completions")
    put_scores(row, content, chosen, rejected, lost)
    if content.get("tools"):
        row["tools"] = content["tools"]
    add_metadata(row, metadata, lost, (), taken_names(metadata))
    return Written(row, tuple(lost))


def _is_messages(kind: ValueKind | None) -> bool:
    return kind is not None and kind.name == "objects" and "role" in kind.keys


def _recognise_texts(question: str | None, shape: Shape) -> Evidence | None:
    fields = [question, "chosen", "rejected"] if question else ["chosen", "rejected"]
    if not all(shape.get(field) in STRINGS for field in fields):
        return None
    return Evidence(f"{', '.join(f'`{f}`' for f in fields)} are texts", 20 + 4 * len(fields))


def _recognise_messages(explicit: bool, shape: Shape) -> Evidence | None:
    fields = ["prompt", "chosen", "rejected"] if explicit else ["chosen", "rejected"]
    if not all(_is_messages(shape.get(field)) for field in fields):
        return None
    return Evidence(f"{', '.join(f'`{f}`' for f in fields)} are lists of messages", 22 + 4 * len(fields))


def _texts(name: str, title: str, question: str | None) -> Format:
    keys = ("chosen", "rejected") if question is None else (question, "chosen", "rejected")
    return Format(
        name,
        "preference",
        title,
        keys,
        partial(_recognise_texts, question),
        partial(_read_texts, question),
        partial(_write_texts, question),
    )


def _chat(name: str, title: str, explicit: bool) -> Format:
    keys = ("prompt", "chosen", "rejected") if explicit else ("chosen", "rejected")
    return Format(
        name,
        "preference",
        title,
        keys,
        partial(_recognise_messages, explicit),
        partial(read_pair, explicit),
        partial(write_pair, explicit),
    )


FORMATS = (
    _texts("preference", "TRL preference with its prompt, texts (DPO, ORPO, reward)", "prompt"),
    _texts("preference_question", "Preference with `question` and `system` (Orca pairs)", "question"),
    _texts("preference_instruction", "Preference with `instruction`", "instruction"),
    _texts("preference_implicit", "TRL preference without a prompt of its own, texts", None),
    _chat("preference_messages", "TRL preference with its prompt, conversational", True),
    _chat("preference_implicit_messages", "TRL preference with the prompt in both, conversational", False),
)
