"""A forecast as `gristmill check` prints it, and beside the outcome as `gristmill build` does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gristmill.cli import terminal
from gristmill.cli.figures import count, duration, several, share, size
from gristmill.recipe.forecast import Forecast


def show(forecast: Forecast) -> None:
    """Survivors by step, then time, memory and disk."""
    basis = "all records" if forecast.whole else f"a sample of {several(forecast.sampled, 'record')}"
    terminal.heading(f"Forecast, from {basis}")
    about = "" if forecast.whole else "~"
    terminal.table(
        ("step", "in", "out", "stays", "on one core"),
        [
            (
                step.step,
                f"{about}{count(step.records_in)}",
                f"{about}{count(step.records_out)}",
                share(step.records_out, step.records_in),
                duration(step.seconds),
            )
            for step in forecast.steps
        ],
        right=("in", "out", "stays", "on one core"),
    )
    memory = "" if forecast.peak_mb is None else f"{size(forecast.peak_mb * 1e6)} of memory and "
    terminal.say(
        f"{about}{count(forecast.kept)} of {about}{count(forecast.read)} records would be kept "
        f"({share(forecast.kept, forecast.read)}), in about {duration(forecast.seconds)}, "
        f"with {memory}{size(forecast.disk_mb * 1e6)} of disk"
    )
    if forecast.quarantined:
        terminal.say(f"{about}{several(forecast.quarantined, 'record')} would be put in quarantine")
    if forecast.compares and not forecast.whole:
        terminal.say("A sample holds few of the copies there are: of the whole, more is merged than this says.")
    for warning in forecast.warnings:
        terminal.warn(f"in the sample, {warning}")


def beside(forecast: Mapping[str, Any], kept: int, run: Mapping[str, Any]) -> str:
    """`~1,204 kept in 12 s; outcome 1,190 kept in 10 s`."""
    about = "" if forecast["whole"] else "~"
    said = f"{about}{count(forecast['kept'])} kept in {duration(forecast['seconds'])}"
    workers = forecast["workers"]
    if workers != run["workers"]:
        said += f" with {several(workers, 'worker')}"
    came = f"outcome {count(kept)} kept in {duration(run['seconds'])}"
    return f"{said}; {came}" + (f" with {several(run['workers'], 'worker')}" if workers != run["workers"] else "")
