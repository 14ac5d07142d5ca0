"""`gristmill warm`: compile the kernels of all steps now rather than in the first build."""

from __future__ import annotations

import time

import click

from gristmill.cli import terminal
from gristmill.cli._compiling import report
from gristmill.cli.figures import duration
from gristmill.contracts import catalog
from gristmill.recipe.describe import variants
from gristmill.recipe.entries import classes
from gristmill.recipe.model import lines
from gristmill.text.jit import cache_folder


@click.command()
@click.option("--workers", "-w", type=click.IntRange(1), help="Processes that compile; one a core unless given.")
def warm(workers: int | None) -> None:
    """Compile the kernels of all steps and keep the machine code on disk. Code that is there is only loaded."""
    began = time.perf_counter()
    report([(name, lines(*variants(catalog.step(name)).values())) for name in classes("steps")], workers)
    terminal.say(f"done in {duration(time.perf_counter() - began)}; kept in {cache_folder()}")
