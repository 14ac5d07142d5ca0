"""Finds records of a build by rid, id, url or a piece of their text."""

# ruff: noqa: S608 - values are parameters; names of columns and files are quoted

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from gristmill.build.finished import Finished, duckdb_path, literal
from gristmill.errors import RecordNotFoundError

MOST_HITS = 10
SHORTEST_PREFIX = 6
_AROUND = 60
_Name = Literal["id", "url"]
_NAMES: tuple[_Name, ...] = ("id", "url")
_HEX = frozenset("0123456789abcdef")


_SAID = "array_to_string(list_transform({}, lambda m: coalesce(m.content, '')), chr(10))"
_TEXTS: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset(("rid", "text")), "text"),
    (frozenset(("rid", "messages")), _SAID.format("messages")),
    (
        frozenset(("rid", "prompt", "completions")),
        f"{_SAID.format('prompt')} || chr(10) || "
        + _SAID.format("flatten(list_transform(completions, lambda c: coalesce(c.messages, [])))"),
    ),
    (
        frozenset(("rid", "input")),
        "array_to_string(list_transform(input, lambda f: coalesce(f.value, '')), chr(10))"
        " || chr(10) || coalesce(target, '')",
    ),
)
"""The columns that a file must have, and what all that is said in a record of it is then."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that answers to what was asked, and by which of its names."""

    rid: str
    by: Literal["rid", "id", "url", "text"]
    id: str | None
    url: str | None
    fate: str
    step: str | None
    snippet: str | None = None


def find(build: Finished, what: str) -> list[Hit]:
    """The first ten records whose rid (or the beginning of it), id, url or text is asked for.

    Names are tried in this order and the first that answers is taken. Texts are those that the build
    kept, of kept and of dropped records; runs of whitespace count as one space.
    """
    wanted = what.strip()
    if not wanted:
        raise RecordNotFoundError("nothing was asked for: give a rid, an id, a url or a piece of text")
    hits = _by_rid(build, wanted.lower()) or _by_name(build, wanted) or _by_text(build, wanted)
    if not hits:
        raise RecordNotFoundError(
            f"no record of {build.root} has the rid, id, url or text {_shortened(wanted)!r}{_nearest(build, wanted)}"
        )
    return hits


def _by_rid(build: Finished, wanted: str) -> list[Hit]:
    if not SHORTEST_PREFIX <= len(wanted) <= 32 or not _HEX.issuperset(wanted):
        return []
    return _hits(build, "rid", "rid >= ? AND rid <= ?", [wanted, wanted + "g"])


def _by_name(build: Finished, wanted: str) -> list[Hit]:
    for name in _NAMES:
        if hits := _hits(build, name, f"{name} = ?", [wanted]):
            return hits
    return []


def _hits(build: Finished, by: Literal["rid"] | _Name, where: str, parameters: list[str]) -> list[Hit]:
    rows = build.query(
        f"SELECT rid, id, url, fate, step FROM records WHERE {where} ORDER BY rid LIMIT {MOST_HITS}", parameters
    )
    return [Hit(rid, by, id, url, fate, step) for rid, id, url, fate, step in rows]


def _by_text(build: Finished, wanted: str) -> list[Hit]:
    pattern = r"\s+".join(re.escape(word) for word in wanted.strip("…").split())
    hits: list[Hit] = []
    for source in _text_tables(build):
        columns = {name for name, *_ in build.query(f"DESCRIBE FROM {source}")}
        text = next((text for needed, text in _TEXTS if columns >= needed), None)
        if text and source.startswith("read_json") and build.manifest.kind != "document":
            text = " || ' ' || ".join(f"coalesce({name}::VARCHAR, '')" for name in sorted(columns - {"rid"}))
        if text is None:
            continue  # an output that holds tokens, say
        found = build.query(
            f"SELECT rid, regexp_extract(text, ?) FROM (SELECT rid, {text} AS text FROM {source}) "
            f"WHERE regexp_matches(text, ?) LIMIT {MOST_HITS}",
            [f"(?s).{{0,{_AROUND}}}{pattern}.{{0,{_AROUND}}}", pattern],
        )
        for rid, snippet in found:
            hits += [
                Hit(rid, "text", hit.id, hit.url, hit.fate, hit.step, " ".join(snippet.split()))
                for hit in _hits(build, "rid", "rid = ?", [rid])
            ]
        if len(hits) >= MOST_HITS:
            break
    return hits[:MOST_HITS]


def _text_tables(build: Finished) -> list[str]:
    """One FROM clause a file that holds texts: the records that stayed first, each format's first file wins."""
    layout = build.layout
    kept = sorted(layout.data.rglob("*.parquet"))
    if kept:
        kept = [file for file in kept if file.parent == kept[0].parent]
        tables = [f"read_parquet({literal(duckdb_path(file))})" for file in kept]
    else:
        held = {"document": "text: 'VARCHAR'", "conversation": "messages: 'JSON'"}.get(
            build.manifest.kind, "prompt: 'JSON', completions: 'JSON', input: 'JSON', target: 'JSON'"
        )
        columns = f"columns = {{rid: 'VARCHAR', {held}}}, format = 'newline_delimited'"
        lines = sorted(file for file in layout.data.rglob("*.jsonl*") if file.is_file())
        tables = [f"read_json({literal(duckdb_path(file))}, {columns})" for file in lines]
    return tables + [
        f"read_parquet({literal(duckdb_path(file))})" for file in sorted(layout.dropped.rglob("*.parquet"))
    ]


def _nearest(build: Finished, wanted: str) -> str:
    """A closing half-sentence that names the most similar id or url, where one is similar at all."""
    if len(wanted) > 300:
        return ""
    best: tuple[float, str, str] | None = None
    for name in _NAMES:
        rows = build.query(
            f"SELECT jaro_winkler_similarity({name}, ?) AS alike, {name} FROM records "
            f"WHERE length({name}) <= 300 AND alike >= 0.8 ORDER BY alike DESC, {name} LIMIT 1",
            [wanted],
        )
        best = max([(alike, name, value) for alike, value in rows] + ([best] if best else []), default=None)
    return f"; the nearest {best[1]} is {best[2]!r}" if best else ""


def _shortened(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"
