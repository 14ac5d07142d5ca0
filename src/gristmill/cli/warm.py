"""`gristmill warm`: compile the kernels of all steps now rather than in the first build."""

from __future__ import annotations

import os
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

import click

from gristmill.build.warm import warm_line
from gristmill.cli import terminal
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
    names = list(classes("steps"))
    count = min(workers or len(os.sched_getaffinity(0)), len(names))
    # Spawned, not forked: a process in which Arrow has started threads is not safe to fork.
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        waiting = {pool.submit(_warm_step, name): name for name in names}
        for number, done in enumerate(as_completed(waiting), 1):
            terminal.say(f"{number}/{len(names)} {waiting[done]}: {duration(done.result())}")
    terminal.say(f"done in {duration(time.perf_counter() - began)}; kept in {cache_folder()}")


def _warm_step(name: str) -> float:
    """Run every variant of a step on a small sample; gives the seconds it took."""
    began = time.perf_counter()
    for line in lines(*variants(catalog.step(name)).values()):
        warm_line(line)
    return time.perf_counter() - began
