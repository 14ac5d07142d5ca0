"""What a build has to say of its steps at its end.

Rules that no record broke, or every one that came to them: often a threshold that was meant otherwise. And how much of
what is there a step found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gristmill.build.manifest import RuleEntry, StepEntry

RuleCounts = Sequence[tuple[str, str, str, int, int]]
"""Step, reason, signal, how many records the rule saw and how many it broke; one for each rule of a part."""

_CROWDED = 0.005


def count_rules(steps: list[dict[str, Any]], parts: Sequence[RuleCounts]) -> None:
    """Put the counts of all parts into the rules of a manifest's steps."""
    totals: dict[tuple[str, str, str], tuple[int, int]] = {}
    for counts in parts:
        for step, reason, signal, seen, hits in counts:
            before = totals.get((step, reason, signal), (0, 0))
            totals[step, reason, signal] = (before[0] + seen, before[1] + hits)
    for entry in steps:
        for rule in entry.get("rules", []):
            rule["seen"], rule["hits"] = totals.get((entry["name"], rule["reason"], rule["signal"]), (0, 0))


def all_broken(steps: Sequence[StepEntry]) -> list[tuple[StepEntry, RuleEntry]]:
    """The rules that all records broke that came to them."""
    return [(step, rule) for step in steps for rule in step.rules if rule.seen and rule.hits == rule.seen]


def idle(steps: Sequence[StepEntry]) -> list[tuple[StepEntry, RuleEntry]]:
    """The rules that no record broke that came to them, but for those that look for what is forbidden."""
    return [
        (step, rule)
        for step in steps
        for rule in step.rules
        if rule.seen and not rule.hits and not rule.found_nothing_forbidden
    ]


def named(rules: Sequence[tuple[StepEntry, RuleEntry]], most: int) -> str:
    """Rules by step, so many of them: `c4_quality: too_short, no_stop; language: unsure`."""
    by_step: dict[str, list[str]] = {}
    for step, rule in rules[:most]:
        by_step.setdefault(step.name, []).append(rule.reason)
    told = "; ".join(f"{step}: {', '.join(reasons)}" for step, reasons in by_step.items())
    return f"{told} and {len(rules) - most} more" if len(rules) > most else told


def sentence(step: StepEntry, rule: RuleEntry) -> str:
    """What such a rule did, and what it asks for."""
    what = f"all {rule.seen:,}" if rule.hits else f"none of the {rule.seen:,}"
    return f"{step.name}: {rule.reason} was broken by {what} records that it saw (asked is {rule.signal} {rule.bound})"


def found(step: StepEntry) -> str:
    """How many of the pairs that a step should find it found, as measured and by theory; empty if not measured."""
    recall = step.recall
    if recall is None or recall.met is None or recall.expected is None or recall.low is None or recall.high is None:
        return ""
    crowded = ""
    if recall.settled is not None and recall.settled < recall.met - _CROWDED:
        crowded = f", but only {recall.settled:.1%} were compared: too many meet in one place"
    sample = f"all {recall.of:,}" if recall.whole else f"{recall.records:,} of {recall.of:,}"
    interval = "" if recall.whole else f", 95 % interval {recall.low:.1%} to {recall.high:.1%}"
    return (
        f"{step.name} brought together {recall.met:.1%} of the pairs that are alike (expected {recall.expected:.1%}"
        f"{interval}; {recall.pairs:,} pairs, by comparing {sample} records){crowded}"
    )


def uncompared(steps: Sequence[Mapping[str, Any]], funnel: Sequence[Mapping[str, Any]]) -> list[str]:
    """A sentence for each step that measures what it finds and got records, but none with anything to compare."""
    came = {entry["step"] for entry in funnel if entry["records_in"]}
    told = []
    for step in steps:
        if step["name"] in came and step.get("recall") and not step["recall"]["of"]:
            column = step["settings"].get("column")
            what = f"a list of numbers in {column!r}" if column else "anything to compare"
            told.append(f"{step['name']}: no record has {what}, so that none was compared")
    return told


def too_few(steps: Sequence[Mapping[str, Any]], funnel: Sequence[Mapping[str, Any]]) -> list[str]:
    """A sentence for each step that was to keep a number of records and kept fewer."""
    out = {entry["step"]: entry["records_out"] for entry in funnel}
    told = []
    for step in steps:
        count = step["settings"].get("count") if step["kind"] == "select" else None
        if count is not None and out.get(step["name"], count) < count:
            told.append(
                f"{step['name']}: {count:,} records were asked for and {out[step['name']]:,} kept;"
                " ledger/selection says why the others were not"
            )
    return told
