"""Which file of code a record is: its path, language and marks, as its metadata has them or as they are found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.contracts.view import View
from gristmill.records.code.languages import HEAD_BYTES, by_name, language_of
from gristmill.records.code.marks import MARKS, Mark, marks_of

_PATHS = ("path", "file_path", "filename", "file_name", "max_stars_repo_path")
_LANGUAGES = ("language", "lang", "programming_language")
_OFTEN_OTHERWISE = {"c-sharp": "C#", "f-sharp": "F#", "cpp": "C++", "csharp": "C#", "bash": "Shell", "golang": "Go"}


class Known(NamedTuple):
    """What is known of a record; no language where nothing tells."""

    language: str | None
    marks: frozenset[Mark]


def known(view: View) -> list[Known]:
    """Of each asked row."""
    texts, metadata = view.column("text"), view.column("metadata")
    heads = pc.utf8_slice_codeunits(texts, 0, HEAD_BYTES)
    return [
        _one(about, head, texts, row)
        for row, (about, head) in enumerate(zip(_all(metadata, len(view)), heads, strict=True))
    ]


def _all(metadata: pa.Array | None, rows: int) -> Iterator[dict[str, Any]]:
    for value in metadata if metadata is not None else pa.nulls(rows, pa.string()):
        try:
            about = orjson.loads(value.as_py() or b"{}")
        except orjson.JSONDecodeError:
            about = {}
        yield about if isinstance(about, dict) else {}


def _one(about: dict[str, Any], head: pa.Scalar, texts: pa.Array, row: int) -> Known:
    path = _first(about, _PATHS) or ""
    spelled = _first(about, _LANGUAGES) or ""
    language = by_name(_OFTEN_OTHERWISE.get(spelled.lower(), spelled))
    if language is None and (path or spelled):
        language = language_of(path, head.as_py() or "")
    given = about.get("marks")
    if isinstance(given, list):
        said = frozenset(mark for mark in MARKS if mark in given)
        return Known(language.name if language else None, said)
    marks = marks_of(path, texts[row].as_py() or "", language)
    return Known(language.name if language else None, frozenset(marks))


def _first(about: dict[str, Any], names: tuple[str, ...]) -> str | None:
    values = (about.get(name) for name in names)
    return next((value for value in values if isinstance(value, str) and value), None)
