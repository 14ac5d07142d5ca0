"""`gristmill steps`: every step, or one in full."""

from __future__ import annotations

import click

from gristmill.cli import do


@click.command()
@click.argument("name", required=False)
def steps(**given: object) -> None:
    """List the steps, inputs and outputs, or show NAME with its options, signals and rules."""
    do("steps", given)
