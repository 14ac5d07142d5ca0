"""Licences that files state by being what they are: LICENSE and COPYING, package metadata, texts with one in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.contracts.view import View
from gristmill.protect._license_sentences import said
from gristmill.records.licenses.identifiers import by_url
from gristmill.records.licenses.names import named
from gristmill.records.licenses.packages import is_package_file, stated
from gristmill.records.licenses.table import by_text

_IN_PACKAGE, _CONTAINED = 0.95, 0.8
_PATHS = ("path", "file_path", "filename", "file_name", "file", "max_stars_repo_path")
_NAMES = (
    r"(?:(?:un)?licen[cs]es?|copying|notice|copyright)(?:[._-][a-z0-9._-]*)?"
    r"|package\.json|composer\.json|bower\.json|pyproject\.toml|cargo\.toml|pom\.xml|metadata|pkg-info|description"
)
_ENDS_SO = rf"(?i)(?:^|[/\\!#])(?:{_NAMES})$"
_FIELD_ENDS_SO = rf'(?i)[/\\"](?:{_NAMES})"'


class Found(NamedTuple):
    """A licence, how sure its place makes us, and where it was stated."""

    license: str
    confidence: float
    evidence: str


def in_files(view: View) -> Iterator[tuple[int, Found]]:
    """What the texts of the asked rows say, row by row: metadata of packages, whole licences, notices and sentences."""
    texts = view.column("text")
    if texts is None:
        return
    named_files = dict(_file_names(view))
    likely = {row for row, name in named_files.items() if not is_package_file(name)}
    for one in said(view.text, view.rows, pages=False):
        if one.license is None:
            likely.add(one.row)
        else:
            yield one.row, Found(one.license, one.confidence, one.quote)
    for row in sorted(likely):
        yield from ((row, found) for found in _by_text(texts[row].as_py()))
    for row, name in named_files.items():
        if is_package_file(name):
            for value in stated(name, texts[row].as_py() or ""):
                license = by_url(value) or named(value)
                if license:
                    yield row, Found(license, _IN_PACKAGE, f"{name}: {value}")


def _by_text(text: str | None) -> Iterator[Found]:
    """Of a text that is a licence, or begins with one, how like it is; of others in it, less."""
    matches = by_text(text or "")
    main = next((match for match in matches if match.is_main), None)
    for match in matches:
        how = f"text of {match.license}, {match.alike:.2f} alike"
        if match is main:
            yield Found(match.license, round(match.alike, 3), how)
        else:
            yield Found(match.license, _CONTAINED, f"{how}, in {match.stop - match.start:.0%} of it")


def _file_names(view: View) -> Iterator[tuple[int, str]]:
    """The last part of the path of rows that are licence files or metadata of packages, in the order of rows."""
    found: dict[int, str] = {}
    for column in ("source", "url"):
        paths = view.column(column)
        if paths is not None:
            some = pc.fill_null(pc.match_substring_regex(paths, _ENDS_SO), False)
            for row in pc.indices_nonzero(some).to_pylist():
                found[row] = _last_part(paths[row].as_py())
    metadata = view.column("metadata")
    if metadata is not None:
        for row in pc.indices_nonzero(_matched(metadata, _FIELD_ENDS_SO)).to_pylist():
            name = _path_of(metadata[row].as_py())
            if name and pc.match_substring_regex(pa.scalar(name), _ENDS_SO).as_py():
                found[row] = _last_part(name)
    yield from sorted(found.items())


def _matched(values: pa.Array, pattern: str) -> pa.Array:
    return pc.fill_null(pc.match_substring_regex(values, pattern), False)


def _path_of(metadata: str) -> str | None:
    try:
        known = orjson.loads(metadata)
    except orjson.JSONDecodeError:
        return None
    values = [known.get(name) for name in _PATHS] if isinstance(known, dict) else []
    return next((value for value in values if isinstance(value, str)), None)


def _last_part(path: str) -> str:
    for sign in "/\\!#":
        path = path.rpartition(sign)[2]
    return path
