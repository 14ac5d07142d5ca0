"""`gristmill explain`: what became of a record, and why."""

from __future__ import annotations

from pathlib import Path

import click

from gristmill.cli import do


@click.command()
@click.argument("build", type=click.Path(path_type=Path))
@click.argument("what")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for other programs.")
def explain(**given: object) -> None:
    """Show what became of a record of BUILD, and why.

    WHAT is its rid (the first digits are enough), its id, its url or a piece of its text.
    """
    do("explain", given)
