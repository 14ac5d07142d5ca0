"""`gristmill check`: faults, inputs, plan and forecast of a recipe, before its build."""

from __future__ import annotations

from pathlib import Path

from gristmill.build.dry_run import dry_run
from gristmill.build.foreseen import record
from gristmill.build.inputs import what_is_read
from gristmill.build.layout import Layout
from gristmill.cli import complain, terminal
from gristmill.cli._compiling import compile_first
from gristmill.cli._forecast import show
from gristmill.cli._interrupts import heard
from gristmill.cli.figures import count, several, size
from gristmill.contracts.step import CorpusStep
from gristmill.errors import OutputError
from gristmill.recipe.lint import lint
from gristmill.recipe.load import Written, checked, read
from gristmill.recipe.model import Recipe
from gristmill.recipe.plan import make_plan
from gristmill.recipe.survey import survey


def check(recipe: Path, sample: int, workers: int | None, no_dry_run: bool) -> None:
    """Check RECIPE (recipe.yaml unless given), show its inputs and its plan, and forecast its build from a sample."""
    written = read(recipe)
    made = checked(written)
    warnings = _warn(written)
    _inputs(made)
    terminal.heading("Plan")
    for line in make_plan(made).describe():
        terminal.say(line)
    _about(made)
    if not no_dry_run:
        _foresee(made, sample, workers)
    terminal.say()
    terminal.say(f"{recipe}: no faults" + (f", {several(warnings, 'warning')}" if warnings else ""))


def _warn(written: Written) -> int:
    warnings = [finding for finding in lint(written.recipe) if finding.grade == "warning"]
    for finding in warnings:
        terminal.warn(f"{written.place(finding.path)}: {finding.message}")
    return len(warnings)


def _inputs(recipe: Recipe) -> None:
    """Inputs as a table; raises the first error only after all were told."""
    found, errors = survey(recipe)
    if found:
        terminal.heading("Inputs")
        terminal.table(
            ("input", "reads", "files", "units", "size"),
            [(one.reader, _brief(one.reads), count(one.files), count(one.units), size(one.bytes)) for one in found],
            right=("files", "units", "size"),
        )
    for error in errors[:-1]:
        complain(str(error))
    if errors:
        raise errors[-1]


def _brief(reads: tuple[str, ...]) -> str:
    shown = ", ".join(reads[:3])
    return shown if len(reads) <= 3 else f"{shown} and {len(reads) - 3} more"


def _about(recipe: Recipe) -> None:
    """What the settings of whole-corpus steps amount to."""
    for line in recipe.steps:
        about = line.step.about() if isinstance(line.step, CorpusStep) else ""
        if about:
            terminal.heading(line.name)
            for row in about.splitlines():
                terminal.say(row)


def _foresee(recipe: Recipe, records: int, workers: int | None) -> None:
    """The forecast, kept for the build; what only keeps it from being made or kept is no fault of the recipe."""
    terminal.say()
    terminal.say(f"Dry run on about {several(records, 'record')} ...")
    compile_first(recipe, workers)
    with heard():
        print_, units = what_is_read(recipe)
        try:
            forecast = dry_run(recipe, units, records=records, workers=workers)
        except OutputError as error:
            terminal.warn(f"no forecast: {error}; TMPDIR says where the sample is built")
            return
        show(forecast)
        limit = recipe.limits.max_quarantined
        if forecast.quarantined > limit * forecast.read:
            terminal.warn(
                f"the build would stop: more would be in quarantine than limits.max_quarantined ({limit:g}) allows"
            )
        try:
            record(Layout(recipe.folder), print_, forecast)
        except (OutputError, OSError) as error:
            terminal.warn(f"the forecast is not kept for the build: {error}")
