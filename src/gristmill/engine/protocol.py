"""What an engine owes: run a task over jobs, and bring rows of equal key together. It never sees a step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Keys = npt.NDArray[np.uint64]
Refs = npt.NDArray[np.int64]


class Context(Protocol):
    """What a running task may say to the engine."""

    def tick(self, first: int, last: int) -> None:
        """About to work on the records `first` to `last` (exclusive) of the job: alive, and where."""

    def report(self, news: Any) -> None:
        """Something for the caller of `run`, a count of finished records, say. Small and picklable."""


Task = Callable[[Any, Context], Any]
"""A function at the top of a module: (job, context) -> result. Job and result are picklable and small."""


@dataclass(frozen=True, slots=True)
class Death:
    """A worker died, or was killed because it stood still, while at records `first` to `last` of a job."""

    job: Any
    cause: str  # one half-sentence: "signal 11 (SIGSEGV)"
    stuck: bool  # killed by us for standing still
    times: int  # deaths of this job so far, this one included
    first: int
    last: int


class Engine(Protocol):
    """Two verbs. `link` and tasks are functions; data travels in files."""

    def run(
        self,
        task: Task,
        jobs: Iterable[Any],
        *,
        on_report: Callable[[Any], None],
        on_death: Callable[[Death], Any],
        tick_limit: float | None = None,
    ) -> Iterator[Any]:
        """Results of `task` for each job, as they come. A job whose worker dies is given to `on_death`, which
        returns the job to try in its place, or raises. A worker without a tick for `tick_limit` seconds is
        killed."""
        ...

    def exchange(
        self, rows: Iterator[pa.RecordBatch], link: Callable[[Keys, Refs], tuple[Refs, Refs]]
    ) -> Iterator[tuple[Refs, Refs]]:
        """Bring rows (key: uint64, row: int64) of equal key together and give what `link` says of whole groups.

        `link` sees groups of two rows or more, keys ascending, rows ascending in a key. The pairs (low, high)
        come back distinct and ascending, in blocks. Memory is bounded; the rest spills to disk.
        """
        ...

    def close(self) -> None:
        """End all workers."""
        ...
