"""Single facts out of a page's JSON-LD."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

_MOST_BYTES = 1 << 20  # of JSON-LD that is parsed
_DEEPEST = 8
_MOST_NODES = 1000


def parsed(data: bytes) -> list[Any]:
    """What a script of linked data holds; nothing where it cannot be read."""
    if len(data) > _MOST_BYTES:
        return []
    try:
        return [orjson.loads(data)]
    except orjson.JSONDecodeError:
        return []


def linked_text(linked: list[Any], name: str) -> str | None:
    """The first text of this name in JSON-LD, at any place that is not too deep."""
    return _first(linked, name, _text)


def linked_name(linked: list[Any], name: str) -> str | None:
    """The first of this name in JSON-LD that is a text, or a thing (or several) with a name: who wrote a page, say."""
    return _first(linked, name, _named)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _named(value: Any) -> str | None:
    if isinstance(value, list):
        names = [name for name in map(_named, value[:_MOST_NODES]) if name]
        return ", ".join(dict.fromkeys(names)) or None
    return _text(value.get("name") if isinstance(value, dict) else value)


def _first(linked: list[Any], name: str, told: Callable[[Any], str | None]) -> str | None:
    waiting = [(value, 0) for value in linked]
    seen = 0
    while seen < min(len(waiting), _MOST_NODES):
        value, depth = waiting[seen]
        seen += 1
        inner: list[Any] = []
        if isinstance(value, dict):
            own = told(value.get(name))
            if own:
                return own
            inner = list(value.values())
        elif isinstance(value, list):
            inner = value
        if depth < _DEEPEST and len(waiting) < _MOST_NODES:
            waiting += [(one, depth + 1) for one in inner[:_MOST_NODES] if isinstance(one, dict | list)]
    return None
