"""Records of several texts (conversations, preferences, examples) as one text, and back.

A *turn* is one text of such a record: what a message says, its reasoning, the arguments of a tool call, a field of an
example. `taken_apart` takes all turns out of the record and joins them; a step that edits texts edits turns;
`put_together` puts them back. The separator holds U+001E, which no turn may hold: in a text that has it, it becomes
U+241E, its picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

import orjson

from gristmill.records.kinds import Kind

MARK, PICTURE = "\x1e", "\u241e"
SEPARATOR = f"\n{MARK}\n"

Content = dict[str, Any]

SYSTEM, USER, ASSISTANT, REASONING, CALL, RESULT = "s", "u", "a", "r", "c", "t"
CHOSEN, REJECTED = "+", "-"
INPUT, TARGET = "i", "o"
ROLE_NAMES = {
    SYSTEM: "system",
    USER: "user",
    ASSISTANT: "assistant",
    REASONING: "reasoning",
    CALL: "tool call",
    RESULT: "tool",
    CHOSEN: "chosen",
    REJECTED: "rejected",
    INPUT: "input",
    TARGET: "target",
}
"""What each letter of `roles` is called."""

_OF_ROLE = {"system": SYSTEM, "developer": SYSTEM, "user": USER, "assistant": ASSISTANT, "tool": RESULT}


@dataclass(frozen=True, slots=True)
class Turn:
    """One text of a record: the object or list it stands in, its key there, and the letter of its role."""

    holder: Any
    key: Any
    role: str

    @property
    def text(self) -> str:
        text: str = self.holder[self.key]
        return text


@dataclass(frozen=True, slots=True)
class Apart:
    """A record in the columns of the pipeline: see `gristmill.records.kinds.TURNS`."""

    text: str
    content: str
    roles: str


def turns(kind: Kind, content: Content) -> list[Turn]:
    """Every text of a record in order, where it stands. What is no text (null, a number, an image) is no turn."""
    if kind == "conversation":
        return list(_of_messages(content.get("messages")))
    if kind == "preference":
        return list(_of_preference(content))
    if kind == "example":
        return list(_of_example(content))
    return []


def taken_apart(kind: Kind, content: Content) -> Apart:
    """The record as one text and what is left without it. Empties `content`.

    Raises ValueError where the record cannot be written as JSON.
    """
    found = turns(kind, content)
    texts = [turn.text for turn in found]
    for turn in found:
        turn.holder[turn.key] = ""
    text = SEPARATOR.join(_unmarked(texts) if any(MARK in text for text in texts) else texts)
    try:
        left = orjson.dumps(content).decode()
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"one of its texts is no Unicode: {error.reason}") from error
    except orjson.JSONEncodeError as error:
        raise ValueError(f"it cannot be written as JSON: {error}") from error
    return Apart(text, left, "".join(turn.role for turn in found))


def put_together(kind: Kind, text: str, content: str | bytes) -> Content:
    """The record again, with the texts as they are now. ValueError where they are not as many as they were."""
    whole: Content = orjson.loads(content)
    found = turns(kind, whole)
    texts = text.split(SEPARATOR) if found else []
    if len(texts) != len(found):
        raise ValueError(f"the record has {len(found)} texts, and {len(texts)} were found")
    for turn, own in zip(found, texts, strict=True):
        turn.holder[turn.key] = own
    return whole


OF_TURNS: Mapping[str, Kind] = {
    "messages": "conversation",
    "prompt": "preference",
    "completions": "preference",
    "input": "example",
    "target": "example",
}
"""The keys of delivered records that hold turns, and the kind that each tells."""


def text_of(row: Mapping[str, Any]) -> str:
    """All turns of a record as it was delivered, joined as in the pipeline."""
    return SEPARATOR.join(turn.text for turn in delivered(row))


def told_of(row: Mapping[str, Any]) -> str:
    """All turns of a record as it was delivered, for people: each behind the name of its role."""
    return "\n\n".join(f"{ROLE_NAMES[turn.role]}: {turn.text}" for turn in delivered(row))


def delivered(row: Mapping[str, Any]) -> list[Turn]:
    """Every text of a record as it was delivered, in order; none of a document."""
    kind: Kind = next((kind for key, kind in OF_TURNS.items() if key in row), "conversation")
    content = dict(row)
    if isinstance(content.get("input"), list):  # the columns of an example: see `gristmill.deliver`
        content["input"] = {one["field"]: one["value"] for one in content["input"]}
    return turns(kind, content)


def _unmarked(texts: Sequence[str]) -> list[str]:
    return [text.replace(MARK, PICTURE) for text in texts]


def _of_messages(messages: object, role: str | None = None) -> Iterator[Turn]:
    """The texts of messages; `role` is given where all of them have one."""
    for message in messages if isinstance(messages, list) else ():
        if not isinstance(message, dict):
            continue
        own = role or _OF_ROLE.get(str(message.get("role")), USER)
        if isinstance(message.get("reasoning"), str):
            yield Turn(message, "reasoning", role or REASONING)
        content = message.get("content")
        if isinstance(content, str):
            yield Turn(message, "content", own)
        elif isinstance(content, list):
            yield from (Turn(part, "text", own) for part in content if _is_text(part))
        calls = message.get("tool_calls")
        for call in calls if isinstance(calls, list) else ():
            if isinstance(call, dict) and isinstance(call.get("arguments"), str):
                yield Turn(call, "arguments", role or CALL)


def _is_text(part: object) -> bool:
    return isinstance(part, dict) and part.get("type") == "text" and isinstance(part.get("text"), str)


def _of_preference(content: Content) -> Iterator[Turn]:
    yield from _of_messages(content.get("prompt"))
    completions = content.get("completions")
    completions = [one for one in completions if isinstance(one, dict)] if isinstance(completions, list) else []
    best = chosen(completions)
    for index, completion in enumerate(completions):
        role = CHOSEN if index in best else REJECTED
        yield from _of_messages(completion.get("messages"), role)
        steps = completion.get("steps")
        for step in steps if isinstance(steps, list) else ():
            if isinstance(step, dict) and isinstance(step.get("text"), str):
                yield Turn(step, "text", role)


def chosen(completions: Sequence[Content]) -> frozenset[int]:
    """Which completions are preferred: the best by rank, else by rating, else those labelled good, else a lone one."""
    placed = places(completions)
    if placed is not None:
        return frozenset(index for index, place in enumerate(placed) if place == min(placed))
    if any(isinstance(one.get("label"), bool) for one in completions):
        return frozenset(index for index, one in enumerate(completions) if one.get("label") is True)
    return frozenset((0,)) if len(completions) == 1 else frozenset()


def places(completions: Sequence[Content]) -> list[float] | None:
    """The place of each in the ranking, the best lowest: by rank, else by rating. None where not all state one."""
    for key, sign in (("rank", 1), ("rating", -1)):
        known = [one.get(key) for one in completions]
        numbers = [sign * float(one) for one in known if _is_number(one)]
        if numbers and len(numbers) == len(known):
            return numbers
    return None


def _is_number(value: object) -> TypeGuard[int | float]:
    """True and false are none, nor is NaN."""
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value


def _of_example(content: Content) -> Iterator[Turn]:
    given = content.get("input")
    for name, value in given.items() if isinstance(given, dict) else ():
        if isinstance(value, str):
            yield Turn(given, name, INPUT)
    if isinstance(content.get("target"), str):
        yield Turn(content, "target", TARGET)
