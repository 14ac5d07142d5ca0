"""A worker process: takes jobs one at a time from its pipe and answers with ticks, reports and a result."""

from __future__ import annotations

import signal
import traceback
from multiprocessing.connection import Connection
from typing import Any

from gristmill.engine.allocation import give_back_freed_memory, keep_freed_memory
from gristmill.errors import GristmillError

_JOBS = 8
"""Of one kind, after which a worker gives back the memory that they freed: it comes to lie in pieces, which no array
fits into. It does so before another kind of work too: what one had most of need not lie beside what the next has."""


class PipeContext:
    """Ticks and reports go up the pipe at once: what was said last before a death has been said."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def tick(self, first: int, last: int) -> None:
        self._pipe.send(("tick", first, last))

    def report(self, news: Any) -> None:
        self._pipe.send(("report", news))


def work(pipe: Connection) -> None:
    """Serve until the pipe closes. A task that raises ends its job, not the worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    keep_freed_memory()
    context = PipeContext(pipe)
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
            pipe.send(answer)
        except BrokenPipeError:
            return
