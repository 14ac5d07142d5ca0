"""`gristmill warm`: compile the kernels of all steps, inputs and outputs now rather than in the first build."""

from __future__ import annotations

import click

from gristmill.cli import do


@click.command()
@click.option("--workers", "-w", type=click.IntRange(1), help="Processes that compile; one a core unless given.")
def warm(**given: object) -> None:
    """Compile all kernels and keep the machine code on disk. Code that is there is only loaded."""
    do("warm", given)
