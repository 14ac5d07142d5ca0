"""Each bounded signal: how its values lie about its thresholds."""

from __future__ import annotations

# ruff: noqa: S608 - names of columns are quoted
from collections.abc import Sequence
from itertools import pairwise

from gristmill.build.finished import Finished, identifier
from gristmill.build.manifest import RuleEntry, SignalEntry, StepEntry
from gristmill.document import figures, what_if
from gristmill.document.charts import Column, Line, Tick, bar, columns
from gristmill.document.markup import Html, join, tag
from gristmill.document.section import Section
from gristmill.document.tallies import Tally, tallies
from gristmill.document.visible import shown

MOST_LABELS = 14


def section(build: Finished) -> Section:
    kept = {entry.step: entry.records_out for entry in build.manifest.funnel}
    cards = [_card(tally, kept.get(tally.step.name, 0), at) for at, tally in enumerate(tallies(build))]
    cards += [
        _labels(build, step, signal, rule)
        for step in build.manifest.steps
        for signal in step.signals
        for rule in step.rules
        if rule.values is not None and step.column(rule.signal) == step.column(signal.name)
        if step.column(signal.name) in build.signal_columns
    ]
    lead = (
        "All records that reached a step, by the value it measured; those that break the rule are filled red. Move a "
        "threshold to see what the step would have passed on: the counts are exact, later steps are not run again."
    )
    body = tag("div", "cards", *cards) if cards else tag("p", "note", "No rule of this recipe bounds a signal.")
    return Section("thresholds", "Signals and thresholds", lead, body)


def _card(tally: Tally, kept: int, number: int) -> Html:
    low, middle, high = (figures.value(value) for value in tally.spread)
    about = f"{figures.count(tally.all.total)} records · median {middle} · 99 % between {low} and {high}"
    idents = [f"t{number}-{at}" for at in range(len(tally.sides))]
    return tag(
        "article",
        "card",
        _title(tally.step, tally.signal),
        _chart(tally, idents),
        tag("p", "note", about, " · logarithmic axis" if tally.axis.log else ""),
        *(what_if.control(tally, what_if.counts(tally, at, kept), ident) for at, ident in enumerate(idents)),
    )


def _title(step: StepEntry, signal: SignalEntry) -> Html:
    return tag("h4", None, signal.name, tag("small", None, step.name), tag("span", None, signal.description))


def _chart(tally: Tally, idents: Sequence[str]) -> Html:
    edges, axis = tally.axis.edges, tally.axis
    bars = []
    for at, (left, right) in enumerate(pairwise(edges)):
        whole = _between(tally, at)
        broken = _broken_between(tally, at)
        x, end = axis.at(left), axis.at(right)
        title = f"{figures.value(left)} to {figures.value(right)}: {figures.count(whole)} records"
        bars.append(Column(x, max(end - x - 0.15, 0.2), whole, broken, title))
    ticks = [Tick(axis.at(value), figures.short(value) if value >= 1000 else f"{value:g}") for value in axis.ticks()]
    lines = [
        Line(axis.at(side.bound), f"{side.sign} {figures.value(side.bound)}", ident)
        for side, ident in zip(tally.sides, idents, strict=True)
        if axis.shows(side.bound)
    ]
    return columns(bars, ticks, lines, name="signal", label=f"histogram of {tally.signal.name}")


def _between(tally: Tally, at: int) -> int:
    """How many values are in a bin; the outermost bins hold what lies beyond them too."""
    edges, values = tally.axis.edges, tally.all
    upper = values.total if at == len(edges) - 2 else values.below(edges[at + 1])
    return upper - (values.below(edges[at]) if at else 0)


def _broken_between(tally: Tally, at: int) -> int:
    """How many values of a bin the rules break."""
    edges, values = tally.axis.edges, tally.all
    last = at == len(edges) - 2
    low = 0 if at == 0 else values.below(edges[at])
    high = values.total if last else values.below(edges[at + 1])
    lows = max((side.broken(values, side.bound) for side in tally.sides if side.end == "low"), default=0)
    highs = max((side.broken(values, side.bound) for side in tally.sides if side.end == "high"), default=0)
    below = max(min(lows, high) - low, 0)
    above = max(high - max(values.total - highs, low), 0)
    return min(below + above, high - low)


def _labels(build: Finished, step: StepEntry, signal: SignalEntry, rule: RuleEntry) -> Html:
    column = identifier(step.column(signal.name))
    rows = build.query(
        f"SELECT {column} AS label, count(*) AS n FROM signals WHERE label IS NOT NULL "
        f"GROUP BY ALL ORDER BY n DESC, label LIMIT {MOST_LABELS}"
    )
    most = max((number for _, number in rows), default=1)
    lines = [
        tag(
            "div",
            "label",
            tag("span", None, shown(label, 40)),
            bar(0, [("kept" if label in (rule.values or ()) else "dropped", 100 * number / most)]),
            tag("span", "n", figures.count(number)),
        )
        for label, number in rows
    ]
    asked = tag(
        "p", "note", "asked is ", tag("code", None, rule.bound if len(rule.bound) < 200 else rule.bound[:200] + "…")
    )
    return tag("article", "card", _title(step, signal), join(lines), asked)
