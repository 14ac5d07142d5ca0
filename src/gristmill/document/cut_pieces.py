"""What was cut out of texts because it stands elsewhere: how much each step cut, and what came again most often."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gristmill.build.finished import Finished, duckdb_path, literal
from gristmill.document import figures
from gristmill.document.markup import Html, join, tag
from gristmill.document.section import Section, note, table
from gristmill.document.visible import shown

MOST_PIECES = 12
LONGEST = 160

_FILE_BITS = 40  # of a place, below the number of its file


class _Commonest(NamedTuple):
    """Stretches that begin alike, and the place of the first of them."""

    times: int
    size: int
    records: int
    place: int


def section(build: Finished) -> Section | None:
    """None where no step of the build cut anything."""
    steps = [step for (step,) in build.query("SELECT DISTINCT step FROM cuts ORDER BY step")]
    if not steps:
        return None
    files = [duckdb_path(file) for file in sorted(build.layout.cuts.glob("*.parquet"))]
    entered = {entry.step: entry for entry in build.manifest.funnel}
    lines = []
    commonest = []
    for step in steps:
        _gather(build, step, files)
        ((cuts, size, records, alone),) = build.query(
            "SELECT count(*), sum(size)::BIGINT, count(DISTINCT record), count(*) FILTER (alone) FROM stretches"
        )
        share = figures.percent(size, entered[step].bytes_in)
        counts = (figures.count(records), figures.count(alone))
        lines.append((step, figures.count(cuts), f"{figures.size(size)} ({share})", *counts))
        commonest.append(tag("h3", None, f"What {step} cut most of"))
        commonest.append(_commonest(build, files))
    build.query("DROP TABLE stretches")
    heads = ("step", "stretches", "cut, of the text that came", "records", "without a copy that stays")
    body = [
        table(heads, lines, numbers=(1, 2, 3, 4)),
        *commonest,
        note("ledger/cuts has a row for each stretch: where it was, and where the same still stands."),
    ]
    lead = "These stretches stand elsewhere in the corpus too. The records stay, but for those with nothing left."
    return Section("cuts", "Cut out of texts", lead, join(body))


def _gather(build: Finished, step: str, files: Sequence[str]) -> None:
    """A table of numbers for what a step cut, so that texts are gone through once.

    Records and texts are told apart by 64 bits of hash: of a thousand million, some 0.03 are taken for another.
    """
    listed = ", ".join(map(literal, files))
    build.query(
        f"""
        CREATE OR REPLACE TEMP TABLE stretches AS
        SELECT hash(text) AS begins, hash(rid) AS record, stop - start AS size, twin_start IS NULL AS alone,
               file_index::BIGINT << {_FILE_BITS} | file_row_number AS place
        FROM read_parquet([{listed}]) WHERE step = $1
        """,  # noqa: S608 - only names of files go in
        [step],
    )


def _commonest(build: Finished, files: Sequence[str]) -> Html:
    """Stretches that begin alike, those that make up most bytes first."""
    rows = build.query(
        f"""
        WITH most AS (
            SELECT begins FROM stretches GROUP BY begins ORDER BY sum(size) DESC, begins LIMIT {MOST_PIECES}
        )
        SELECT count(*), sum(size)::BIGINT, count(DISTINCT record), min(place)
        FROM stretches WHERE begins IN (FROM most) GROUP BY begins
        """  # noqa: S608 - only a number of this module goes in
    )
    found = [_Commonest(*row) for row in rows]
    texts = _texts(build, files, (one.place for one in found))
    found.sort(key=lambda one: (-one.size, texts[one.place]))
    lines = [
        (shown(texts[one.place], LONGEST), figures.count(one.times), figures.count(one.records), figures.size(one.size))
        for one in found
    ]
    return table(("begins with", "times", "records", "together"), lines, numbers=(1, 2, 3))


def _texts(build: Finished, files: Sequence[str], places: Iterable[int]) -> dict[int, str]:
    """The text in each of few places. Only what is around it in its file is read."""
    within: defaultdict[int, list[int]] = defaultdict(list)
    for place in places:
        within[place >> _FILE_BITS].append(place & (1 << _FILE_BITS) - 1)
    texts: dict[int, str] = {}
    for number, rows in within.items():
        found = build.query(
            "SELECT file_row_number, text FROM read_parquet($1) WHERE file_row_number IN "  # noqa: S608 - numbers
            f"({', '.join(map(str, rows))})",
            [files[number]],
        )
        texts |= {number << _FILE_BITS | row: text for row, text in found}
    return texts
