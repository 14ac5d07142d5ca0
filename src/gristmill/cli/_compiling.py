"""Kernels compiled ahead: many steps at once on several workers, each told as it is done."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Iterator, Sequence

from gristmill.build.inputs import what_is_read
from gristmill.build.warm import Warmed, warm
from gristmill.cli import terminal
from gristmill.cli._interrupts import heard
from gristmill.cli.figures import duration
from gristmill.engine.engine import Engine
from gristmill.engine.local import LocalTeam
from gristmill.engine.protocol import Context, Death
from gristmill.errors import BuildError
from gristmill.recipe.model import Line, Recipe
from gristmill.text.jit import is_compiled

Job = tuple[str, tuple[Warmed, ...]]
"""What it is called, and what it compiles the kernels of."""

AROUND = "inputs and outputs"


def compile_first(recipe: Recipe, workers: int | None) -> None:
    """What the recipe needs, on a machine where nothing was ever compiled; says so, and how it goes."""
    if is_compiled() or not recipe.steps:
        return
    what_is_read(recipe)  # an input that is missing is told now, not when all is compiled
    began = time.perf_counter()
    terminal.say("Compiling kernels, once on this machine:")
    around: list[Warmed] = [*dict.fromkeys(map(type, recipe.inputs)), *recipe.outputs]
    report([*_by_room(recipe.steps), (AROUND, tuple(around))], workers)
    terminal.say(f"compiled in {duration(time.perf_counter() - began)}")


def _by_room(lines: Sequence[Line]) -> list[Job]:
    """A job for the lines of each room: their steps share kernels, which two workers at once would each compile.

    The room with the most lines begins, as it is likely to take longest.
    """
    rooms: dict[str, list[Line]] = {}
    for line in lines:
        rooms.setdefault(type(line.step).__module__.rpartition(".")[0], []).append(line)
    most_first = sorted(rooms.values(), key=len, reverse=True)
    return [(", ".join(line.name for line in room), tuple(room)) for room in most_first]


def report(jobs: Sequence[Job], workers: int | None) -> None:
    """Compile, and say a line for each job that is done."""
    for number, (name, seconds) in enumerate(compiled(jobs, workers), 1):
        terminal.say(f"  {number}/{len(jobs)} {name}: {duration(seconds)}")


def compiled(jobs: Sequence[Job], workers: int | None) -> Iterator[tuple[str, float]]:
    """The name of each job and the seconds it took, as they end."""
    count = min(workers or len(os.sched_getaffinity(0)), len(jobs))
    with heard():
        engine = Engine(LocalTeam(count))
        try:
            yield from engine.run(compile_job, jobs, on_report=lambda _: None, on_death=_once_more)
        finally:
            engine.close()


def compile_job(job: Job, context: Context) -> tuple[str, float]:
    """Run them on a small sample, which compiles what is not on disk already."""
    began = time.perf_counter()
    name, ones = job
    gc.disable()  # what a compiler makes is small or stays: looking for what could go is a twelfth of the time
    try:
        for one in ones:
            warm(one)
    finally:
        gc.enable()
    return name, time.perf_counter() - began


def _once_more(death: Death) -> Job:
    job: Job = death.job
    if death.times > 1:
        raise BuildError(f"compiling the kernels of {job[0]} {death.cause} twice; is there enough memory?")
    return job
