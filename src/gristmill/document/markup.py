"""HTML and SVG as values: what is not made here is text, and text is always escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
_VOID = frozenset({"br", "col", "hr", "input", "link", "meta"})


class Html(str):
    """A piece of a page that needs no escaping. Only this module and fixed templates make one."""

    __slots__ = ()


def tag(name: str, attributes: Mapping[str, object] | str | None, *children: str) -> Html:
    """An element. A string for `attributes` is its class; an attribute of None or False is left out."""
    given = {"class": attributes} if isinstance(attributes, str) else attributes or {}
    spelt = "".join(_attribute(key, value) for key, value in given.items() if value is not None and value is not False)
    if name in _VOID:
        return Html(f"<{name}{spelt}>")
    return Html(f"<{name}{spelt}>{join(children)}</{name}>")


def join(children: Iterable[str]) -> Html:
    """Pieces one after another."""
    return Html("".join(escape(child) for child in children))


def escape(text: str) -> Html:
    """Text as a page spells it, in an element or in an attribute."""
    return text if isinstance(text, Html) else Html(str(text).translate(_ESCAPES))


def _attribute(key: str, value: object) -> str:
    return f" {key}" if value is True else f' {key}="{escape(str(value))}"'
