"""A section of the report: an anchor, a title, a sentence and what follows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gristmill.document.markup import Html, escape, join, tag


@dataclass(frozen=True, slots=True)
class Section:
    anchor: str
    title: str
    lead: str
    body: Html


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: Sequence[int] = (), name: str = "") -> Html:
    """A table that may be wider than a phone; the columns `numbers` are aligned right."""

    def cells(kind: str, row: Sequence[str]) -> Html:
        return join(tag(kind, "n" if at in numbers else None, cell) for at, cell in enumerate(row))

    head = tag("thead", None, tag("tr", None, cells("th", heads)))
    body = tag("tbody", None, *(tag("tr", None, cells("td", row)) for row in rows))
    return tag("div", "wide", tag("table", name or None, head, body))


def facts(pairs: Sequence[tuple[str, str]]) -> Html:
    """Names and values in two columns."""
    return tag("dl", "facts", *(tag("div", None, tag("dt", None, key), tag("dd", None, value)) for key, value in pairs))


def folded(summary: str, *children: str, opened: bool = False, name: str = "") -> Html:
    """Something to open."""
    return tag("details", {"class": name or None, "open": opened}, tag("summary", None, summary), *children)


def note(text: str) -> Html:
    return tag("p", "note", escape(text))
