"""A preference as linters and statistics see it: its prompt, and its completions from best to worst."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from xxhash import xxh3_64_hexdigest

from gristmill.contracts.view import View
from gristmill.records.turns import places, put_together

Content = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Completion:
    """One completion: its text, and the place in the ranking that its record states (lower is better)."""

    text: str
    place: float | None
    calls: bool
    roles: tuple[str, ...]
    stated: Content

    @property
    def empty(self) -> bool:
        return not self.calls and not self.text.strip()


@dataclass(frozen=True, slots=True)
class Preference:
    """`completions` are in the order of the record."""

    prompt: str
    prompt_roles: tuple[str, ...]
    completions: tuple[Completion, ...]
    margin: float | None

    def best_and_worst(self) -> tuple[Completion, Completion] | None:
        """None where there are not two that are placed, or all have one place."""
        placed = [one for one in self.completions if one.place is not None]
        if len(placed) < 2 or len(placed) < len(self.completions):
            return None
        best, worst = min(placed, key=_place), max(placed, key=_place)
        return None if _place(best) == _place(worst) else (best, worst)


def _place(one: Completion) -> float:
    return one.place if one.place is not None else 0.0


def preferences(view: View) -> Iterator[Preference | None]:
    """The preference of each asked row; None for a row that has none."""
    texts, contents = view.column("text"), view.column("content")
    if texts is None or contents is None:
        yield from (None for _ in range(len(view)))
        return
    for text, content in zip(texts.to_pylist(), contents.to_pylist(), strict=True):
        yield None if text is None or content is None else preference(put_together("preference", text, content))


def preference(content: Content) -> Preference:
    prompt = _messages(content.get("prompt"))
    found = content.get("completions")
    stated = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    places = _places(stated)
    return Preference(
        "\n\n".join(text for message in prompt for text in _said(message)),
        tuple(str(message.get("role")) for message in prompt),
        tuple(_completion(one, place) for one, place in zip(stated, places, strict=True)),
        number(content.get("margin")),
    )


def _completion(stated: Content, place: float | None) -> Completion:
    messages, steps = _messages(stated.get("messages")), stated.get("steps")
    said = [text for message in messages for text in _said(message)]
    said += [str(step.get("text", "")) for step in (steps if isinstance(steps, list) else ()) if isinstance(step, dict)]
    return Completion(
        "\n\n".join(said),
        place,
        any(message.get("tool_calls") or _parts(message) for message in messages),
        tuple(str(message.get("role")) for message in messages),
        stated,
    )


def _places(stated: list[Content]) -> list[float | None]:
    """By rank, else by rating, else by label: the first that all of several completions state."""
    placed = places(stated)
    if placed is not None:
        return [*placed]
    labels = [one.get("label") for one in stated]
    if len(labels) > 1 and all(isinstance(label, bool) for label in labels):
        return [0.0 if label else 1.0 for label in labels]
    return [None] * len(stated)


def number(value: object) -> float | None:
    """A number as such; true and false are none."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and value == value else None


def _messages(found: object) -> list[Content]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _said(message: Content) -> Iterator[str]:
    content = message.get("content")
    if isinstance(content, str):
        yield content
    for part in content if isinstance(content, list) else ():
        if isinstance(part, dict) and isinstance(part.get("text"), str):
            yield part["text"]


def _parts(message: Content) -> bool:
    """Whether it holds something other than text: an image, say."""
    content = message.get("content")
    return isinstance(content, list) and any(isinstance(p, dict) and p.get("type") != "text" for p in content)


def squeezed(text: str) -> str:
    """With white space alike."""
    return " ".join(text.split())


def key_of(*texts: str) -> str:
    """A short name for a text: equal where texts are equal but for white space."""
    return xxh3_64_hexdigest("\x1e".join(squeezed(text) for text in texts).encode())
