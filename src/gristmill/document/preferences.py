"""Preferences as a set: whether the longer answer wins, whether judges agree, and rankings that go in circles."""

from __future__ import annotations

# ruff: noqa: S608 - names of columns are quoted
import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from gristmill.build.finished import Finished, identifier
from gristmill.build.manifest import StepEntry
from gristmill.contracts.circles import circles
from gristmill.document import figures, talks
from gristmill.document.charts import Column, Tick, columns
from gristmill.document.markup import Html, join, tag
from gristmill.document.section import Section, facts, folded, note

_STEP = "preference_rules"
_BINS = ("> 4 x shorter", "2 to 4 x", "1.25 to 2 x", "about equal", "1.25 to 2 x", "2 to 4 x", "> 4 x longer")
_EDGES = (-2.0, -1.0, math.log2(1.25) * -1, math.log2(1.25), 1.0, 2.0)
"""Binary logarithms of the ratio of words, chosen over rejected, 1 added to both."""

_MOST_EDGES = 1_000_000
_MOST_SHOWN = 3
_Z = 1.959964  # of a 95 % interval


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of pairs of answers that were judged more than once: how many, how often judges agree, and Krippendorff's alpha.

    Alpha is that of three categories (one is better, the other is, neither), 1 where all agree and 0 where they agree
    as often as chance has it (Krippendorff, "Content Analysis", 3rd ed. 2013, ch. 12); None where all say one thing.
    """

    pairs: int
    contradicted: int
    raw: float
    alpha: float | None


def section(build: Finished, each: int) -> Section | None:
    """None where no step looked at preferences, or none was kept."""
    step = next((step for step in build.manifest.steps if step.step == _STEP), None)
    if step is None or not build.manifest.counts.kept:
        return None
    body = [_lengths(build, step), _judges(build, step, each)]
    lead = (
        "What a reward model would learn from the set as a whole. If the longer answer mostly wins, it learns length; "
        "if judges contradict each other, it learns noise."
    )
    return Section("preferences", "Length and agreement", lead, join(body))


def wilson(hits: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, JASA 22, 1927)."""
    if not count:
        return 0.0, 1.0
    share, spread = hits / count, _Z * _Z / count
    middle = (share + spread / 2) / (1 + spread)
    half = _Z * math.sqrt(share * (1 - share) / count + spread / (4 * count)) / (1 + spread)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def agreement(votes: Mapping[tuple[int, int, int], int]) -> Agreement | None:
    """`votes` has for each way to be judged (first is better, neither, second is better) how many pairs were judged so.

    None where no pair was judged twice.
    """
    several = {way: count for way, count in votes.items() if sum(way) > 1}
    if not several:
        return None
    same = both = 0
    seen = 0.0
    agreed = 0.0
    totals = [0, 0, 0]
    for way, count in several.items():
        judged = sum(way)
        alike = sum(own * (own - 1) for own in way)
        same += count * alike
        both += count * judged * (judged - 1)
        agreed += count * alike / (judged - 1)
        seen += count * judged
        totals = [total + count * own for total, own in zip(totals, way, strict=True)]
    by_chance = sum(total * (total - 1) for total in totals) / (seen - 1)
    alpha = None if by_chance == seen else 1 - (seen - agreed) / (seen - by_chance)
    contradicted = sum(count for (first, _, second), count in several.items() if first and second)
    return Agreement(sum(several.values()), contradicted, same / both, alpha)


