"""Preferences that contradict others: how many, and each of some beside the one that says otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gristmill.build.finished import Finished
from gristmill.document import figures, talks
from gristmill.document.markup import Html, join, tag
from gristmill.document.section import Section, facts, note

STEP = "preference_conflicts"
_MOST_SHOWN = 6


def section(build: Finished, each: int) -> Section | None:
    """None where no step looks for them."""
    steps = [step.name for step in build.manifest.steps if step.step == STEP]
    if not steps:
        return None
    lead = (
        "All that was said of the answers to one prompt was brought together. Where two answers were ranked both ways, "
        "most judges are followed; no order agrees with a circle. ledger/selection has every record found."
    )
    body = [part for name in steps for part in (_counts(build, name), _list(build, name, each))]
    return Section("preference-conflicts", "Preferences that contradict each other", lead, join(body))


def _counts(build: Finished, name: str) -> Html:
    ((came, contradicted, tied, ringed, left),) = build.query(
        """
        SELECT count(*), count(*) FILTER (score < .5), count(*) FILTER (score = .5), count(*) FILTER (score > .5),
               count(*) FILTER (NOT selected)
        FROM selection WHERE step = ?
        """,
        [name],
    )

    def share(count: int) -> str:
        return f"{figures.count(count)} ({figures.percent(count, came)})"

    return facts(
        [
            ("preferences", figures.count(came)),
            ("most say the opposite", share(contradicted)),
            ("as many say the opposite", share(tied)),
            ("stand in a circle", share(ringed)),
            ("were dropped for it", share(left)),
        ]
    )


def _list(build: Finished, name: str, each: int) -> Html:
    found = build.query(
        """
        SELECT rid, neighbour, score FROM selection
        WHERE step = ? AND neighbour IS NOT NULL ORDER BY score, rid LIMIT ?
        """,
        [name, _MOST_SHOWN if each else 0],
    )
    if not found:
        return note("None was found.") if each else Html("")
    turns = talks.fetch(build, [rid for pair in found for rid in pair[:2]])
    drawn = [
        tag("div", "samples", _one(turns, rid, _own(score)), _one(turns, other, _others(score)))
        for rid, other, score in found
    ]
    return join([tag("h3", None, "Found, and what stands against it"), *drawn])


def _own(score: float) -> str:
    return "stands in a circle" if score > 0.5 else f"{100 * score:.0f} % of those who judged it agree"


def _others(score: float) -> str:
    return "goes on with what it rejects" if score > 0.5 else "says otherwise"


def _one(turns: Mapping[str, Sequence[talks.Said]], rid: str, what: str) -> Html:
    name = tag("code", {"title": "explain this record by these digits"}, rid[:12])
    said = talks.talk(turns[rid]) if rid in turns else tag("p", "text gone", "its text was not kept")
    return tag("div", "sample", tag("p", "who", name, " ", tag("span", "place", what)), said)
