"""`gristmill warm`: compile the kernels of all steps, inputs and outputs now rather than in the first build."""

from __future__ import annotations

import time

from gristmill.build.warm import Warmed
from gristmill.cli import terminal
from gristmill.cli._compiling import AROUND, Job, report
from gristmill.cli.figures import duration
from gristmill.contracts import catalog
from gristmill.recipe.describe import variants
from gristmill.recipe.entries import classes
from gristmill.recipe.model import lines
from gristmill.text.jit import cache_folder


def warm(workers: int | None) -> None:
    """Compile all kernels and keep the machine code on disk. Code that is there is only loaded."""
    began = time.perf_counter()
    jobs: list[Job] = [(name, lines(*variants(catalog.step(name)).values())) for name in classes("steps")]
    around: list[Warmed] = [catalog.reader(name) for name in classes("readers")]
    sinks = map(catalog.sink, classes("sinks"))
    around += [sink() for sink in sinks if not any(field.is_required() for field in sink.model_fields.values())]
    report([*jobs, (AROUND, tuple(around))], workers)
    terminal.say(f"done in {duration(time.perf_counter() - began)}; kept in {cache_folder()}")
