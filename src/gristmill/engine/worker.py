"""A worker process: takes jobs one at a time from its pipe and answers with ticks, reports and a result."""

from __future__ import annotations

import signal
import time
import traceback
from multiprocessing.connection import Connection
from typing import Any

from gristmill.engine.allocation import give_back_freed_memory, keep_freed_memory
from gristmill.engine.last_tick import LastTick
from gristmill.errors import GristmillError

_JOBS = 8
"""Of one kind, after which a worker gives back the memory that they freed: it comes to lie in pieces, which no array
fits into. It does so before another kind of work too: what one had most of need not lie beside what the next has."""


_REPORTING = 0.1
"""Seconds between reports, of which each wakes the process that leads: nobody reads faster how a build goes."""


class PipeContext:
    """A tick is known at once: what was said last before a death has been said. Reports go up the pipe together."""

    def __init__(self, pipe: Connection, last_tick: LastTick) -> None:
        self._pipe, self._last_tick = pipe, last_tick
        self._news: list[Any] = []
        self._sent = time.monotonic()

    def tick(self, first: int, last: int) -> None:
        self._last_tick.put(first, last)

    def report(self, news: Any) -> None:
        self._news.append(news)
        if time.monotonic() - self._sent > _REPORTING:
            self.flush()

    def flush(self) -> None:
        """Say what has not been said."""
        if self._news:
            self._pipe.send(("reports", self._news))
            self._news, self._sent = [], time.monotonic()


def work(pipe: Connection, last_tick: LastTick) -> None:
    """Serve until the pipe closes. A task that raises ends its job, not the worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    keep_freed_memory()
    context = PipeContext(pipe, last_tick)
    before, done = None, 0
    while True:
        try:
            task, job = pipe.recv()
        except EOFError:
            return
        if before not in (None, task) or done == _JOBS:
            give_back_freed_memory()
            done = 0
        before, done = task, done + 1
        pipe.send(("began",))
        try:
            answer: tuple[str, Any] = ("done", task(job, context))
        except GristmillError as error:
            answer = ("error", (str(error), error.exit_code, traceback.format_exc()))
        except OSError as error:
            answer = ("oserror", (error.errno, error.strerror or str(error), error.filename, traceback.format_exc()))
        except BaseException:  # noqa: BLE001 (the parent raises it again, with this trace
            answer = ("bug", traceback.format_exc())
        try:
            context.flush()
            pipe.send(answer)
        except BrokenPipeError:
            return
