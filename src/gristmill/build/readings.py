"""Values of a record beside the rules that bound them."""

from __future__ import annotations

import math
from collections.abc import Mapping

from gristmill.build.explanation import Bound, Reading
from gristmill.build.manifest import RuleEntry, StepEntry

Value = float | int | str | None


def reading(step: StepEntry, signal: str, description: str, measured: Mapping[str, Value]) -> Reading:
    """A signal of a step with its rules; `measured` has the values of the record by column."""
    column = step.column(signal)
    value = measured.get(column)
    bounds = tuple(_bound(rule, value) for rule in step.rules if step.column(rule.signal) == column)
    return Reading(signal, value, description, bounds)


def _bound(rule: RuleEntry, value: Value) -> Bound:
    margin, broken = None, False
    if isinstance(value, str):
        broken = rule.values is not None and value not in rule.values
    elif value is not None and not math.isnan(value):
        inside = ([] if rule.low is None else [value - rule.low]) + ([] if rule.high is None else [rule.high - value])
        margin = min(inside, default=None)
        broken = _below(rule, value) or _above(rule, value)
    return Bound(rule.reason, rule.bound, margin, broken, rule.source)


def _below(rule: RuleEntry, value: float) -> bool:
    return rule.low is not None and (value <= rule.low if rule.open_low else value < rule.low)


def _above(rule: RuleEntry, value: float) -> bool:
    return rule.high is not None and (value >= rule.high if rule.open_high else value > rule.high)
