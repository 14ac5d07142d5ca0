"""`gristmill check`: faults, inputs, plan and forecast of a recipe, before its build."""

from __future__ import annotations

from pathlib import Path

import click

from gristmill.cli import complain, terminal
from gristmill.cli.figures import count, several, size
from gristmill.contracts.step import CorpusStep
from gristmill.recipe.lint import lint
from gristmill.recipe.load import Written, checked, read
from gristmill.recipe.model import Recipe
from gristmill.recipe.plan import make_plan
from gristmill.recipe.survey import survey


@click.command()
@click.argument("recipe", default="recipe.yaml", type=click.Path(path_type=Path))
def check(recipe: Path) -> None:
    """Check RECIPE (recipe.yaml unless given), and show its inputs and its plan."""
    written = read(recipe)
    made = checked(written)
    warnings = _warn(written)
    _inputs(made)
    terminal.heading("Plan")
    for line in make_plan(made).describe():
        terminal.say(line)
    _about(made)
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
            ("input", "paths", "files", "units", "size"),
            [(one.reader, _brief(one.paths), count(one.files), count(one.units), size(one.bytes)) for one in found],
            right=("files", "units", "size"),
        )
    for error in errors[:-1]:
        complain(str(error))
    if errors:
        raise errors[-1]


def _brief(paths: tuple[str, ...]) -> str:
    shown = ", ".join(paths[:3])
    return shown if len(paths) <= 3 else f"{shown} and {len(paths) - 3} more"


def _about(recipe: Recipe) -> None:
    """What the settings of whole-corpus steps amount to."""
    for line in recipe.steps:
        about = line.step.about() if isinstance(line.step, CorpusStep) else ""
        if about:
            terminal.heading(line.name)
            for row in about.splitlines():
                terminal.say(row)
