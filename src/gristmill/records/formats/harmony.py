"""Harmony, the text form of gpt-oss: `<|start|>role<|channel|>name<|message|>text<|end|>`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
from gristmill.records.formats.shape import HARMONY, Shape
from gristmill.records.formats.writing import add_metadata

_START, _MESSAGE, _CHANNEL, _CONSTRAIN = "<|start|>", "<|message|>", "<|channel|>", "<|constrain|>"
_ENDS = ("<|end|>", "<|return|>", "<|call|>")
_MARKS = (_START, _MESSAGE, _CHANNEL, _CONSTRAIN, *_ENDS)
_FUNCTIONS = "functions."
_PLAIN_ROLES = ("system", "developer", "user", "assistant")
_HELD_BY_ALL = ("role", "content", "channel")
_HELD = {
    "assistant": (*_HELD_BY_ALL, "reasoning", "tool_calls"),
    "tool": (*_HELD_BY_ALL, "name", "source_role"),
}


@dataclass(frozen=True)
class Block:
    """One message as it stands in the text."""

    author: str
    channel: str | None
    recipient: str | None
    constrain: str | None
    text: str


def blocks(text: str) -> Iterator[Block]:
    at, n = 0, 0
    while at < len(text):
        n += 1
        if not text.startswith(_START, at):
            raise UnreadableRowError(f"block {n} of `text` does not begin with {_START}")
        body = text.find(_MESSAGE, at)
        if body < 0:
            raise UnreadableRowError(f"block {n} of `text` has no {_MESSAGE}")
        start = body + len(_MESSAGE)
        following = text.find("<|", start)
        while following >= 0 and not text.startswith((*_ENDS, _START), following):
            following = text.find("<|", following + 2)
        end = len(text) if following < 0 else following
        yield _block(text[at + len(_START) : body], text[start:end], n)
        at = end
        for mark in _ENDS:
            if text.startswith(mark, at):
                at += len(mark)
                break


def _block(header: str, text: str, n: int) -> Block:
    author, _, rest = header.partition(_CHANNEL)
    rest, _, constrain = rest.partition(_CONSTRAIN) if rest else author.partition(_CONSTRAIN)
    if _CHANNEL not in header:
        author, rest = rest, ""
    names, recipient = author.split(), None
    channel_words = rest.split()
    for words in (names, channel_words):
        for word in [word for word in words if word.startswith("to=")]:
            words.remove(word)
            recipient = word[3:]
    if len(names) != 1 or len(channel_words) > 1:
        raise UnreadableRowError(f"the header of block {n} cannot be read: {header[:60]!r}")
    return Block(names[0], channel_words[0] if channel_words else None, recipient, constrain.strip() or None, text)


def parse(text: str) -> list[Message]:
    """Messages: a reasoning goes with what the assistant says or calls right after it."""
    messages: list[Message] = []
    open_turn = False
    for n, block in enumerate(blocks(text), 1):
        if block.author != "assistant":
            messages.append(_of_others(block, n))
            open_turn = False
            continue
        last = messages[-1] if open_turn else None
        if block.recipient is not None:
            if last is None:
                last = {"role": "assistant", "content": None}
                messages.append(last)
            last.pop("channel", None)
            last.setdefault("tool_calls", []).append(_call(block))
            open_turn = True
        elif block.channel == "analysis":
            messages.append({"role": "assistant", "content": None, "reasoning": block.text})
            open_turn = True
        else:
            joins = last is not None and last["content"] is None and "tool_calls" not in last
            message: Message = {"role": "assistant", "content": block.text}
            if joins and last is not None:
                message["reasoning"] = last["reasoning"]
                messages.pop()
            if block.channel != "final":
                message["channel"] = block.channel
            messages.append(message)
            open_turn = block.channel == "commentary"
    return messages


def _of_others(block: Block, n: int) -> Message:
    if block.author in _PLAIN_ROLES:
        message: Message = {"role": block.author, "content": block.text}
    elif block.recipient == "assistant" or "." in block.author or block.author in ("tool", "python"):
        message = {"role": "tool", "content": block.text, "name": block.author.removeprefix(_FUNCTIONS)}
        if not block.author.startswith(_FUNCTIONS):
            message["source_role"] = block.author
    else:
        raise UnreadableRowError(f"block {n} of `text` has the unknown role {block.author[:40]!r}")
    if block.channel not in (None, "commentary" if message["role"] == "tool" else None):
        message["channel"] = block.channel
    return message


def _call(block: Block) -> dict[str, Any]:
    recipient = block.recipient or ""
    call = {"name": recipient.removeprefix(_FUNCTIONS), "arguments": block.text}
    if not recipient.startswith(_FUNCTIONS):
        call["recipient"] = recipient
    if block.constrain != "json":
        call["constrain"] = block.constrain or ""
    if block.channel != "commentary":
        call["channel"] = block.channel or ""
    return call


def render(messages: list[Message], lost: list[str]) -> str:
    parts: list[str] = []
    for n, message in enumerate(messages, 1):
        where = f"message {n}"
        parts.extend(
            _of_assistant(message, n == len(messages)) if message["role"] == "assistant" else [_other(message)]
        )
        known = _HELD.get(message["role"], _HELD_BY_ALL)
        lost.extend(f"{key} of {where}" for key in message if key not in known)
        if message["role"] == "tool" and message.get("source_role", message.get("name")) != message.get("name"):
            lost.append(f"the role name of {where}")
        for call in message.get("tool_calls", ()):
            fields = ("name", "arguments", "recipient", "constrain", "channel")
            lost.extend(f"{key} of a call of {where}" for key in call if key not in fields)
    return "".join(parts)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise UnwritableRecordError("Harmony holds texts, and a message has parts or no text")
    if any(mark in value for mark in _MARKS):
        raise UnwritableRecordError("a text has a mark of Harmony in it")
    return value


def _word(value: Any) -> str:
    if not isinstance(value, str) or not value or any(c.isspace() for c in value) or "<|" in value:
        raise UnwritableRecordError(f"{str(value)[:40]!r} cannot stand in a header of Harmony, which takes one word")
    return value


def _of_assistant(message: Message, last: bool) -> Iterator[str]:
    if "reasoning" in message:
        yield f"{_START}assistant{_CHANNEL}analysis{_MESSAGE}{_text(message['reasoning'])}<|end|>"
    calls = message.get("tool_calls", [])
    if message["content"] is not None:
        channel = message.get("channel", "commentary" if calls else "final")
        header = f"{_CHANNEL}{_word(channel)}" if channel else ""
        end = "<|return|>" if last and channel == "final" else "<|end|>"
        yield f"{_START}assistant{header}{_MESSAGE}{_text(message['content'])}{end}"
    for call in calls:
        recipient = _word(call.get("recipient", _FUNCTIONS + call["name"]))
        channel = call.get("channel", "commentary")
        constrain = call.get("constrain", "json")
        header = f"{_CHANNEL}{_word(channel)} to={recipient}" if channel else f" to={recipient}"
        header += f" {_CONSTRAIN}{_word(constrain)}" if constrain else ""
        yield f"{_START}assistant{header}{_MESSAGE}{_text(call['arguments'])}<|call|>"


def _other(message: Message) -> str:
    role, text = message["role"], _text(message["content"])
    channel = message.get("channel")
    if role == "tool":
        if "name" not in message:
            raise UnwritableRecordError("a tool result has no name of its tool, which Harmony needs")
        author = _word(message["name"])
        if message.get("source_role") != author:
            author = _FUNCTIONS + author
        return f"{_START}{author} to=assistant{_CHANNEL}{_word(channel or 'commentary')}{_MESSAGE}{text}<|end|>"
    header = f"{_CHANNEL}{_word(channel)}" if channel else ""
    return f"{_START}{role}{header}{_MESSAGE}{text}<|end|>"


def _read(row: Row) -> Reading:
    messages = parse(text_field(row, "text"))
    if not messages:
        raise UnreadableRowError("`text` is empty")
    metadata = others(row, {"text", "id"}) if len(row) > 1 else {}
    return Reading({"messages": messages}, metadata, row_id(row, metadata))


def _write(content: Content, metadata: Mapping[str, Any], id: str | None) -> Written:
    lost: list[str] = []
    row: Row = {}
    put_id(row, id, metadata)
    messages = content["messages"]
    row["text"] = render(messages, lost)
    back = parse(row["text"])
    texts = [[(m["role"], m["content"]) for m in some] for some in (back, messages)]
    if texts[0] != texts[1] or (not lost and back != messages):
        lost.append("where messages of one speaker in a row begin and end")
    if content.get("tools"):
        lost.append("tools")
    add_metadata(row, metadata, lost)
    return Written(row, tuple(lost))


def _recognise(shape: Shape) -> Evidence | None:
    if shape.get("text") == HARMONY:
        return Evidence("`text` begins with `<|start|>` and has `<|message|>`", 40)
    return None


FORMATS = (Format("harmony", "conversation", "Harmony (gpt-oss)", ("text",), _recognise, _read, _write),)
