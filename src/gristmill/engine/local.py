"""A team on one machine: worker processes forked from a warmed template."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any

from gristmill.engine.last_tick import LastTick, shared_page
from gristmill.engine.memory import PeakMemory
from gristmill.engine.protocol import Died, Done, Event, Failed, Reported
from gristmill.engine.template import Forked, may_fork, receive, send
from gristmill.engine.waiting import waited
from gristmill.errors import BuildError

_PULSE = 0.5  # seconds between looks at standing workers
_LONG = 0.1  # of the limit; what is faster is not looked at
_IDLE = 0.1  # how much of the time that a worker waits for a processor counts
_NO_TEMPLATE = (
    "the process that starts workers was killed or ended by itself (is there enough memory?);"
    " what was finished is kept: run the same command to go on"
)

Warm = tuple[str, str, tuple[Any, ...]]
"""A function that is called once before work begins, and what with: module, name, arguments."""


@dataclass(slots=True)
class _Worker:
    pipe: Connection
    pid: int
    last_tick: LastTick
    ticket: int = 0
    tick_limit: float | None = None
    moved: float = field(default_factory=time.monotonic)
    waited: float | None = None  # for a processor, when it was first seen to take long
    began: bool = False
    stuck: bool = False

    def moves(self) -> None:
        """It has said something, or is given a job."""
        self.moved, self.waited = time.monotonic(), None

    def is_slow(self) -> bool:
        """Whether it has said nothing for too long; of waits for a processor, which must end, a tenth counts."""
        if self.tick_limit is None or not self.began:
            return False
        ticked = self.last_tick.get()[0]
        if ticked > self.moved:
            self.moved, self.waited = ticked, None
        silent = time.monotonic() - self.moved
        if self.waited is None and silent > _LONG * self.tick_limit:
            self.waited = waited(self.pid)
        if self.waited is None or silent <= self.tick_limit:
            return False
        idle = min(max(waited(self.pid) - self.waited, 0.0), silent)
        return silent - idle + _IDLE * idle > self.tick_limit


class LocalTeam:
    """`workers` processes. `warm` is what the template calls once before it forks."""

    def __init__(self, workers: int, *, warm: Warm | None = None) -> None:
        self.workers = max(1, workers)
        self._memory = PeakMemory()
        self._warm = warm
        self._control: socket.socket | None = None
        self._template: subprocess.Popen[bytes] | Forked | None = None
        self._warmed = False
        self._idle: list[_Worker] = []
        self._busy: list[_Worker] = []
        self._ended: dict[int, int] = {}

    def room(self) -> int:
        """Workers without a job."""
        return self.workers - len(self._busy)

    def start(self, ticket: int, body: bytes, tick_limit: float | None) -> None:
        """Give a pickled (task, job) to a worker that rests, or to a new one."""
        while True:
            rested = bool(self._idle)
            worker = self._idle.pop() if rested else self._fork()
            worker.ticket, worker.tick_limit = ticket, tick_limit
            worker.began = worker.stuck = False
            worker.last_tick.put(0, 0)
            worker.moves()
            try:
                worker.pipe.send_bytes(body)
            except OSError:
                if rested:  # killed while it had nothing to do: that is not the job's fault
                    worker.pipe.close()
                    continue
            self._busy.append(worker)
            return

    def events(self, timeout: float = _PULSE) -> list[Event]:
        """What the workers said, one message of each; waits at most so many seconds for the first."""
        events: list[Event] = []
        for worker in self._ready(timeout):
            try:
                message = worker.pipe.recv()
            except (EOFError, OSError):  # dead, perhaps in the middle of a message
                self._busy.remove(worker)
                events.append(self._death(worker))
                continue
            worker.moves()
            worker.began = True
            match message:
                case ("began",):
                    pass  # the clock starts here: taking a job may import what it needs
                case ("reports", news):
                    events += map(Reported, news)
                case ("done", result):
                    self._busy.remove(worker)
                    self._idle.append(worker)
                    events.append(Done(worker.ticket, result))
                case other:
                    events.append(Failed(other))
        return events

    def stop(self) -> None:
        """Kill the workers that are at a job."""
        for worker in self._busy:
            self._kill(worker)
        self._busy.clear()

    def close(self) -> None:
        """End all workers and the template."""
        self._memory.stop()
        self.stop()
        for worker in self._idle:
            worker.pipe.close()  # on which it ends
        self._idle.clear()
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._template is not None:
            if not self._warmed:  # it may compile for minutes, and hears nobody before it is done
                os.kill(self._template.pid, signal.SIGKILL)
            self._template.wait(timeout=10)
            self._template = None

    def peak_mb(self) -> float | None:
        """Of this process and all below it, what they share counted once; Linux only."""
        return self._memory.mb()

    def _fork(self) -> _Worker:
        control = self._control or self._open_template()
        ours, theirs = socket.socketpair()
        page = shared_page()
        last_tick = LastTick(page)
        body = _framed(("fork",))
        try:
            socket.send_fds(control, [body], [theirs.fileno(), page])
        except OSError as error:
            raise BuildError(_NO_TEMPLATE) from error
        finally:
            theirs.close()
            os.close(page)
        pid = int(self._answer("forked")[1])
        return _Worker(Connection(ours.detach()), pid, last_tick)

    def _open_template(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        if may_fork():
            self._template = Forked(theirs)
        else:
            command = [sys.executable, "-m", "gristmill.engine.template", str(theirs.fileno())]
            # A session of its own: Ctrl-C reaches only us, and we decide.
            self._template = subprocess.Popen(
                command,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": import_path()},
            )
        theirs.close()
        self._control = ours
        if self._warm is not None:
            with contextlib.suppress(OSError):  # where it is dead already, it gives no answer
                send(ours, ("warm", *self._warm))
            self._answer("warm")
        self._warmed = True
        self._memory.start()
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

    def _ready(self, timeout: float) -> list[_Worker]:
        ready = wait([worker.pipe for worker in self._busy], timeout=timeout)
        for worker in self._busy:
            if worker.pipe not in ready and worker.is_slow():
                worker.stuck = True
                with contextlib.suppress(ProcessLookupError):  # dead by itself this very moment
                    os.kill(worker.pid, signal.SIGKILL)
                worker.moves()
        return [worker for worker in self._busy if worker.pipe in ready]

    def _death(self, worker: _Worker) -> Died:
        worker.pipe.close()
        while worker.pid not in self._ended:
            self._answer("exit")
        code = self._ended.pop(worker.pid)
        if worker.stuck:
            cause = f"took longer than {worker.tick_limit:g} s"
        elif code < 0:
            # The system kills what takes more memory than there is, and says so to nobody.
            hint = ", out of memory?" if -code == signal.SIGKILL else ""
            cause = f"killed its worker by signal {-code} ({signal.Signals(-code).name}{hint})"
        else:
            cause = f"ended its worker with exit code {code}"
        _, first, last = worker.last_tick.get()
        return Died(worker.ticket, cause, worker.stuck, first, last)

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


def import_path() -> str:
    """The import path of this process, so that workers find what it found (plug-ins, a test's modules).

    Python's own library comes first: a folder of scripts may hold an `encodings.py`, which no interpreter begins with.
    """
    library = sysconfig.get_path("stdlib")
    own = [entry for entry in sys.path if entry in (library, f"{library}/lib-dynload")]
    return os.pathsep.join([*own, *(entry for entry in sys.path if entry and entry not in own)])
