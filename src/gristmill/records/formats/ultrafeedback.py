"""UltraFeedback: an instruction with rated completions, and its binarized form of message lists with scores."""

from __future__ import annotations

from collections.abc import Mapping
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
from gristmill.records.formats.messages import a
from gristmill.records.formats.preferences import CONTENT_KEYS, number, read_pair, write_pair
from gristmill.records.formats.shape import STRINGS, Shape
from gristmill.records.formats.writing import add_metadata, text_of

_NAMES = {"rating": "overall_score", "model": "model"}


def ranked(completions: list[dict[str, Any]]) -> None:
    """Give ranks by rating, best first, where every completion is rated; equal ratings are ties."""
    if completions and all("rating" in completion for completion in completions):
        order = sorted({completion["rating"] for completion in completions}, reverse=True)
        for completion in completions:
            completion["rank"] = order.index(completion["rating"])


def _read(row: Row) -> Reading:
    found = row.get("completions")
    if not isinstance(found, list) or not found:
        raise UnreadableRowError(
            f"`completions` is {a(found) if found != [] else 'empty'}; a list of objects is wanted"
        )
    completions = []
    for n, item in enumerate(found, 1):
        if not isinstance(item, dict):
            raise UnreadableRowError(f"completion {n} is {a(item)}; an object is wanted")
        if not isinstance(item.get("response"), str):
            raise UnreadableRowError(f"completion {n} has no `response`")
        completion: dict[str, Any] = {"messages": [{"role": "assistant", "content": item["response"]}]}
        rating = number(item.get("overall_score"), f"overall_score` of completion {n}, `overall_score")
        if rating is not None:
            completion["rating"] = rating
        for key, value in item.items():
            if key in ("response", "overall_score"):
                continue
            if key in ("messages", "rank", "rating", "label", "steps"):
                raise UnreadableRowError(f"completion {n} has a field `{key}`, a name that is taken; rename it")
            completion[key] = value
        completions.append(completion)
    ranked(completions)
    prompt = [{"role": "user", "content": text_field(row, "instruction")}]
    metadata = others(row, {"instruction", "completions", "id"})
    return Reading({"prompt": prompt, "completions": completions}, metadata, row_id(row, metadata))


def _write(content: Content, metadata: Mapping[str, Any], id: str | None) -> Written:
    lost: list[str] = []
    row: Row = {}
    put_id(row, id, metadata)
    prompt = content["prompt"]
    if [m["role"] for m in prompt] != ["user"]:
        raise UnwritableRecordError("UltraFeedback holds one instruction of the user, and this prompt is another thing")
    row["instruction"] = text_of(prompt[0], lost, "the prompt")
    row["completions"] = [_completion(c, lost, f"completion {n}") for n, c in enumerate(content["completions"], 1)]
    derived = [dict(completion) for completion in content["completions"]]
    for completion in derived:
        completion.pop("rank", None)
    ranked(derived)
    if any(c.get("rank") != d.get("rank") for c, d in zip(content["completions"], derived, strict=True)):
        lost.append("the ranks, which do not follow from ratings")
    lost.extend(f"`{key}`" for key in content if key not in CONTENT_KEYS or key in ("tools", "margin"))
    add_metadata(row, metadata, lost)
    return Written(row, tuple(lost))


def _completion(completion: dict[str, Any], lost: list[str], where: str) -> dict[str, Any]:
    if [m["role"] for m in completion["messages"]] != ["assistant"]:
        raise UnwritableRecordError(f"{where} is not one answer")
    written: dict[str, Any] = {"response": text_of(completion["messages"][0], lost, where)}
    if "rating" in completion:
        written["overall_score"] = completion["rating"]
    lost.extend(f"{key} of {where}" for key in ("label", "steps") if key in completion)
    written.update(
        (key, value)
        for key, value in completion.items()
        if key not in ("messages", "rank", "rating", "label", "steps", *written)
    )
    return written


def _recognise(shape: Shape) -> Evidence | None:
    kind = shape.get("completions")
    if shape.get("instruction") not in STRINGS or kind is None or kind.name != "objects" or "response" not in kind.keys:
        return None
    return Evidence("there is `instruction`, and `completions` is a list of objects with `response`", 30)


def _recognise_binarized(shape: Shape) -> Evidence | None:
    lists = [shape.get("chosen"), shape.get("rejected")]
    if shape.get("prompt") not in STRINGS or not all(k and k.name == "objects" and "role" in k.keys for k in lists):
        return None
    return Evidence("`chosen` and `rejected` are lists of messages beside a `prompt` that is a text", 36)


def _read_binarized(row: Row) -> Reading:
    """`prompt` and `messages` say again what `chosen` says; they go where that is so."""
    reading = read_pair(False, row)
    metadata = reading.metadata
    if metadata.get("messages") == row.get("chosen"):
        metadata.pop("messages", None)
    if metadata.get("prompt") == _asked(reading.content):
        metadata.pop("prompt", None)
    id = reading.id
    if id is None and isinstance(row.get("prompt_id"), str):
        id = metadata.pop("prompt_id")
    return Reading(reading.content, metadata, id, reading.notes)


def _asked(content: Content) -> str | None:
    return next(
        (m["content"] for m in content["prompt"] if m["role"] == "user" and isinstance(m["content"], str)), None
    )


def _write_binarized(content: Content, metadata: Mapping[str, Any], id: str | None) -> Written:
    asked = metadata.get("prompt", _asked(content))
    if asked is None:
        raise UnwritableRecordError("there is no question of the user in the prompt")
    free = {key: value for key, value in metadata.items() if key != "prompt"}
    if isinstance(free.get("prompt_id"), str):
        del free["prompt_id"]
    written = write_pair(False, content, free, None)
    lost = (
        written.lost
        if len(free) + ("prompt" in metadata) == len(metadata)
        else (*written.lost, "the field `prompt_id`")
    )
    named = {} if id is None else {"prompt_id": id}
    return Written({"prompt": asked, **named, **written.row}, lost)


FORMATS = (
    Format("ultrafeedback", "preference", "UltraFeedback", ("instruction", "completions"), _recognise, _read, _write),
    Format(
        "ultrafeedback_binarized",
        "preference",
        "UltraFeedback binarized",
        ("prompt", "chosen", "rejected"),
        _recognise_binarized,
        _read_binarized,
        _write_binarized,
    ),
)
