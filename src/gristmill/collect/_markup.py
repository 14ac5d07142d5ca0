"""HTML as a stream of tags and texts, in linear time: no tree is made, so nothing can nest too deeply."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

_RAW = frozenset(("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"))
"""Elements whose content is no markup, up to their own end tag."""

_NAME_END = " \t\r\n\f/>"
_MAX_TAG = 1 << 14
"""Characters of a tag; a longer one is text."""


class Tag(NamedTuple):
    """A start or end tag: its name in lower case, and what stands in it after the name, unparsed."""

    name: str
    closing: bool
    rest: str

    def attribute(self, name: str) -> str:
        """The value of an attribute, empty where there is none."""
        return attributes(self.rest).get(name, "")


def tokens(html: str) -> Iterator[Tag | str]:
    """Tags, and the texts between them with character references resolved. Comments and declarations are left out."""
    at = 0
    size = len(html)
    while at < size:
        less = html.find("<", at)
        if less < 0:
            yield unescape(html[at:])
            return
        if less > at:
            yield unescape(html[at:less])
        follows = html[less + 1 : less + 2]
        if follows in ("!", "?"):
            at = _after_declaration(html, less)
            continue
        closing = follows == "/"
        start = less + 1 + closing
        if not html[start : start + 1].isalpha():
            yield "<"
            at = less + 1
            continue
        end = _tag_end(html, start)
        if end < 0:
            yield "<"
            at = less + 1
            continue
        inside = html[start:end]
        name = _name(inside)
        yield Tag(name.lower(), closing, inside[len(name) :])
        at = end + 1
        if name.lower() in _RAW and not closing:
            at, raw = _raw(html, at, name.lower())
            if raw:
                yield raw


def attributes(rest: str) -> dict[str, str]:
    """Names in lower case and values of what follows a tag's name. Of a name that comes twice, the first."""
    found: dict[str, str] = {}
    at = 0
    while at < len(rest):
        if rest[at] in " \t\r\n\f/":
            at += 1
            continue
        stop = at + 1
        while stop < len(rest) and rest[stop] not in " \t\r\n\f/=":
            stop += 1
        name = rest[at:stop].lower()
        at = _skip_space(rest, stop)
        value = ""
        if rest[at : at + 1] == "=":
            at = _skip_space(rest, at + 1)
            quote = rest[at : at + 1]
            if quote in ('"', "'") and quote:
                stop = rest.find(quote, at + 1)
                stop = len(rest) if stop < 0 else stop
                value, at = rest[at + 1 : stop], stop + 1
            else:
                stop = at
                while stop < len(rest) and rest[stop] not in " \t\r\n\f":
                    stop += 1
                value, at = rest[at:stop], stop
        found.setdefault(name, unescape(value))
    return found


def _skip_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n\f":
        at += 1
    return at


def _name(inside: str) -> str:
    for at, char in enumerate(inside):
        if char in _NAME_END:
            return inside[:at]
    return inside


def _tag_end(html: str, start: int) -> int:
    """Where the `>` stands that ends a tag, past those in quoted values; -1 where none is near."""
    limit = start + _MAX_TAG
    end = html.find(">", start, limit)
    if end < 0 or "=" not in html[start:end]:
        return end
    at = start
    while True:
        equals = html.find("=", at, end)
        if equals < 0:
            return end
        value = _skip_space(html, equals + 1)
        quote = html[value : value + 1]
        if quote not in ('"', "'") or not quote:
            at = equals + 1
            continue
        close = html.find(quote, value + 1, limit)
        if close < 0:
            return end  # a quote that never ends is none
        at = close + 1
        if at > end:
            end = html.find(">", at, limit)
            if end < 0:
                return -1


def _after_declaration(html: str, less: int) -> int:
    if html.startswith("<!--", less):
        end = html.find("-->", less + 4)
        return len(html) if end < 0 else end + 3
    end = html.find(">", less)
    return len(html) if end < 0 else end + 1


def _raw(html: str, at: int, name: str) -> tuple[int, str]:
    """Where the end tag of a raw element stands, and its content where it is a text for people."""
    closing = f"</{name}"
    end = html.find(closing, at)
    upper = html.find(closing.upper(), at, end if end >= 0 else len(html))
    end = upper if upper >= 0 else end
    if end < 0:
        return len(html), ""
    return end, unescape(html[at:end]) if name in ("textarea", "title", "xmp") else ""
