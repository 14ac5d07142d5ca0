"""Selection: how many of each stratum were kept, down to which score, and why the others were not."""

from __future__ import annotations

from gristmill.build.finished import Finished
from gristmill.document import figures
from gristmill.document.markup import Html, join, tag
from gristmill.document.section import Section, facts, note, table
from gristmill.document.visible import shown

MOST_STRATA = 25

_TOLD_ELSEWHERE = ("label_errors", "preference_conflicts")
_WHY = {
    "no_score": "have no score",
    "no_vector": "have no vector",
    "outranked": "stood behind the last one selected",
    "too_near": "were too near to a better one that was selected",
    "covered": "lie nearer to a selected one than the last one did",
}


def section(build: Finished) -> Section | None:
    """None where no step of the build selects."""
    steps = [step for step in build.manifest.steps if step.kind == "select" and step.step not in _TOLD_ELSEWHERE]
    if not steps:
        return None
    lead = (
        "All records that came so far were ranked, and the best were kept. The ledger has the score, the rank and the "
        "nearest selected record of each in ledger/selection."
    )
    body: list[Html] = []
    for step in steps:
        body += [tag("h3", None, shown(step.name, 80)), _fates(build, step.name), _strata(build, step.name)]
    return Section("selection", "Selection", lead, join(body))


def _fates(build: Finished, step: str) -> Html:
    rows = build.query(
        "SELECT reason, count(*) AS n FROM selection WHERE step = ? GROUP BY reason ORDER BY reason NULLS FIRST", [step]
    )
    total = sum(count for _, count in rows)
    told = [("came", figures.count(total))]
    for reason, count in rows:
        what = "were selected" if reason is None else _WHY.get(reason, reason)
        told.append((what, f"{figures.count(count)} ({figures.percent(count, total)})"))
    return facts(told)


def _strata(build: Finished, step: str) -> Html:
    """A row for each stratum, the largest first."""
    found = build.query(
        """
        SELECT stratum, count(*) AS n, count(*) FILTER (selected), any_value(cut_off),
               avg(score) FILTER (selected), avg(score) FILTER (NOT selected)
        FROM selection WHERE step = ? GROUP BY stratum ORDER BY n DESC, stratum
        """,
        [step],
    )
    rows = [
        [
            "all" if stratum is None else shown(stratum, 60),
            figures.count(count),
            figures.count(selected),
            *("·" if value is None else f"{value:.6g}" for value in (cut_off, kept, left)),
        ]
        for stratum, count, selected, cut_off, kept, left in found[:MOST_STRATA]
    ]
    heads = ("stratum", "records", "selected", "score of the last one kept", "mean score, kept", "mean score, left")
    parts = [table(heads, rows, numbers=range(1, 6))]
    if len(found) > MOST_STRATA:
        parts.append(note(f"{figures.count(len(found) - MOST_STRATA)} smaller strata are not shown."))
    return join(parts)
