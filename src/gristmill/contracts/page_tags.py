"""A tag of a page as it is read and as it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape, unescape
from typing import NamedTuple

from gristmill.text.tags import ANCHOR, LINK, LINKED_DATA, META, TIME

_SPACE = " \t\n\f\r"
_NAME_ENDS = frozenset("=>/" + _SPACE)
_NAMES = {META: "meta", LINK: "link", ANCHOR: "a", TIME: "time"}
_SCRIPT = '<script type="application/ld+json">'


class Tag(NamedTuple):
    """A tag of a page: its kind as `text/tags` numbers them, its attributes, or the content of linked data."""

    kind: int
    attributes: Mapping[str, str]
    content: str = ""


def read_tag(kind: int, found: str) -> Tag:
    """A tag, or the content of a script of linked data, as `tags_with` found it."""
    return Tag(kind, {}, found) if kind == LINKED_DATA else Tag(kind, attributes(found))


def attributes(tag: str) -> dict[str, str]:
    """The attributes of a start tag as browsers read it (HTML 13.2.5.32 and on): the first of a name counts."""
    found: dict[str, str] = {}
    body = tag.lstrip("<").rstrip(">")
    at = _until(body, 0, _NAME_ENDS)  # the name of the element
    while at < len(body):
        if body[at] in _NAME_ENDS and body[at] != "=":
            at += 1
            continue
        end = _until(body, at + 1, _NAME_ENDS)
        name, at = body[at:end].lower(), _over_space(body, end)
        value = ""
        if at < len(body) and body[at] == "=":
            value, at = _value(body, _over_space(body, at + 1))
        found.setdefault(name, unescape(value).strip())
    return found


def written(tag: Tag) -> str:
    """The tag as markup on one line, which is read as the same tag again."""
    if tag.kind == LINKED_DATA:
        return f"{_SCRIPT}{' '.join(tag.content.split())}</script>"
    pairs = (f' {key}="{escape(" ".join(value.split()))}"' for key, value in tag.attributes.items())
    return f"<{_NAMES[tag.kind]}{''.join(pairs)}>"


def _value(body: str, at: int) -> tuple[str, int]:
    quote = body[at : at + 1]
    if quote in ('"', "'") and quote:
        end = body.find(quote, at + 1)
        end = len(body) if end < 0 else end
        return body[at + 1 : end], end + 1
    end = _until(body, at, frozenset(_SPACE))
    return body[at:end], end


def _until(body: str, at: int, ends: frozenset[str]) -> int:
    while at < len(body) and body[at] not in ends:
        at += 1
    return at


def _over_space(body: str, at: int) -> int:
    while at < len(body) and body[at] in _SPACE:
        at += 1
    return at
