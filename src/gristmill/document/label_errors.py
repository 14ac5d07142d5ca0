"""Labels that are likely wrong: how many of each label, and the likeliest errors with what fits better."""

from __future__ import annotations

from gristmill.build.finished import Finished
from gristmill.document import figures, talks
from gristmill.document.markup import Html, join, tag
from gristmill.document.section import Section, facts, table
from gristmill.document.visible import shown

STEP = "label_errors"
_MOST_LABELS, _MOST_SHOWN = 20, 12


def section(build: Finished, each: int) -> Section | None:
    """None where no step looks for them."""
    steps = [step.name for step in build.manifest.steps if step.step == STEP]
    if not steps:
        return None
    lead = (
        "A model judged each label without having seen the example. What it is confidently against is likely wrong, or "
        "hard: read the list before you drop or change anything. ledger/selection has all of them, the likeliest first."
    )
    body = [part for name in steps for part in (_counts(build, name), _by_label(build, name), _list(build, name, each))]
    return Section("label-errors", "Likely label errors", lead, join(body))


def _counts(build: Finished, name: str) -> Html:
    ((came, judged, found),) = build.query(
        "SELECT count(*), count(score), count(neighbour) FROM selection WHERE step = ?", [name]
    )
    return facts(
        [
            ("examples", figures.count(came)),
            ("judged", f"{figures.count(judged)} ({figures.percent(judged, came)})"),
            ("likely wrong", f"{figures.count(found)} ({figures.percent(found, judged)} of those judged)"),
        ]
    )


def _by_label(build: Finished, name: str) -> Html:
    """A row for each label: how many, how many are likely wrong, and what most of those would be."""
    found = build.query(
        f"""
        SELECT s.stratum, count(*) AS n, count(s.neighbour), mode(b.stratum), avg(s.score)
        FROM selection s LEFT JOIN selection b ON b.rid = s.neighbour AND b.step = s.step
        WHERE s.step = ? AND s.score IS NOT NULL GROUP BY ALL ORDER BY n DESC, s.stratum LIMIT {_MOST_LABELS}
        """,  # noqa: S608 - only a number of this module goes in
        [name],
    )
    rows = [
        [
            shown(label or "", 60),
            figures.count(count),
            figures.count(wrong),
            figures.percent(wrong, count),
            "·" if better is None else shown(better, 60),
            f"{sure:.2f}",
        ]
        for label, count, wrong, better, sure in found
    ]
    heads = ("label", "judged", "likely wrong", "of it", "mostly in place of", "the model is sure of it, on average")
    return table(heads, rows, numbers=(1, 2, 3, 5)) if rows else Html("")


def _list(build: Finished, name: str, each: int) -> Html:
    found = build.query(
        """
        SELECT s.rid, s.stratum, b.stratum, s.score
        FROM selection s JOIN selection b ON b.rid = s.neighbour AND b.step = s.step
        WHERE s.step = ? AND s.neighbour IS NOT NULL ORDER BY s.rank LIMIT ?
        """,
        [name, _MOST_SHOWN if each else 0],
    )
    turns = talks.fetch(build, [rid for rid, *_ in found])
    drawn = []
    for rid, label, better, sure in found:
        told = join([tag("b", None, shown(label, 60)), " ", tag("span", "place", f"share {sure:.3f}; likelier: ")])
        name_ = tag("code", {"title": "explain this record by these digits"}, rid[:12])
        said = talks.talk(turns[rid]) if rid in turns else tag("p", "text gone", "its text was not kept")
        drawn.append(tag("div", "sample", tag("p", "who", name_, " ", told, tag("b", None, shown(better, 60))), said))
    return join([tag("h3", None, "The likeliest errors"), tag("div", "samples", *drawn)]) if drawn else Html("")
