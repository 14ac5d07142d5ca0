"""Labelled names and addresses in texts, as data sets spell them, and which finds of a tagger they make right."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from gristmill.protect._tag_calibration import Find
from gristmill.protect._tagging import Tagged, kind_of

_STARTS = ("start", "start_position", "begin")
_STOPS = ("stop", "end", "end_position")
_LABELS = ("label", "kind", "entity_type", "type", "entity_group")


class Span(NamedTuple):
    """Characters of a text that are of a kind."""

    kind: str
    start: int
    stop: int


def spans_of(value: Any) -> list[Span]:
    """The spans of kinds that a tagger finds; ValueError with a half-sentence where they are none."""
    if not isinstance(value, list):
        raise ValueError("is no list of spans")
    return [span for one in value if (span := _span(one)).kind]


def _span(one: Any) -> Span:
    if not isinstance(one, Mapping):
        raise ValueError(f"has {one!r:.60}, which is no span")
    start, stop, label = (next((one[name] for name in names if name in one), None) for names in _NAMES)
    if not (type(start) is int and type(stop) is int and isinstance(label, str) and 0 <= start < stop):
        raise ValueError("has a span without a start, a stop behind it in characters, and a label")
    return Span(kind_of(label), start, stop)


_NAMES = (_STARTS, _STOPS, _LABELS)


def finds_of(text: str, group: str | None, labels: Sequence[Span], tagged: Sequence[Tagged]) -> Iterator[Find]:
    """What a tagger found in a labelled text: right where it overlaps a label of its kind."""
    known = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    tied = known if group is None else group.encode("utf-8", "surrogatepass")
    for one in tagged:
        right = any(own.kind == one.kind and own.start < one.stop and one.start < own.stop for own in labels)
        yield Find(known, tied, one.kind, one.start, one.score, right)
