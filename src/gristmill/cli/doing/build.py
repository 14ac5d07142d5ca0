"""`gristmill build`: run a recipe, show how it goes, and end with the funnel and where to look next."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click
import numba  # noqa: F401 - see below

from gristmill.build.finished import Finished
from gristmill.build.manifest import Manifest, StepEntry
from gristmill.build.run import Outcome
from gristmill.build.run import build as run_build
from gristmill.build.telling import all_broken, found, idle, named, sentence
from gristmill.cli import terminal
from gristmill.cli._compiling import compile_first
from gristmill.cli._forecast import beside
from gristmill.cli._interrupts import heard
from gristmill.cli._progress import Show
from gristmill.cli.figures import count, several, size
from gristmill.document.findings import warnings as unfair
from gristmill.document.report import write_report_of
from gristmill.engine.teams import EngineName, Where
from gristmill.recipe.load import checked, read

# Numba is imported from here, and not first by a kernel's module: so deep in imports of imports, Python's stack came to
# ask for a page and give it back in every turn of a loop of Numba's, for a tenth of a second.

_MOST_RULES = 8  # that are named here; the report has all


class _Report:
    """Writes the report, and keeps what is to be warned of as long as it is counted."""

    def __init__(self) -> None:
        self._warned: list[str] | None = None

    def write(self, folder: Path) -> Path:
        """The page of a build."""
        with Finished(folder) as finished:
            self._warned = unfair(finished)
            return write_report_of(finished)

    def warned(self, folder: Path) -> list[str]:
        """What to warn of, whether its page was written just now or before."""
        if self._warned is None:
            with Finished(folder) as finished:
                self._warned = unfair(finished)
        return self._warned


def build(recipe: Path, workers: int | None, output: Path | None, engine: EngineName, address: str | None) -> None:
    """Run RECIPE (recipe.yaml unless given); go on where an earlier run stopped."""
    if address is not None and engine != "ray":
        raise click.UsageError("--address is that of a Ray cluster: give --engine ray with it")
    made = checked(read(recipe))
    if output is not None:
        made = made.model_copy(update={"build": str(output.resolve())})
    show = Show([line.name for line in made.steps])
    if address is None:
        terminal.say(f"Building {made.name} with {workers or os.cpu_count() or 1} workers; safe to interrupt.")
        compile_first(made, workers)
    else:
        terminal.say(f"Building {made.name} on the Ray cluster at {address}; safe to interrupt.")
    report = _Report()
    try:
        with heard():
            outcome = run_build(made, report.write, workers=workers, where=Where(engine, address), on_event=show)
    finally:
        show.clear()
    _end(outcome, report.warned(outcome.folder))


def _end(outcome: Outcome, warned: Sequence[str]) -> None:
    manifest = outcome.manifest
    if not outcome.fresh:
        terminal.say("Nothing to do: this very build is finished.")
    terminal.heading("Funnel")
    terminal.table(
        ("step", "in", "out", "dropped", "merged", "quarantined", "text out"),
        [
            (
                entry["step"],
                count(entry["records_in"]),
                count(entry["records_out"]),
                count(entry["dropped"]),
                count(entry["merged"]),
                count(entry["quarantined"]),
                size(entry["bytes_out"]),
            )
            for entry in manifest["funnel"]
        ],
        right=("in", "out", "dropped", "merged", "quarantined", "text out"),
    )
    counts = manifest["counts"]
    terminal.say()
    terminal.say(
        f"{count(counts['read'])} read = {count(counts['kept'])} kept + {count(counts['dropped'])} dropped"
        f" + {count(counts['merged'])} merged + {count(counts['quarantined'])} quarantined"
    )
    for what, number in manifest["skipped"].items():
        terminal.say(f"  passed over, no record: {count(number)} {what}")
    steps = Manifest.model_validate(manifest).steps
    for step in steps:
        if told := found(step):
            terminal.say(told)
    for warning in [*manifest["warnings"], *warned]:
        terminal.warn(warning)
    if (certificate := manifest.get("certificate")) is not None:
        sizes = ", ".join(f"{split['name']} {count(split['records'])}" for split in certificate["splits"])
        terminal.say(
            f"splits   {sizes}; at most {certificate['leakage']:.2%} of one stands in another"
            f" ({certificate['random_leakage']:.2%} in a random split)"
        )
    _tell_of_rules(steps)
    if outcome.fresh:
        terminal.say(f"in {outcome.run['seconds']:.1f} s")
        if outcome.run.get("forecast"):
            terminal.say(f"forecast {beside(outcome.run['forecast'], counts['kept'], outcome.run)}")
    folder = _shown(outcome.folder)
    terminal.say(f"records  {folder}/data")
    terminal.say(f"report   {folder}/report.html")
    terminal.say(f"explain  gristmill explain {folder} (ID | URL | TEXT)")


def _tell_of_rules(steps: Sequence[StepEntry]) -> None:
    """Rules that all records broke, and those that no record broke."""
    broken, quiet = all_broken(steps), idle(steps)
    for step, rule in broken[:_MOST_RULES]:
        terminal.warn(sentence(step, rule))
    if len(broken) > _MOST_RULES:
        terminal.warn(f"and {len(broken) - _MOST_RULES} more such rules in the report")
    if quiet:
        terminal.say(f"no record broke {several(len(quiet), 'rule')} ({named(quiet, _MOST_RULES)})")


def _shown(folder: Path) -> str:
    """The folder as the user would type it."""
    try:
        return str(folder.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(folder)
