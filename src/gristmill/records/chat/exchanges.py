"""Fits a conversation into so many tokens by leaving out whole exchanges, never an answer without its question.

An exchange is what a user says (one message or several) and all that follows up to the next thing a user says: tool
calls, their results and the answer stay together. System messages at the front are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from gristmill.records.chat.chat_template import Message

Overlong = Literal["drop_oldest", "cut_end", "leave_out"]
Messages = Sequence[Message]


def fitted(messages: Messages, most: int, length: Callable[[Messages], int], overlong: Overlong) -> Messages | None:
    """The conversation where it fits, else as many whole exchanges as do; None where not even one does.

    `drop_oldest` keeps the last exchanges, `cut_end` the first, `leave_out` none. A last exchange without an answer
    goes first. `length` counts the tokens of a conversation, and grows with the number of exchanges.
    """
    if length(messages) <= most:
        return messages
    if overlong == "leave_out":
        return None
    front, exchanges = apart(messages)
    while exchanges and not is_answered(exchanges[-1]):
        exchanges = exchanges[:-1]
    if overlong == "cut_end":
        exchanges = [one for index, one in enumerate(exchanges) if all(map(is_answered, exchanges[: index + 1]))]

    def kept(number: int) -> list[Message]:
        some = exchanges[:number] if overlong == "cut_end" else exchanges[len(exchanges) - number :]
        return [*front, *(message for exchange in some for message in exchange)]

    fits, too_many = 0, len(exchanges) + 1
    while too_many - fits > 1:
        number = (fits + too_many) // 2
        if length(kept(number)) <= most:
            fits = number
        else:
            too_many = number
    return kept(fits) if fits else None


def apart(messages: Messages) -> tuple[list[Message], list[list[Message]]]:
    """The messages before the first of a user or an assistant, and the exchanges."""
    front: list[Message] = []
    exchanges: list[list[Message]] = []
    for message in messages:
        role = message.get("role")
        if not exchanges and role in ("system", "developer"):
            front.append(message)
        elif not exchanges or (role == "user" and exchanges[-1][-1].get("role") != "user"):
            exchanges.append([message])
        else:
            exchanges[-1].append(message)
    return front, exchanges


def is_answered(exchange: Messages) -> bool:
    """Whether it ends in what an assistant says, rather than in a question, a call or its result."""
    last = exchange[-1]
    return last.get("role") == "assistant" and not last.get("tool_calls")
