"""Why records went: the rules of each step with their counts, and a few of the texts they dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from gristmill.build.finished import Finished
from gristmill.document import figures
from gristmill.document.charts import bar
from gristmill.document.markup import Html, join, tag
from gristmill.document.rules import Outcome
from gristmill.document.samples import Sample, quoted
from gristmill.document.section import Section, folded

_SHOWN_IDLE = 2
"""Rules that no record broke are told as their number where there are more."""


def section(build: Finished, outcomes: Sequence[Outcome], samples: Mapping[str, Sample]) -> Section:
    blocks = []
    for name, group in groupby(outcomes, lambda outcome: outcome.step.name):
        rules = sorted(group, key=lambda outcome: (-outcome.hits, outcome.rule.reason, outcome.column))
        blocks.append(_step(build, name, rules, samples))
    lead = (
        "A record counts for every rule that it broke in the step that dropped it. “Alone” are the records that "
        "would have passed the step without this rule. Open a rule for texts it dropped; they are drawn by hash, "
        "so the same build shows the same ones."
    )
    body = join(blocks) if blocks else tag("p", "note", "The recipe has no rules.")
    return Section("reasons", "Why records went", lead, body)


def _step(build: Finished, name: str, rules: Sequence[Outcome], samples: Mapping[str, Sample]) -> Html:
    dropped = sum(entry.dropped for entry in build.manifest.funnel if entry.step == name)
    entered = sum(entry.records_in for entry in build.manifest.funnel if entry.step == name)
    title = tag("h3", None, name, tag("small", None, _dropped(dropped, entered)))
    head = tag("div", "rule head", *(tag("span", None, text) for text in ("rule", "asked is", "broken by", "alone")))
    most = max((rule.hits for rule in rules), default=0) or 1
    broken = [_rule(rule, most, samples) for rule in rules if rule.hits]
    idle = [_rule(rule, most, samples) for rule in rules if not rule.hits]
    if len(idle) <= _SHOWN_IDLE:
        return tag("section", "step", title, head, *broken, *idle)
    rest = folded(f"Rules that no record broke: {len(idle)}", head, *idle)
    return tag("section", "step", title, *([head, *broken] if broken else []), rest)


def _dropped(dropped: int, entered: int) -> str:
    if not dropped:
        return f"dropped none of {figures.count(entered)}"
    return f"dropped {figures.count(dropped)} of {figures.count(entered)} · {figures.percent(dropped, entered)}"


def _rule(outcome: Outcome, most: int, samples: Mapping[str, Sample]) -> Html:
    cells = (
        tag(
            "span",
            "reason",
            tag("b", None, outcome.rule.reason),
            bar(0, [("dropped", 100 * outcome.hits / most)], height=4),
        ),
        tag("code", None, f"{outcome.rule.signal} {outcome.rule.bound}"),
        tag("span", "n", figures.count(outcome.hits), tag("small", None, figures.percent(outcome.hits, outcome.seen))),
        tag("span", "n", figures.count(outcome.alone)),
    )
    shown = [samples[rid] for rid in outcome.rids if rid in samples]
    if not shown:
        return tag("div", "rule bare", *cells)
    source = tag("p", "note", f"Rule from {outcome.rule.source}.") if outcome.rule.source else ""
    texts = [quoted(sample, _why(outcome, sample)) for sample in shown]
    return tag("details", "rulebox", tag("summary", "rule", *cells), tag("div", "samples", source, *texts))


def _why(outcome: Outcome, sample: Sample) -> str:
    held = sample.value_of(outcome.rule.reason, outcome.column)
    if held is None:
        return ""
    return f"{outcome.rule.signal} {held if isinstance(held, str) else figures.value(held)}"
