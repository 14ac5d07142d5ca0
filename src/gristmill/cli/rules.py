"""`gristmill rules`: every rule of a recipe, or of all steps and their variants."""

from __future__ import annotations

from pathlib import Path

import click

from gristmill.cli import do


@click.command()
@click.argument("recipe", required=False, type=click.Path(path_type=Path))
def rules(**given: object) -> None:
    """List every rule of RECIPE, or of all steps and their variants, with its bound and its source."""
    do("rules", given)
