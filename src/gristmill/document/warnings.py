"""What to look at first: rules that broke nothing or everything, whom they hit most, what the build warned of."""

from __future__ import annotations

from gristmill.build.finished import Finished, RuleEntry, StepEntry
from gristmill.build.telling import telling
from gristmill.document import figures
from gristmill.document.findings import warnings as unfair
from gristmill.document.markup import Html, tag
from gristmill.document.section import Section


def section(build: Finished) -> Section | None:
    """None where there is nothing to warn of."""
    items = [tag("li", None, text) for text in build.manifest.warnings]
    items += [tag("li", "grave", text) for text in unfair(build)]
    items += [_item(step, rule) for step, rule in telling(build.manifest.steps)]
    counts = build.manifest.counts
    if counts.read and not counts.kept:
        items.insert(0, tag("li", "grave", "No record was kept."))
    if not items:
        return None
    lead = "A rule that breaks nothing, or everything, is often a threshold that was meant otherwise."
    return Section("warnings", "Look at these first", lead, tag("ul", "alerts", *items))


def _item(step: StepEntry, entry: RuleEntry) -> Html:
    rule = tag("b", None, f"{step.name}: {entry.reason}")
    bound = tag("code", None, f"{entry.signal} {entry.bound}")
    seen = figures.count(entry.seen)
    if entry.hits:
        return tag("li", "grave", rule, f" broke all {seen} records that it saw (asked is ", bound, ").")
    return tag("li", None, rule, f" broke none of the {seen} records that it saw (asked is ", bound, ").")