def _lengths(build: Finished, step: StepEntry) -> Html:
    chosen, rejected = (identifier(step.column(f"{side}_words")) for side in ("chosen", "rejected"))
    cases = " ".join(f"WHEN r < {edge} THEN {at}" for at, edge in enumerate(_EDGES))
    rows = build.query(
        f"""
        SELECT CASE {cases} ELSE {len(_EDGES)} END AS bin, count(*), count(*) FILTER (r > 0), count(*) FILTER (r < 0),
               sum(d)
        FROM (SELECT log2(({chosen} + 1) / ({rejected} + 1)) AS r, {chosen} - {rejected} AS d
              FROM measured WHERE fate = 'kept')
        WHERE r IS NOT NULL GROUP BY ALL
        """
    )
    counts = {at: count for at, count, *_ in rows}
    every, longer, shorter = sum(counts.values()), sum(row[2] for row in rows), sum(row[3] for row in rows)
    if not every:
        return note("No preference has two sides whose lengths can be compared.")
    low, high = wilson(longer, longer + shorter)
    more = float(sum(row[4] for row in rows)) / every
    told = [
        ("pairs", figures.count(every)),
        ("the longer answer is chosen", f"{figures.percent(longer, longer + shorter)} of those of unlike length"),
        ("95 % interval", f"{100 * low:.1f} to {100 * high:.1f} %"),
        (f"chosen is {'longer' if more >= 0 else 'shorter'} by", f"{abs(more):.3g} words on average"),
    ]
    width = 100 / len(_BINS)
    numbers = [counts.get(at, 0) for at in range(len(_BINS))]
    bars = [
        Column(width * at + width * 0.08, width * 0.84, count, count, f"{name}: {count:,}")
        for at, (name, count) in enumerate(zip(_BINS, numbers, strict=True))
    ]
    ticks = [Tick(width * (at + 0.5), name) for at, name in enumerate(_BINS)]
    drawn = columns(bars, ticks, name="share", label="pairs by how much longer the chosen answer is")
    title = tag(
        "h3", None, "Is the longer answer chosen?", tag("small", None, "half of the time, if length plays no part")
    )
    return join([title, facts(told), drawn])


def _judges(build: Finished, step: StepEntry, each: int) -> Html:
    """Pairs of answers that were judged more than once, and circles in what most judges say of a prompt."""
    key, order = (identifier(step.column(name)) for name in ("prompt_key", "order"))
    build.query(
        f"""
        CREATE OR REPLACE TEMP TABLE judged AS
        WITH told AS (
            SELECT rid, {key} AS k, string_split({order}, '>') AS tiers
            FROM measured WHERE fate = 'kept' AND {order} IS NOT NULL AND {key} IS NOT NULL
        ), placed AS (
            SELECT rid, k, place, unnest(string_split(tiers[place], '=')) AS answer
            FROM (SELECT rid, k, tiers, unnest(range(1, len(tiers) + 1)) AS place FROM told)
        )
        SELECT a.k, a.answer AS a, b.answer AS b, count(*) FILTER (a.place < b.place) AS first,
               count(*) FILTER (a.place = b.place) AS neither, count(*) FILTER (a.place > b.place) AS second,
               min(a.rid) AS rid
        FROM placed a JOIN placed b ON a.rid = b.rid AND a.answer < b.answer GROUP BY ALL
        """
    )
    votes = build.query("SELECT first, neither, second, count(*) FROM judged GROUP BY ALL")
    found = agreement({(first, neither, second): count for first, neither, second, count in votes})
    title = tag("h3", None, "Do those who judged agree?")
    if found is None:
        return join([title, note("No two answers to a prompt were judged more than once.")])
    alpha = "not defined: all say one thing" if found.alpha is None else f"{found.alpha:.3f}"
    rings, more = _circles(build)
    told = [
        ("pairs judged more than once", figures.count(found.pairs)),
        (
            "judged both ways",
            f"{figures.count(found.contradicted)} ({figures.percent(found.contradicted, found.pairs)})",
        ),
        ("two judges agree", f"{100 * found.raw:.1f} % of the time"),
        ("Krippendorff's alpha", alpha),
        ("prompts ranked in a circle", figures.count(len(rings)) + (" at least" if more else "")),
    ]
    rids = [rid for (rid,) in build.query(
        "SELECT rid FROM judged WHERE first > 0 AND second > 0 ORDER BY rid LIMIT ?", [min(each, _MOST_SHOWN)]
    )]  # fmt: skip
    turns = talks.fetch(build, rids)
    drawn = [
        tag("div", "sample", tag("p", "who", tag("code", None, rid[:12])), talks.talk(turns[rid])) for rid in turns
    ]
    examples = folded("Pairs that were judged both ways", tag("div", "samples", *drawn)) if drawn else ""
    return join([title, facts(told), examples])


def _circles(build: Finished) -> tuple[list[str], bool]:
    """Prompts of which most judges hold a better than b, b than c and c than a; and whether there may be more."""
    edges = build.query(
        f"""
        SELECT k, a, b, first > second FROM judged
        WHERE first <> second AND k IN (SELECT k FROM judged GROUP BY k HAVING count(*) > 2)
        ORDER BY k LIMIT {_MOST_EDGES}
        """
    )
    graphs: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for prompt, a, b, first in edges:
        better, worse = (a, b) if first else (b, a)
        graphs[prompt][better].append(worse)
    return [prompt for prompt, graph in graphs.items() if circles(graph)], len(edges) == _MOST_EDGES
