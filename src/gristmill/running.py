"""`gristmill.run`: a build from Python in one call, which is what `gristmill build` does."""

from __future__ import annotations

from pathlib import Path

from gristmill.build.run import Outcome, build
from gristmill.document.report import write_report
from gristmill.engine.teams import EngineName, Where
from gristmill.recipe.lint import refuse
from gristmill.recipe.load import load
from gristmill.recipe.model import Recipe


def run(
    recipe: Recipe | str | Path,
    *,
    workers: int | None = None,
    engine: EngineName = "local",
    address: str | None = None,
) -> Outcome:
    """Check a recipe, or the one in a file, and build it; goes on where an earlier run stopped.

    With the engine `ray`, `address` is that of a cluster (`HOST:PORT`, or `auto`); docs/scale.md says what it needs.
    """
    made = recipe if isinstance(recipe, Recipe) else load(recipe)
    refuse(made)
    return build(made, write_report, workers=workers, where=Where(engine, address))
