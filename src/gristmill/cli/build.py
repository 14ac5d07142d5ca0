"""`gristmill build`: run a recipe, show how it goes, and end with the funnel and where to look next."""

from __future__ import annotations

from pathlib import Path

import click

from gristmill.cli import do


@click.command()
@click.argument("recipe", default="recipe.yaml", type=click.Path(path_type=Path))
@click.option("--workers", "-w", type=click.IntRange(1), help="Worker processes; one a core unless given.")
@click.option("--output", "-o", type=click.Path(path_type=Path), help="The build folder, in place of the recipe's.")
@click.option("--engine", type=click.Choice(("local", "ray")), default="local", help="Who runs the workers.")
@click.option(
    "--address", metavar="HOST:PORT", help="With --engine ray: a cluster, auto for the one this machine is in."
)
def build(**given: object) -> None:
    """Run RECIPE (recipe.yaml unless given); go on where an earlier run stopped."""
    do("build", given)
