"""A forecast as `gristmill check` prints it."""

from __future__ import annotations

from gristmill.cli import terminal
from gristmill.cli.figures import count, duration, share, size
from gristmill.recipe.forecast import Forecast


def show(forecast: Forecast) -> None:
    """Survivors by step, then time, memory and disk."""
    basis = "all records" if forecast.whole else f"a sample of {count(forecast.sampled)} records"
    terminal.heading(f"Forecast, from {basis}")
    about = "" if forecast.whole else "~"
    terminal.table(
        ("step", "in", "out", "stays", "time"),
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
        right=("in", "out", "stays", "time"),
    )
    terminal.say(
        f"{about}{count(forecast.kept)} of {about}{count(forecast.read)} records would be kept "
        f"({share(forecast.kept, forecast.read)}), in about {duration(forecast.seconds)}, "
        f"with {size(forecast.peak_mb * 1e6)} of memory and {size(forecast.disk_mb * 1e6)} of disk"
    )
