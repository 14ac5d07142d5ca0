"""The steps of a recipe as a manifest tells them: settings, signals and rules."""

from __future__ import annotations

from typing import Any

from gristmill.build.fingerprint import settings
from gristmill.contracts.selecting import SelectStep
from gristmill.contracts.splitting import SplitStep
from gristmill.contracts.step import RowStep
from gristmill.recipe.model import Line


def step_entry(line: Line) -> dict[str, Any]:
    """The entry of a line, before anything was counted."""
    step = line.step
    entry: dict[str, Any] = {"name": line.name, "step": step.name(), "kind": "corpus", "settings": settings(step)}
    if isinstance(step, SplitStep):
        entry["kind"] = "split"
    if isinstance(step, SelectStep):
        entry["kind"] = "select"
    if isinstance(step, RowStep):
        entry["kind"] = "row"
        entry["signals"] = [
            {"name": signal.name, "kind": signal.kind, "description": signal.description} for signal in step.signals()
        ]
        entry["rules"] = [
            {
                "reason": rule.reason,
                "signal": rule.signal,
                "low": rule.low,
                "high": rule.high,
                "open_low": rule.open_low,
                "open_high": rule.open_high,
                "values": rule.values,
                "bound": rule.bound,
                "source": rule.source,
                "option": rule.option,
            }
            for rule in step.rules()
        ]
    return entry
