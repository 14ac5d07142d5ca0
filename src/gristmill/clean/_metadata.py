"""What a page says of itself in its head: title, date, language, author, site, address, description; and in JSON-LD."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import orjson

from gristmill.clean._page import Page, iso_date, language_tag, one_line
from gristmill.text.tags import LINK, LINKED_DATA, META, tags_with

_STATED: Mapping[str, tuple[str, ...]] = {
    "title": ("og:title", "twitter:title"),
    "date": (
        "article:published_time", "date", "datepublished", "dc.date", "dc.date.issued", "dcterms.created", "pubdate",
    ),
    "language": ("content-language", "dc.language"),
    "author": ("author", "article:author", "dc.creator", "twitter:creator"),
    "site": ("og:site_name", "application-name"),
    "url": ("og:url",),
    "description": ("og:description", "description", "dc.description", "twitter:description"),
}  # fmt: skip
"""What a page says of itself, and the names of the `meta` elements that say it, the best first."""

_RANK = {name: (kind, rank) for kind, names in _STATED.items() for rank, name in enumerate(names)}
_NAMING = ("property", "name", "http-equiv", "itemprop")
_WORDS = [
    *(name.encode() for name in dict.fromkeys(name.partition(":")[2] or name for name in _RANK)),
    b"canonical", b"articlebody", b"datepublished",
]  # fmt: skip
_MOST_LINKED = 1 << 20  # bytes of JSON-LD that are parsed
_DEEPEST = 8
_MOST_NODES = 1000
_MOST_TIMES, _LONGEST_TAG = 5, 1000  # `time` elements that are looked at, bytes of one
_HEAD = 1 << 12  # bytes in which `<html lang>` is looked for

Stated = dict[str, str]


def attributes(tag: str) -> Stated:
    """The attributes of a start tag as browsers read them, the first of each name."""
    found: Stated = {}
    at, size = 0, len(tag)
    while at < size and not (tag[at].isspace() or tag[at] == "/"):
        at += 1
    while at < size:
        while at < size and (tag[at].isspace() or tag[at] in "/>"):
            at += 1
        begin = at
        while at < size and not tag[at].isspace() and tag[at] not in "=>/":
            at += 1
        name = tag[begin:at].lower()
        while at < size and tag[at].isspace():
            at += 1
        value = ""
        if at < size and tag[at] == "=":
            at += 1
            while at < size and tag[at].isspace():
                at += 1
            value, at = _value(tag, at)
        elif not name:
            at += 1
        if name:
            found.setdefault(name, html.unescape(value))
    return found


def _value(tag: str, at: int) -> tuple[str, int]:
    """The value that begins at `at`, and where it ends."""
    if at < len(tag) and tag[at] in "\"'":
        end = tag.find(tag[at], at + 1)
        end = len(tag) if end < 0 else end
        return tag[at + 1 : end], end + 1
    end = at
    while end < len(tag) and not tag[end].isspace() and tag[end] != ">":
        end += 1
    return tag[at:end], end


def read_metadata(page: bytes) -> tuple[Stated, list[Any]]:
    """What the `meta` and `link` elements of a page state, by kind; and its JSON-LD."""
    stated: dict[str, tuple[int, str]] = {}
    linked: list[Any] = []
    data = np.frombuffer(page, np.uint8)
    hits = tags_with(data, np.array([0, len(data)]), np.zeros(1, np.int64), _WORDS)
    for start, stop, kind in zip(hits.starts.tolist(), hits.stops.tolist(), hits.entries.tolist(), strict=True):
        if kind == LINKED_DATA:
            linked += _parsed(page[start:stop])
        elif kind in (META, LINK):
            told = attributes(page[start:stop].decode("utf-8", "replace"))
            for what, rank, value in _told(kind, told):
                if value.strip() and (what not in stated or stated[what][0] > rank):
                    stated[what] = rank, value
    own = _root_language(page)
    found = {what: value for what, (_, value) in stated.items()}
    timed = None if iso_date(found.get("date")) or iso_date(linked_text(linked, "datePublished")) else _timed(page)
    found |= {"date": timed} if timed else {}
    return (found | {"language": own} if own else found), linked


def _told(kind: int, told: Stated) -> Iterator[tuple[str, int, str]]:
    if kind == LINK:
        if told.get("rel", "").lower() == "canonical":
            yield "url", -1, told.get("href", "")
        return
    for naming in _NAMING:
        what, rank = _RANK.get(told.get(naming, "").strip().lower(), (None, 0))
        if what is not None:
            yield what, rank, told.get("content", "")


def _root_language(page: bytes) -> str | None:
    head = page[:_HEAD].decode("utf-8", "replace")
    at = head.lower().find("<html")
    end = head.find(">", at)
    own = attributes(head[at + 1 : end]) if 0 <= at < end else {}
    return own.get("lang") or own.get("xml:lang")


def _timed(page: bytes) -> str | None:
    """The first day that a `time` element near the beginning of a page states."""
    at, tried = 0, 0
    while tried < _MOST_TIMES and (at := page.find(b"<time", at)) >= 0:
        tag = page[at + 1 : at + _LONGEST_TAG].partition(b">")[0]
        day = iso_date(attributes(tag.decode("utf-8", "replace")).get("datetime"))
        if day is not None:
            return day
        at, tried = at + 1, tried + 1
    return None


def _parsed(data: bytes) -> list[Any]:
    if len(data) > _MOST_LINKED:
        return []
    try:
        return [orjson.loads(data)]
    except orjson.JSONDecodeError:
        return []


def linked_text(linked: list[Any], name: str) -> str | None:
    """The first text of this name in JSON-LD, at any place that is not too deep."""
    waiting = [(value, 0) for value in linked]
    seen = 0
    while waiting and seen < _MOST_NODES:
        value, depth = waiting.pop(0)
        seen += 1
        inner: list[Any] = []
        if isinstance(value, dict):
            own = value.get(name)
            if isinstance(own, str) and own.strip():
                return own
            inner = list(value.values())
        elif isinstance(value, list):
            inner = value
        if depth < _DEEPEST:
            waiting += [(one, depth + 1) for one in inner[:_MOST_NODES] if isinstance(one, dict | list)]
    return None


def described(text: str, title: str | None, stated: Stated, linked: list[Any]) -> Page:
    """A page with what it states of itself."""
    return Page(
        text,
        one_line(stated.get("title")) or one_line(title),
        iso_date(stated.get("date")) or iso_date(linked_text(linked, "datePublished")),
        language_tag(stated.get("language")),
        one_line(stated.get("author")),
        one_line(stated.get("site")),
        one_line(stated.get("url")),
        one_line(stated.get("description")),
    )
