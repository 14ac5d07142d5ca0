"""One machine: worker processes forked from a warmed template, and DuckDB for the exchange."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import pyarrow as pa

from gristmill.engine.exchange import Link, exchange
from gristmill.engine.memory import PeakMemory
from gristmill.engine.protocol import Death, Refs, Task
from gristmill.engine.template import Forked, may_fork, receive, send
from gristmill.errors import BuildError, GristmillError

_PULSE = 0.5  # seconds between looks at standing workers
_NO_TEMPLATE = (
    "the process that starts workers was killed or ended by itself (is there enough memory?);"
    " what was finished is kept: run the same command to go on"
)


@dataclass(slots=True)
class _Worker:
    pipe: Connection
    pid: int
    job: Any = None
    deaths: int = 0
    first: int = 0
    last: int = 0
    moved: float = field(default_factory=time.monotonic)
    began: bool = False
    stuck: bool = False


class LocalEngine:
    """Runs tasks on `workers` processes. `warm` names a function that the template calls once before it forks."""

    def __init__(
        self,
        workers: int,
        spill: Path,
        *,
        warm: tuple[str, str, tuple[Any, ...]] | None = None,
        exchange_memory_mb: int = 384,
    ) -> None:
        self.workers = max(1, workers)
        self.spill = spill
        self.exchange_memory_mb = exchange_memory_mb
        self.memory = PeakMemory()
        self._warm = warm
        self._control: socket.socket | None = None
        self._template: subprocess.Popen[bytes] | Forked | None = None
        self._warmed = False
        self._idle: list[_Worker] = []
        self._ended: dict[int, int] = {}

    def run(
        self,
        task: Task,
        jobs: Iterable[Any],
        *,
        on_report: Callable[[Any], None],
        on_death: Callable[[Death], Any],
        tick_limit: float | None = None,
    ) -> Iterator[Any]:
        """Results in the order in which jobs end."""
        waiting = iter(jobs)
        again: deque[tuple[Any, int]] = deque()
        busy: list[_Worker] = []
        try:
            while True:
                while len(busy) < self.workers:
                    job, deaths = again.popleft() if again else (next(waiting, None), 0)
                    if job is None:
                        break
                    busy.append(self._start(task, job, deaths))
                if not busy:
                    return
                for worker in self._ready(busy, tick_limit):
                    try:
                        message = worker.pipe.recv()
                    except (EOFError, OSError):  # dead, perhaps in the middle of a message
                        busy.remove(worker)
                        again.append((on_death(self._death(worker, tick_limit)), worker.deaths + 1))
                        continue
                    worker.moved = time.monotonic()
                    worker.began = True
                    match message:
                        case ("tick", first, last):
                            worker.first, worker.last = first, last
                        case ("began",):
                            pass  # the clock starts here: taking a job may import what it needs
                        case ("report", news):
                            on_report(news)
                        case ("done", result):
                            busy.remove(worker)
                            self._idle.append(worker)
                            yield result
                        case other:
                            _raise(other)
        finally:
            for worker in busy:  # an error or Ctrl-C: what they are at is lost, what they finished is not
                self._kill(worker)

    def exchange(self, rows: Iterator[pa.RecordBatch], link: Link) -> Iterator[tuple[Refs, Refs]]:
        """See `engine.exchange`. Idle workers are let go for it, with the memory they hold: new ones cost little."""
        self._dismiss()
        return exchange(rows, link, self.spill, self.exchange_memory_mb)

    def close(self) -> None:
        """End all workers and the template."""
        self.memory.stop()
        self._dismiss()
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._template is not None:
            if not self._warmed:  # it may compile for minutes, and hears nobody before it is done
                os.kill(self._template.pid, signal.SIGKILL)
            self._template.wait(timeout=10)
            self._template = None

    def _dismiss(self) -> None:
        for worker in self._idle:
            worker.pipe.close()  # on which it ends
        self._idle.clear()

    def _start(self, task: Task, job: Any, deaths: int) -> _Worker:
        while True:
            rested = bool(self._idle)
            worker = self._idle.pop() if rested else self._fork()
            worker.job, worker.deaths = job, deaths
            worker.began = worker.stuck = False
            worker.first = worker.last = 0
            worker.moved = time.monotonic()
            try:
                worker.pipe.send((task, job))
            except OSError:
                if rested:  # killed while it had nothing to do: that is not the job's fault
                    worker.pipe.close()
                    continue
            return worker

    def _fork(self) -> _Worker:
        control = self._control or self._open_template()
        ours, theirs = socket.socketpair()
        body = _framed(("fork",))
        try:
            socket.send_fds(control, [body], [theirs.fileno()])
        except OSError as error:
            raise BuildError(_NO_TEMPLATE) from error
        finally:
            theirs.close()
        pid = int(self._answer("forked")[1])
        return _Worker(Connection(ours.detach()), pid)

    def _open_template(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        if may_fork():
            self._template = Forked(theirs)
        else:
            command = [sys.executable, "-m", "gristmill.engine.template", str(theirs.fileno())]
            # A session of its own: Ctrl-C reaches only us, and we decide.
            self._template = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], start_new_session=True, env={**os.environ, "PYTHONPATH": _path()}
            )
        theirs.close()
        self._control = ours
        if self._warm is not None:
            with contextlib.suppress(OSError):  # where it is dead already, it gives no answer
                send(ours, ("warm", *self._warm))
            self._answer("warm")
        self._warmed = True
        self.memory.start()
        return ours

    def _answer(self, kind: str) -> tuple[Any, ...]:
        """The next message of that kind from the template; exits that come before it are noted."""
        assert self._control is not None  # noqa: S101 (for the type checker)
        while True:
            try:
                got = receive(self._control)
            except (EOFError, OSError):
                got = None
            if got is None:
                raise BuildError(_NO_TEMPLATE)
            message = got[0]
            if message[0] == "exit":
                self._ended[message[1]] = message[2]
            if message[0] == kind:
                return message

    def _ready(self, busy: list[_Worker], tick_limit: float | None) -> list[_Worker]:
        ready = wait([worker.pipe for worker in busy], timeout=_PULSE)
        if tick_limit is not None:
            now = time.monotonic()
            for worker in busy:
                if worker.began and now - worker.moved > tick_limit and worker.pipe not in ready:
                    worker.stuck = True
                    with contextlib.suppress(ProcessLookupError):  # dead by itself this very moment
                        os.kill(worker.pid, signal.SIGKILL)
                    worker.moved = now
        return [worker for worker in busy if worker.pipe in ready]

    def _death(self, worker: _Worker, tick_limit: float | None) -> Death:
        worker.pipe.close()
        while worker.pid not in self._ended:
            self._answer("exit")
        code = self._ended.pop(worker.pid)
        if worker.stuck:
            cause = f"took longer than {tick_limit:g} s"
        elif code < 0:
            # The system kills what takes more memory than there is, and says so to nobody.
            hint = ", out of memory?" if -code == signal.SIGKILL else ""
            cause = f"killed its worker by signal {-code} ({signal.Signals(-code).name}{hint})"
        else:
            cause = f"ended its worker with exit code {code}"
        return Death(worker.job, cause, worker.stuck, worker.deaths + 1, worker.first, worker.last)

    def _kill(self, worker: _Worker) -> None:
        worker.pipe.close()
        if worker.pid not in self._ended:
            try:
                os.kill(worker.pid, signal.SIGKILL)
            except ProcessLookupError:
                return


def _framed(message: object) -> bytes:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        send(ours, message)
        return theirs.recv(65536)


def _path() -> str:
    """The import path of this process, so that workers find what it found (plug-ins, a test's modules)."""
    return os.pathsep.join(entry for entry in sys.path if entry)


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
