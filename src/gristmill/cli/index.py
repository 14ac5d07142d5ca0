"""`gristmill index`: an earlier corpus boiled down to what one step compares, for its option `against`."""

from __future__ import annotations

from pathlib import Path

import click

from gristmill.cli import do


@click.command()
@click.argument("sources", nargs=-1, required=True)
@click.option("--step", "name", default="near_duplicates", show_default=True, help="The step that will ask it.")
@click.option("--recipe", type=click.Path(path_type=Path), help="A recipe that has the step, for its options.")
@click.option("--to", "to", required=True, type=click.Path(path_type=Path), help="The folder to make.")
@click.option("--workers", "-w", type=click.IntRange(1), help="Worker processes; one a core unless given.")
def index(**given: object) -> None:
    """Make an index of SOURCES: finished builds, or files, folders and globs of texts.

    New records are held against it by the option `against` of the step, and what is a copy of an indexed record goes.
    It holds hashes and record ids, no text, and is read only where new records have something in common with it.
    """
    do("index", given)
