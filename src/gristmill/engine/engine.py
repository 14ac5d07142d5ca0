"""The engine: runs a task over jobs on a team of workers, on this machine or on many."""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from gristmill.engine.protocol import Death, Died, Done, Failed, Lost, Reported, Task, Team
from gristmill.errors import BuildError, GristmillError

_MOST_LOSSES = 16
"""Machines that may go away under a job before it is taken for what makes them go."""


@dataclass(slots=True)
class _Entry:
    job: Any
    deaths: int = 0
    losses: int = 0


class Engine:
    """One verb. Jobs and results are small and picklable; data travels in files that every worker sees."""

    def __init__(self, team: Team) -> None:
        self.team = team
        self.begun_again = 0  # jobs whose machine went away

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
        killed. A job whose machine is gone comes again as it was."""
        waiting = (_Entry(job) for job in jobs)
        again: deque[_Entry] = deque()
        at_work: dict[int, _Entry] = {}
        ticket = 0
        try:
            while True:
                while self.team.room():
                    entry = again.popleft() if again else next(waiting, None)
                    if entry is None:
                        break
                    ticket += 1
                    at_work[ticket] = entry
                    self.team.start(ticket, pickle.dumps((task, entry.job)), tick_limit)
                if not at_work:
                    return
                for event in self.team.events():
                    match event:
                        case Reported(news):
                            on_report(news)
                        case Done(done, result):
                            del at_work[done]
                            yield result
                        case Died(dead, cause, stuck, first, last):
                            entry = at_work.pop(dead)
                            entry.deaths += 1
                            entry.job = on_death(Death(entry.job, cause, stuck, entry.deaths, first, last))
                            again.append(entry)
                        case Lost(lost, where):
                            self.begun_again += 1
                            again.append(_moved(at_work.pop(lost), where))
                        case Failed(message):
                            _raise(message)
        finally:  # after an error or Ctrl-C what they are at is lost, what they finished is not
            self.team.stop()

    def close(self) -> None:
        """End all workers."""
        self.team.close()


def _moved(entry: _Entry, where: str) -> _Entry:
    entry.losses += 1
    if entry.losses >= _MOST_LOSSES:
        raise BuildError(
            f"one job was begun on {entry.losses} machines and all of them went away, the last was {where};"
            " what was finished is kept: run the same command to go on"
        )
    return entry


def _raise(message: tuple[Any, ...]) -> None:
    match message:
        case ("error", (text, exit_code, trace)):
            error = GristmillError(text)
            error.exit_code = exit_code
            error.add_note(trace)
        case ("oserror", (int(number), text, filename, trace)):
            failed = OSError(number, text, filename)  # a full disk, say: whoever gave the folder knows its name
            failed.add_note(trace)
            raise failed
        case ("oserror", (_, text, _, trace)):
            error = BuildError(f"a worker could not go on: {text}")
            error.add_note(trace)
        case (_, trace):
            error = BuildError("a worker hit a defect of Gristmill's own; run again with --debug to see the trace")
            error.add_note(trace)
        case _:
            error = BuildError(f"a worker said what nobody understands: {message!r}")
    raise error
