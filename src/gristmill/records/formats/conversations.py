"""Rows that hold a list of messages: OpenAI's, chat messages with more than OpenAI takes, and the ShareGPT dialects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from gristmill.records.formats.format import Content, Evidence, Format, Reading, Row, UnreadableRowError, Written
from gristmill.records.formats.identity import others, put_id, row_id
from gristmill.records.formats.messages import PLAIN, SHAREGPT, Spelling, a, json_text, parsed, read_messages
from gristmill.records.formats.shape import Shape
from gristmill.records.formats.writing import add_metadata, write_messages


@dataclass(frozen=True)
class Dialect:
    """Where the messages of a row stand, and how they are spelled."""

    field: str
    spelling: Spelling
    system: str | None = None
    tools: str = "tools"
    strict: bool = False


def read(dialect: Dialect, row: Row) -> Reading:
    messages = read_messages(row.get(dialect.field), dialect.field, dialect.spelling)
    ours = {dialect.field, "id", dialect.tools}
    if dialect.system is not None:
        ours.add(dialect.system)
        system = row.get(dialect.system)
        if system is not None:
            if not isinstance(system, str):
                raise UnreadableRowError(f"`{dialect.system}` is {a(system)}; a text is wanted")
            messages.insert(0, {"role": "system", "content": system})
    content: Content = {"messages": messages}
    metadata = others(row, ours) if len(row) > 1 else {}
    tools = read_tools(row, dialect.tools)
    if tools:
        content["tools"] = tools
    return Reading(content, metadata, row_id(row, metadata))


def read_tools(row: Mapping[str, Any], key: str = "tools") -> list[Any]:
    tools = row.get(key)
    if isinstance(tools, str):
        tools = parsed(tools, f"`{key}`") if tools.strip() else None
    if tools is None:
        return []
    if not isinstance(tools, list):
        raise UnreadableRowError(f"`{key}` is {a(tools)}; a list of definitions is wanted")
    return [{"type": "function", "function": tool} for tool in tools] if key == "functions" else tools


def write(dialect: Dialect, content: Content, metadata: Mapping[str, Any], id: str | None) -> Written:
    lost: list[str] = []
    row: Row = {}
    put_id(row, id, metadata)
    messages = content["messages"]
    if dialect.system is not None and messages and set(messages[0]) == {"role", "content"}:
        first = messages[0]
        if first["role"] == "system" and isinstance(first["content"], str):
            row[dialect.system] = first["content"]
            messages = messages[1:]
    row[dialect.field] = write_messages(messages, lost, dialect.spelling, strict=dialect.strict)
    if content.get("tools"):
        _write_tools(row, content["tools"], dialect, lost)
    taken = {dialect.field, dialect.tools, *([dialect.system] if dialect.system else [])}
    add_metadata(row, metadata, lost, (), taken)
    return Written(row, tuple(lost))


def _write_tools(row: Row, tools: list[Any], dialect: Dialect, lost: list[str]) -> None:
    if dialect.spelling.calls_as_text:
        row["tools"] = json_text(tools)
    elif dialect.tools == "functions":
        held = [tool for tool in tools if isinstance(tool, dict) and set(tool) == {"type", "function"}]
        row["functions"] = [tool["function"] for tool in held]
        if len(held) < len(tools):
            lost.append("the tools that are no functions")
    else:
        row["tools"] = tools


def _recognise(dialect: Dialect, marks: tuple[str, ...], inner: frozenset[str], shape: Shape) -> Evidence | None:
    kind = shape.get(dialect.field)
    if kind is None or kind.name != "objects":
        return None
    spelling = dialect.spelling
    if not (spelling.role in kind.keys and (spelling.content in kind.keys or "tool_calls" in kind.keys)):
        return None
    why = f"`{dialect.field}` is a list of objects with `{spelling.role}` and `{spelling.content}`"
    found = [mark for mark in marks if mark in shape] + sorted(inner & kind.keys)
    if marks and not found:
        return None
    if found:
        why += f", and there is `{found[0]}`"
    return Evidence(why, 30 + len(found))


def _format(
    name: str, title: str, dialect: Dialect, marks: tuple[str, ...] = (), inner: frozenset[str] = frozenset()
) -> Format:
    return Format(
        name,
        "conversation",
        title,
        (dialect.field,),
        partial(_recognise, dialect, marks, inner),
        partial(read, dialect),
        partial(write, dialect),
    )


FORMATS = (
    _format("messages", "Chat messages (role, content), with reasoning and tools", Dialect("messages", PLAIN)),
    _format(
        "openai",
        "OpenAI fine-tuning, chat",
        Dialect("messages", PLAIN, strict=True),
        ("parallel_tool_calls",),
        frozenset({"weight"}),
    ),
    _format(
        "openai_functions",
        "OpenAI fine-tuning with functions, the form before tools",
        Dialect("messages", PLAIN, tools="functions", strict=True),
        ("functions",),
    ),
    _format("sharegpt", "ShareGPT (conversations, from, value)", Dialect("conversations", SHAREGPT)),
    _format(
        "sharegpt_system",
        "ShareGPT with the system message in a field of its own",
        Dialect("conversations", SHAREGPT, system="system"),
        ("system",),
    ),
    _format("sharegpt_items", "ShareGPT (items, from, value)", Dialect("items", SHAREGPT)),
    _format("conversation_from_value", "ShareGPT (conversation, from, value)", Dialect("conversation", SHAREGPT)),
    _format("messages_from_value", "ShareGPT (messages, from, value)", Dialect("messages", SHAREGPT)),
    _format("conversations", "Chat messages under `conversations`", Dialect("conversations", PLAIN)),
    _format("conversation", "Chat messages under `conversation`", Dialect("conversation", PLAIN)),
    _format("dialogue", "Chat messages under `dialogue`", Dialect("dialogue", PLAIN)),
)
