"""Whether the spans of an example fit its text, and its answer its context."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gristmill.converse._checks import Found

Content = dict[str, Any]

_TEXTS = ("text", "context", "tokens")
_SAID = ("text", "quote", "surface")


def of_spans(content: Content, metadata: Mapping[str, Any]) -> tuple[Found, str | None]:
    """What the checks of spans find, and the first thing that is wrong. Offsets count characters."""
    text, spans = _text(content), content.get("spans")
    found: Found = {}
    wrong: str | None = None
    if isinstance(spans, list) and text is not None:
        stated = [span for span in spans if isinstance(span, dict)]
        outside = [span for span in stated if not _inside(span, len(text))]
        found["span_out_of_range"] = len(outside) + len(spans) - len(stated)
        inside = sorted((span["start"], span["end"]) for span in stated if _inside(span, len(text)))
        unlike = [span for span in stated if _inside(span, len(text)) and _unlike(span, text)]
        found["span_mismatch"] = len(unlike)
        found["overlapping_spans"] = _overlapping(inside)
        if outside:
            wrong = f"span {outside[0].get('start')} to {outside[0].get('end')} of {len(text)} characters"
        elif unlike:
            wrong = f"at {unlike[0]['start']} stands {text[unlike[0]['start'] : unlike[0]['end']]!r}"
    context = _field(content, "context")
    target = content.get("target")
    if context is not None and isinstance(target, str) and _extractive(spans, metadata):
        found["answer_not_in_context"] = int(target.strip() not in context)
        if "answers" in metadata:
            found["span_mismatch"] = 1  # the reader leaves answers there that do not stand where they say
    return found, wrong


def _extractive(spans: object, metadata: Mapping[str, Any]) -> bool:
    """Whether an answer is to stand in the context: its place is stated."""
    places = isinstance(spans, list) and any(isinstance(s, dict) and s.get("label") == "answer" for s in spans)
    return places or isinstance(metadata.get("answers"), dict | list)


def _field(content: Content, name: str) -> str | None:
    given = content.get("input")
    value = given.get(name) if isinstance(given, dict) else None
    return value if isinstance(value, str) else None


def _text(content: Content) -> str | None:
    """The field that spans are of: the one named so, else the only one."""
    named = next((text for name in _TEXTS if (text := _field(content, name)) is not None), None)
    given = content.get("input")
    texts = [value for value in given.values() if isinstance(value, str)] if isinstance(given, dict) else []
    return named if named is not None else texts[0] if len(texts) == 1 else None


def _inside(span: Content, length: int) -> bool:
    start, end = span.get("start"), span.get("end")
    whole = all(isinstance(one, int) and not isinstance(one, bool) for one in (start, end))
    return whole and isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= length


def _unlike(span: Content, text: str) -> bool:
    said = next((span[key] for key in _SAID if isinstance(span.get(key), str)), None)
    return said is not None and said != text[span["start"] : span["end"]]


def _overlapping(spans: list[tuple[int, int]]) -> int:
    """How many of these, which ascend, begin before one of those in front of them has ended."""
    count = reached = 0
    for start, end in spans:
        count += start < reached
        reached = max(reached, end)
    return count
