"""`gristmill init`: a first recipe for what is in a folder."""

from __future__ import annotations

from pathlib import Path

import click

from gristmill.cli import do


@click.command()
@click.argument("folder", default=".", type=click.Path(path_type=Path))
@click.option("--out", default="recipe.yaml", show_default=True, help="The recipe's file name, inside FOLDER.")
@click.option("--force", is_flag=True, help="Write over a recipe that is there.")
def init(**given: object) -> None:
    """Write a commented recipe for what is in FOLDER (here unless given)."""
    do("init", given)
