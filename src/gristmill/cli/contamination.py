"""`gristmill contamination`: which benchmark items stand in a build, and which are clean enough to report on."""

from __future__ import annotations

from pathlib import Path

import click

from gristmill.cli import do


@click.command()
@click.argument("build", type=click.Path(path_type=Path))
@click.option("--step", help="Which line of the recipe; the last one that looked for benchmarks unless given.")
@click.option("--to", "to", type=click.Path(path_type=Path), help="Write a row for each item: .csv or .parquet.")
@click.option("--pack", "packs", multiple=True, type=click.Path(path_type=Path), help="Add the items never found.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def contamination(**given: object) -> None:
    """Say how much of the benchmarks stands in what BUILD read and kept.

    The ledger knows the items that were found. With --pack, a file written by --to has all the others too: clean, or
    "cannot be found" where a pack has nothing to tell them by.
    """
    do("contamination", given)
