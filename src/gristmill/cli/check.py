"""`gristmill check`: faults, inputs, plan and forecast of a recipe, before its build."""

from __future__ import annotations

from pathlib import Path

import click

from gristmill.cli import do


@click.command()
@click.argument("recipe", default="recipe.yaml", type=click.Path(path_type=Path))
@click.option("--sample", default=2000, show_default=True, type=click.IntRange(1), help="Records of the dry run.")
@click.option("--workers", "-w", type=click.IntRange(1), help="Worker processes to forecast for; one a core.")
@click.option("--no-dry-run", is_flag=True, help="Read no record, and forecast nothing.")
def check(**given: object) -> None:
    """Check RECIPE (recipe.yaml unless given), show its inputs and its plan, and forecast its build from a sample."""
    do("check", given)
