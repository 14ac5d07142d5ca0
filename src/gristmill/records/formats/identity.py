"""A row's own id, and the fields that are not part of the content."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from gristmill.records.formats.format import Row


def row_id(row: Mapping[str, Any], metadata: dict[str, Any], key: str = "id") -> str | None:
    """The id as a text. One that is no text stays in the metadata too, so that it can be written as it was."""
    found = row.get(key)
    if found is None:
        return None
    if isinstance(found, str):
        return found
    metadata[key] = found
    return str(found)


def others(row: Row, ours: Collection[str]) -> dict[str, Any]:
    """The fields under their own names that are not among ours."""
    return {key: value for key, value in row.items() if key not in ours}


def put_id(row: Row, id: str | None, metadata: Mapping[str, Any], key: str = "id") -> None:
    if id is not None and key not in metadata:
        row[key] = id
