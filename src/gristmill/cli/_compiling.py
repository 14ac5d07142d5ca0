"""Kernels compiled ahead: many steps at once on several workers, each told as it is done."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from gristmill.build.compiled import is_compiled, note_compiled
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
from gristmill.records.kinds import Kind
from gristmill.text.jit import heard_compiling

AROUND = "inputs and outputs"


class Job(NamedTuple):
    """What it is called, what it compiles the kernels of, and for which records."""

    name: str
    ones: tuple[Warmed, ...]
    kind: Kind = "document"


def compile_first(recipe: Recipe, workers: int | None) -> None:
    """What the recipe needs and was not compiled on this machine before; says so where there is any."""
    steps = [line for line in recipe.steps if not is_compiled(line, recipe.kind)]
    around: list[Warmed] = [*dict.fromkeys(map(type, recipe.inputs)), *recipe.outputs]
    around = [one for one in around if not is_compiled(one, recipe.kind)]
    if not steps and not around:
        return
    what_is_read(recipe)  # an input that is missing is told now, not when all is compiled
    began = time.perf_counter()
    said: list[str] = []

    def say() -> None:
        if not said:
            said.append("Compiling kernels, once on this machine:")
            terminal.say(said[0])

    jobs = [*_by_room(steps, recipe.kind), *([Job(AROUND, tuple(around), recipe.kind)] if around else [])]
    for line in compiled(jobs, workers, say):
        if said:
            terminal.say(line)
    if said:
        terminal.say(f"compiled in {duration(time.perf_counter() - began)}")


def _by_room(lines: Sequence[Line], kind: Kind) -> list[Job]:
    """A job for the lines of each room: their steps share kernels, which two workers at once would each compile.

    The room with the most lines begins, as it is likely to take longest.
    """
    rooms: dict[str, list[Line]] = {}
    for line in lines:
        rooms.setdefault(type(line.step).__module__.rpartition(".")[0], []).append(line)
    most_first = sorted(rooms.values(), key=len, reverse=True)
    return [Job(", ".join(line.name for line in room), tuple(room), kind) for room in most_first]


def compiled(jobs: Sequence[Job], workers: int | None, compiles: Callable[[], None] = lambda: None) -> Iterator[str]:
    """A line for each job as it is done. `compiles` is called where one compiles what is not on disk already."""
    count = min(workers or len(os.sched_getaffinity(0)), len(jobs))
    with heard():
        engine = Engine(LocalTeam(count))
        try:
            ended = engine.run(compile_job, jobs, on_report=lambda _: compiles(), on_death=_once_more)
            for number, (name, seconds) in enumerate(ended, 1):
                yield f"  {number}/{len(jobs)} {name}: {duration(seconds)}"
        finally:
            engine.close()


def compile_job(job: Job, context: Context) -> tuple[str, float]:
    """Run them on a small sample, which compiles what is not on disk already; reports the first time it does."""
    began = time.perf_counter()
    reported: list[bool] = []

    def report() -> None:
        if not reported:
            reported.append(True)
            context.report("compiles")

    gc.disable()  # what a compiler makes is small or stays: looking for what could go is a twelfth of the time
    try:
        with heard_compiling(report):
            for one in job.ones:
                warm(one, job.kind)
                note_compiled(one, job.kind)
    finally:
        gc.enable()
    return job.name, time.perf_counter() - began


def _once_more(death: Death) -> Job:
    job: Job = death.job
    if death.times > 1:
        raise BuildError(f"compiling the kernels of {job.name} {death.cause} twice; is there enough memory?")
    return job
