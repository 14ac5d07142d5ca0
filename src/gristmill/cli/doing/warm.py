"""`gristmill warm`: compile the kernels of all steps, inputs and outputs now rather than in the first build."""

from __future__ import annotations

import time

from gristmill.build.warm import Warmed
from gristmill.cli import terminal
from gristmill.cli._compiling import AROUND, Job, compiled
from gristmill.cli.figures import duration
from gristmill.contracts import catalog
from gristmill.contracts.sink import Sink
from gristmill.recipe.describe import variants
from gristmill.recipe.entries import classes
from gristmill.recipe.model import lines
from gristmill.text.jit import cache_folder


def warm(workers: int | None) -> None:
    """Compile all kernels and keep the machine code on disk. Code that is there is only loaded."""
    began = time.perf_counter()
    jobs: list[Job] = [Job(name, lines(*variants(catalog.step(name)).values())) for name in classes("steps")]
    around: list[Warmed] = [catalog.reader(name) for name in classes("readers")]
    around += [_by_itself(catalog.sink(name)) for name in classes("sinks")]
    for line in compiled([*jobs, Job(AROUND, tuple(around))], workers):
        terminal.say(line)
    terminal.say(f"done in {duration(time.perf_counter() - began)}; kept in {cache_folder()}")


def _by_itself(sink: type[Sink]) -> Sink | type[Sink]:
    """An output as it is without settings; its class where it needs some."""
    return sink if any(field.is_required() for field in sink.model_fields.values()) else sink()
