"""What engine, team and task owe each other. None of them sees a step: functions, files, and small messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Refs = npt.NDArray[np.int64]


class Context(Protocol):
    """What a running task may say to the engine."""

    def tick(self, first: int, last: int) -> None:
        """About to work on the records `first` to `last` (exclusive) of the job: alive, and where."""

    def report(self, news: Any) -> None:
        """Something for the caller of `run`, a count of finished records, say. Small and picklable.
        What was reported in the last moment before a death may be lost."""


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


@dataclass(frozen=True, slots=True)
class Reported:
    """A task said something to the caller of `run`."""

    news: Any


@dataclass(frozen=True, slots=True)
class Done:
    """A job has its result."""

    ticket: int
    result: Any


@dataclass(frozen=True, slots=True)
class Died:
    """A worker died over a job; see `Death`."""

    ticket: int
    cause: str
    stuck: bool
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Failed:
    """A task raised: what a worker said of it."""

    message: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Lost:
    """The machine that a job was given to is gone; that says nothing about the job."""

    ticket: int
    where: str


Event = Reported | Done | Died | Failed | Lost


class Team(Protocol):
    """Workers, wherever they are. A ticket names a job as long as it is at work."""

    @property
    def workers(self) -> int:
        """How many jobs can be at work at a time, so far as is known now."""

    def room(self) -> int:
        """How many more jobs it takes now. Where nothing is at work it waits until it is at least one."""

    def start(self, ticket: int, body: bytes, tick_limit: float | None) -> None:
        """Work on a pickled (task, job); a worker without a tick for so many seconds is killed."""

    def events(self) -> list[Event]:
        """What happened since; waits for it a moment."""

    def stop(self) -> None:
        """Give up whatever is at work."""

    def close(self) -> None:
        """End all workers."""

    def peak_mb(self) -> float | None:
        """The most memory that the team's processes held, in MB; None where the system does not tell."""
