"""Fields of the free metadata of records, as JSON objects have them."""

from __future__ import annotations

from typing import Any

import orjson


def json_object(written: object) -> dict[str, Any]:
    """What is written, or {} where that is no object."""
    try:
        found = orjson.loads(written) if isinstance(written, str | bytes) else written
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def field_of(found: dict[str, Any], name: str) -> object:
    """A field of metadata; or of those that a record had in the build that delivered it, and that lie within."""
    return found[name] if name in found else json_object(found.get("metadata")).get(name)
