"""Which format a row or a sample of rows has, and why, told from the rows' shapes alone."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from gristmill.records.formats import (
    conversations,
    fields,
    harmony,
    instructions,
    judged,
    mt_bench,
    openai_preference,
    pairs,
    preferences,
    spans,
    transcripts,
    trees,
    ultrafeedback,
)
from gristmill.records.formats.format import Evidence, Format, Reading, Row, UnreadableRowError
from gristmill.records.formats.shape import ShapeKey, shape_key

FORMATS: tuple[Format, ...] = (
    *conversations.FORMATS,
    *instructions.FORMATS,
    *pairs.FORMATS,
    *transcripts.FORMATS,
    *harmony.FORMATS,
    *trees.FORMATS,
    *mt_bench.FORMATS,
    *openai_preference.FORMATS,
    *preferences.FORMATS,
    *judged.FORMATS,
    *ultrafeedback.FORMATS,
    *fields.FORMATS,
    *spans.FORMATS,
)
_CACHED_FIELDS = 64  # a row with more is no common shape, and thousands of such would fill the memory
NAMED: Mapping[str, Format] = {format.name: format for format in FORMATS}


@dataclass(frozen=True)
class Considered:
    """A format that the rows could also be, or nearly are."""

    name: str
    why: str


@dataclass(frozen=True)
class Detection:
    """What a sample of rows is. Without a `format`, `others` are the near misses.

    `shares` says how many rows of the sample each format reads best, where they are mixed; a file of mixed rows is
    read with `read_any`.
    """

    format: Format | None
    why: str
    others: tuple[Considered, ...] = ()
    shares: tuple[tuple[str, int], ...] = ()


def fitting(shape: ShapeKey) -> tuple[tuple[Format, Evidence], ...]:
    """The formats that a shape has, the most specific first; among equals the order is that of `FORMATS`."""
    return _fitting(shape) if len(shape) <= _CACHED_FIELDS else _fitting.__wrapped__(shape)


@lru_cache(maxsize=512)
def _fitting(shape: ShapeKey) -> tuple[tuple[Format, Evidence], ...]:
    kinds = dict(shape)
    found = [(format, evidence) for format in FORMATS if (evidence := format.recognise(kinds)) is not None]
    found.sort(key=lambda pair: -pair[1].weight)
    return tuple(found)


def detect(rows: Sequence[object]) -> Detection:
    """The format of a sample of rows: the one that is the best of most rows."""
    shapes: Counter[ShapeKey] = Counter()
    for row in rows:
        if isinstance(row, dict):
            shapes[shape_key(row)] += 1
    if not shapes:
        return Detection(None, "no row is an object with named fields" if rows else "there are no rows")
    best: Counter[str] = Counter()
    others: dict[str, str] = {}
    whys: dict[str, str] = {}
    for shape, count in shapes.items():
        found = fitting(shape)
        if found:
            best[found[0][0].name] += count
            whys.setdefault(found[0][0].name, found[0][1].why)
        for format, evidence in found[1:]:
            others.setdefault(format.name, evidence.why)
    if not best:
        commonest = shapes.most_common(1)[0][0]
        return Detection(None, _no_format(commonest), near_misses([key for key, _ in commonest]))
    name, count = max(best.items(), key=lambda item: item[1])
    why = whys[name]
    if count < len(rows):
        why += f" ({count} of {len(rows)} rows)"
    considered = tuple(Considered(other, text) for other, text in others.items() if other != name)
    return Detection(NAMED[name], why, considered, tuple(best.most_common()))


def _no_format(shape: ShapeKey) -> str:
    names = ", ".join(f"`{key[:40]}`" for key, _ in shape[:12])
    return f"no known format has the fields {names}" if names else "the rows have no fields"


def near_misses(names: Sequence[str], most: int = 3) -> tuple[Considered, ...]:
    """Formats of which some of the fields are there, the nearest first."""
    there = set(names)
    found = []
    for order, format in enumerate(FORMATS):
        missing = [key for key in format.keys if key not in there]
        has = [key for key in format.keys if key in there]
        if not has:
            continue
        if not missing:
            found.append((0.0, order, Considered(format.name, f"has {_quoted(has)}, of another kind than it takes")))
            continue
        why = f"has {_quoted(has)} but no {_quoted(missing)}"
        close = difflib.get_close_matches(missing[0], [name[:100] for name in names[:100] if name not in has], n=1)
        if close:
            why += f"; is `{close[0]}` meant?"
        found.append((len(missing) / len(format.keys) - (0.5 if close else 0), order, Considered(format.name, why)))
    found.sort(key=lambda item: item[:2])
    return tuple(considered for _, _, considered in found[:most])


def _quoted(names: Sequence[str]) -> str:
    return " and ".join(f"`{name}`" for name in names)


def best_of(row: Row, kind: str) -> Format:
    """The most specific format of one row; among equally specific ones the first that gives records of this kind."""
    found = fitting(shape_key(row))
    equals = [format for format, evidence in found if evidence.weight == found[0][1].weight]
    return next((format for format in equals if format.kind == kind), None) or format_of(row)


def format_of(row: Row) -> Format:
    """The most specific format of one row; an error names the near misses."""
    shape = shape_key(row)
    found = fitting(shape)
    if found:
        return found[0][0]
    near = "; ".join(f"{considered.name}: {considered.why}" for considered in near_misses(list(row), 2))
    raise UnreadableRowError(_no_format(shape) + (f" ({near})" if near else ""))


def read_any(row: object) -> tuple[Format, Reading]:
    """One row of a file in which the formats are mixed."""
    if not isinstance(row, dict):
        raise UnreadableRowError("the row is no object with named fields")
    format = format_of(row)
    return format, format.read(row)
