"""What to look at first: rules that no record broke, or every one, whom they hit most, what the build warned of."""

from __future__ import annotations

from gristmill.build.finished import Finished
from gristmill.build.manifest import RuleEntry, StepEntry
from gristmill.build.telling import all_broken, idle
from gristmill.document import figures
from gristmill.document.findings import warnings as unfair
from gristmill.document.markup import Html, join, tag
from gristmill.document.section import Section, folded


def section(build: Finished) -> Section | None:
    """None where there is nothing to warn of."""
    items = [tag("li", None, text) for text in build.manifest.warnings]
    items += [tag("li", "grave", text) for text in unfair(build)]
    items += [tag("li", "grave", _said(step, rule)) for step, rule in all_broken(build.manifest.steps)]
    if quiet := idle(build.manifest.steps):
        rules = [tag("li", None, _said(step, rule)) for step, rule in quiet]
        items.append(tag("li", None, folded(f"Rules that no record broke: {len(quiet)}", tag("ul", None, *rules))))
    counts = build.manifest.counts
    if counts.read and not counts.kept:
        items.insert(0, tag("li", "grave", "No record was kept."))
    if not items:
        return None
    lead = "A rule that no record breaks, or every one, often has a threshold that was meant otherwise."
    return Section("warnings", "Look at these first", lead, tag("ul", "alerts", *items))


def _said(step: StepEntry, entry: RuleEntry) -> Html:
    rule = tag("b", None, f"{step.name}: {entry.reason}")
    bound = tag("code", None, f"{entry.signal} {entry.bound}")
    what = f"all {figures.count(entry.seen)}" if entry.hits else f"none of the {figures.count(entry.seen)}"
    return join((rule, f" was broken by {what} records that it saw (asked is ", bound, ")."))
