"""What was cut out of texts because it stands elsewhere: how much each step cut, and what came again most often."""

from __future__ import annotations

from gristmill.build.finished import Finished
from gristmill.document import figures
from gristmill.document.markup import Html, join, tag
from gristmill.document.section import Section, note, table
from gristmill.document.visible import shown

MOST_PIECES = 12
LONGEST = 160


def section(build: Finished) -> Section | None:
    """None where no step of the build cut anything."""
    rows = build.query(
        """
        SELECT step, count(*), sum(stop - start)::BIGINT, count(DISTINCT rid), count(*) FILTER (twin IS NULL)
        FROM cuts GROUP BY step ORDER BY step
        """
    )
    if not rows:
        return None
    entered = {entry.step: entry for entry in build.manifest.funnel}
    lines = [
        (
            step,
            figures.count(cuts),
            f"{figures.size(size)} ({figures.percent(size, entered[step].bytes_in)})",
            figures.count(records),
            figures.count(alone),
        )
        for step, cuts, size, records, alone in rows
    ]
    heads = ("step", "stretches", "cut, of the text that came", "records", "without a copy that stays")
    body = [table(heads, lines, numbers=(1, 2, 3, 4))]
    for step, *_ in rows:
        body.append(tag("h3", None, f"What {step} cut most of"))
        body.append(_commonest(build, step))
    body.append(note("ledger/cuts has a row for each stretch: where it was, and where the same still stands."))
    lead = "These stretches stand elsewhere in the corpus too. The records stay, but for those with nothing left."
    return Section("cuts", "Cut out of texts", lead, join(body))


def _commonest(build: Finished, step: str) -> Html:
    """Stretches that begin alike, those that make up most bytes first. Looked for by hash: few of many are shown."""
    rows = build.query(
        f"""
        WITH most AS (
            SELECT hash(text) AS h FROM cuts WHERE step = $1
            GROUP BY h ORDER BY sum(stop - start) DESC, h LIMIT {MOST_PIECES}
        )
        SELECT text, count(*), sum(stop - start)::BIGINT AS size, count(DISTINCT rid)
        FROM cuts WHERE step = $1 AND hash(text) IN (SELECT h FROM most)
        GROUP BY text ORDER BY size DESC, text LIMIT {MOST_PIECES}
        """,  # noqa: S608 - only a number of this module goes in
        [step],
    )
    lines = [
        (shown(text, LONGEST), figures.count(times), figures.count(records), figures.size(size))
        for text, times, size, records in rows
    ]
    return table(("begins with", "times", "records", "together"), lines, numbers=(1, 2, 3))
