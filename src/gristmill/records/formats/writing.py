"""Writing messages in the spelling of a format, with a note of all that has no place there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import orjson

from gristmill.records.formats.format import Row, UnwritableRecordError
from gristmill.records.formats.messages import PLAIN, Message, Spelling, json_text, same_role, unknown_keys, write_call

_OPENAI_KEYS = frozenset({"refusal", "audio"})


def write_messages(
    messages: Sequence[Message], lost: list[str], spelling: Spelling = PLAIN, *, strict: bool = False, of: str = ""
) -> list[dict[str, Any]]:
    """`strict` leaves out what OpenAI's fine-tuning does not take; `of` says whose messages they are."""
    if not messages:
        raise UnwritableRecordError(f"there are no messages{of}")
    return [write_message(m, lost, f"message {n}{of}", spelling, strict) for n, m in enumerate(messages, 1)]


def write_message(message: Message, lost: list[str], where: str, spelling: Spelling, strict: bool) -> dict[str, Any]:
    if len(message) == 2:
        return {
            spelling.role: spelling.name_of(message["role"]),
            spelling.content: _content(message["content"], where, spelling),
        }
    if spelling.calls_as_text and "tool_calls" in message:
        return _call_message(message, lost, where, spelling)
    written: dict[str, Any] = {spelling.role: _name(message, lost, where, spelling)}
    written[spelling.content] = _content(message["content"], where, spelling, "tool_calls" in message or strict)
    if "reasoning" in message:
        if strict:
            lost.append(f"reasoning of {where}")
        else:
            written["reasoning_content"] = message["reasoning"]
    calls = message.get("tool_calls")
    if calls:
        if len(calls) == 1 and "id" not in calls[0] and set(calls[0]) == {"name", "arguments"}:
            written["function_call"] = dict(calls[0])
        else:
            written["tool_calls"] = [write_call(call) for call in calls]
    for key in ("tool_call_id", "name", "weight"):
        if key in message:
            written[key] = message[key]
    for key in unknown_keys(message):
        if (strict and key not in _OPENAI_KEYS) or key in written:
            lost.append(f"`{key}` of {where}")
        else:
            written[key] = message[key]
    return written


def _content(content: Any, where: str, spelling: Spelling, may_lack: bool = False) -> Any:
    if spelling.calls_as_text and not isinstance(content, str):
        raise UnwritableRecordError(f"{where} has {'parts' if content else 'no text'}, which ShareGPT cannot hold")
    return content


def _name(message: Message, lost: list[str], where: str, spelling: Spelling) -> str:
    role: str = message["role"]
    found = message.get("source_role")
    if found is None:
        return spelling.name_of(role)
    if same_role(found, role) and (spelling.calls_as_text or found == "function"):
        return str(found)
    lost.append(f"the role name {found!r} of {where}")
    return spelling.name_of(role)


def _call_message(message: Message, lost: list[str], where: str, spelling: Spelling) -> dict[str, Any]:
    if message.get("content"):
        raise UnwritableRecordError(f"{where} has a text beside its tool calls, which ShareGPT cannot hold")
    if message["content"] is not None:
        lost.append(f"the empty content of {where}")
    calls = []
    for call in message["tool_calls"]:
        written = {"name": call["name"], "arguments": _as_json(call["arguments"])}
        written.update((key, value) for key, value in call.items() if key not in written)
        calls.append(written)
    row = {spelling.role: "function_call", spelling.content: json_text(calls[0] if len(calls) == 1 else calls)}
    for key in message:
        if key in ("role", "content", "tool_calls"):
            continue
        if key in row or key in ("reasoning", "source_role"):
            lost.append(f"{key} of {where}")
        else:
            row[key] = message[key]
    return row


def _as_json(arguments: str) -> Any:
    try:
        found = orjson.loads(arguments)
    except orjson.JSONDecodeError:
        return arguments
    return found if isinstance(found, dict) else arguments


def add_metadata(
    row: Row,
    metadata: Mapping[str, Any],
    lost: list[str],
    ours: Iterable[str] = (),
    taken: Collection[str] = (),
) -> None:
    """Put the free fields into the row; `ours` the writer has used, `taken` are names that its reader gives a sense."""
    used = frozenset(ours)
    for key, value in metadata.items():
        if key in used:
            continue
        if key in row or key in taken:
            lost.append(f"the field `{key}`")
        else:
            row[key] = value


def text_of(message: Message, lost: list[str], where: str) -> str:
    """The text of a message where a format holds nothing but a text; the rest of the message is lost."""
    content = message["content"]
    if isinstance(content, list):
        texts = [part["text"] for part in content if part["type"] == "text"]
        lost.append(f"the parts of {where}")
        content = "\n".join(texts)
    if content is None:
        raise UnwritableRecordError(f"{where} has no text")
    names = {"source_role": "the role name"}
    lost.extend(f"{names.get(key, key)} of {where}" for key in message if key not in ("role", "content"))
    return str(content)
