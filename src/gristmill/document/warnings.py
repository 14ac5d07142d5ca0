"""What to look at first: rules that broke nothing or everything, and what the build itself warned of."""

from __future__ import annotations

from collections.abc import Sequence

from gristmill.build.finished import Finished
from gristmill.document import figures
from gristmill.document.markup import Html, tag
from gristmill.document.rules import Outcome
from gristmill.document.section import Section


def section(build: Finished, outcomes: Sequence[Outcome]) -> Section | None:
    """None where there is nothing to warn of."""
    items = [tag("li", None, text) for text in build.manifest.warnings]
    items += [_item(outcome) for outcome in outcomes if _idle(outcome) or _total(outcome)]
    counts = build.manifest.counts
    if counts.read and not counts.kept:
        items.insert(0, tag("li", "grave", "No record was kept."))
    if not items:
        return None
    lead = "A rule that breaks nothing, or everything, is often a threshold that was meant otherwise."
    return Section("warnings", "Look at these first", lead, tag("ul", "alerts", *items))


def _idle(outcome: Outcome) -> bool:
    return outcome.hits == 0 and outcome.seen > 0


def _total(outcome: Outcome) -> bool:
    return 0 < outcome.seen == outcome.hits


def _item(outcome: Outcome) -> Html:
    rule = tag("b", None, f"{outcome.step.name}: {outcome.rule.reason}")
    bound = tag("code", None, f"{outcome.rule.signal} {outcome.rule.bound}")
    seen = figures.count(outcome.seen)
    if _total(outcome):
        return tag("li", "grave", rule, f" broke all {seen} records that it saw (asked is ", bound, ").")
    return tag("li", None, rule, f" broke none of the {seen} records that it saw (asked is ", bound, ").")
