"""Picking the one exchange of a conversation that a format with a question and an answer can hold."""

from __future__ import annotations

from dataclasses import dataclass

from gristmill.records.formats.format import Row, UnreadableRowError, UnwritableRecordError
from gristmill.records.formats.messages import Message, a
from gristmill.records.formats.writing import text_of


@dataclass(frozen=True)
class Exchange:
    """The last question and its answer, with what came before."""

    system: Message | None
    history: tuple[tuple[Message, Message], ...]
    user: Message
    assistant: Message


def text_field(row: Row, field: str) -> str:
    value = row.get(field)
    if type(value) is str:
        return value
    if field not in row:
        raise UnreadableRowError(f"there is no `{field}`")
    if isinstance(value, float) and value != value:
        value = None
    raise UnreadableRowError(f"`{field}` is {a(value)}; a text is wanted")


def optional_text(row: Row, field: str) -> str:
    value = row.get(field)
    if value is None or value != value:
        return ""
    return text_field(row, field)


def put_system(row: Row, message: Message, lost: list[str]) -> None:
    """The system message in a field of its own, where an empty one is none."""
    row["system"] = text_of(message, lost, "the system message")
    if not row["system"]:
        lost.append("the empty system message")


def exchange_of(messages: list[Message], lost: list[str], *, history: bool = False, system: bool = False) -> Exchange:
    """Split a conversation. Pairs before the last are kept where `history` may hold them, else they are lost."""
    rest = list(enumerate(messages, 1))
    first: Message | None = None
    if rest and rest[0][1]["role"] == "system":
        if system:
            first = rest[0][1]
        else:
            lost.append("the system message")
        rest = rest[1:]
    if len(rest) < 2 or rest[-1][1]["role"] != "assistant" or rest[-2][1]["role"] != "user":
        raise UnwritableRecordError("the conversation does not end in a question and its answer")
    before, (_, user), (_, answer) = rest[:-2], rest[-2], rest[-1]
    pairs = []
    alternates = len(before) % 2 == 0 and all(
        m["role"] == ("assistant" if i % 2 else "user") and isinstance(m["content"], str)
        for i, (_, m) in enumerate(before)
    )
    if history and alternates:
        pairs = [(before[i][1], before[i + 1][1]) for i in range(0, len(before), 2)]
    else:
        lost.extend(f"message {n} ({m['role']})" for n, m in before)
    return Exchange(first, tuple(pairs), user, answer)
