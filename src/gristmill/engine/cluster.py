"""A team on a Ray cluster, as the building process sees it: it talks to `engine/ray.py` in a process of its own.

Ray starts threads, takes over signals, prints, and ends its process where the head of the cluster is gone. Kept
apart, none of that reaches the build.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import secrets
import socket
import subprocess
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from gristmill.engine.local import Warm, import_path
from gristmill.engine.protocol import Event
from gristmill.errors import BuildError, GristmillError, MissingExtra

_PULSE = 0.5  # seconds to wait for news
_ANSWER = 120.0  # seconds until the cluster has to have answered, or let go
_GO_ON = "what was finished is kept: run the same command to go on"

# Nothing is reported over the network, and no worker of a cluster of our own is killed because others fill memory.
_ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_memory_monitor_refresh_ms": "0",
    "RAY_worker_niceness": "0",
}


class RayTeam:
    """Workers on all nodes of the cluster at `address`; without one, on a cluster of this machine made for it.

    `shared` is a folder that all nodes see under the same name; what tasks read and write has to be, too.
    """

    def __init__(
        self, shared: Path, *, workers: int | None = None, address: str | None = None, warm: Warm | None = None
    ) -> None:
        if importlib.util.find_spec("ray") is None:
            raise MissingExtra("the engine 'ray'", "ray", "ray")
        self.workers = workers or 0  # as many as the nodes have cores, once they are known
        self._shared, self._most, self._address, self._warm = shared, workers, address, warm
        self._capacity = 0
        self._at_work: set[int] = set()
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None

    def room(self) -> int:
        """See `Team`; raises where the cluster does not answer or has no node to work on."""
        if self._pipe is None:
            self._open()
        while not self._at_work and not self._capacity:
            self._hear(_PULSE)
        return max(0, self._capacity - len(self._at_work))

    def start(self, ticket: int, body: bytes, tick_limit: float | None) -> None:
        """See `Team`."""
        self._at_work.add(ticket)
        self._say("job", ticket, body, tick_limit)

    def events(self) -> list[Event]:
        """See `Team`."""
        told = self._hear(_PULSE)
        if told is None or told[0] != "event":
            return []
        event: Event = told[1]
        self._at_work.discard(getattr(event, "ticket", 0))
        return [event]

    def stop(self) -> None:
        """See `Team`."""
        if self._at_work and self._pipe is not None:
            self._at_work.clear()
            self._capacity = 0
            with contextlib.suppress(GristmillError):
                self._ask("stop", "stopped")

    def close(self) -> None:
        """Leave the cluster, or end the one that was made."""
        if self._process is None or self._pipe is None:
            return
        self._pipe.close()  # on which it lets go of the cluster and ends
        try:
            self._process.wait(timeout=_ANSWER)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = self._pipe = None

    def peak_mb(self) -> float | None:
        """The sum of what each node's processes of ours held at most."""
        if self._pipe is None or self._at_work:
            return None
        peak: float | None = self._ask("peak", "peak")
        return peak

    def _open(self) -> None:
        self._shared.mkdir(parents=True, exist_ok=True)
        mark = self._shared / "seen-by-all-nodes"
        token = secrets.token_hex(8)
        mark.write_text(token)
        ours, theirs = socket.socketpair()
        with theirs, (self._shared / "ray.log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gristmill.engine.ray", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches only us, and we decide
                env={**os.environ, **_ENVIRONMENT, "PYTHONPATH": import_path()},
            )
        self._pipe = Connection(ours.detach())
        self._say("open", self._address, self._most, self._warm, (str(mark), token), sys.path)
        until = time.monotonic() + _ANSWER
        while (told := self._hear(_PULSE)) is None or told[0] != "open":
            if time.monotonic() > until:
                self._process.kill()
                raise BuildError(f"no Ray cluster answers at {self._address or 'this machine'} within {_ANSWER:g} s")

    def _ask(self, what: str, answer: str) -> Any:
        self._say(what)
        while (told := self._hear(_ANSWER)) is None or told[0] != answer:
            if told is None:
                raise self._broken()
        return told[1] if len(told) > 1 else None

    def _say(self, *message: Any) -> None:
        assert self._pipe is not None  # noqa: S101 (for the type checker)
        try:
            self._pipe.send(message)
        except OSError as error:
            raise self._broken() from error

    def _hear(self, seconds: float) -> tuple[Any, ...] | None:
        """The next message, where there is one within so many seconds."""
        assert self._pipe is not None  # noqa: S101 (for the type checker)
        try:
            told: tuple[Any, ...] | None = self._pipe.recv() if self._pipe.poll(seconds) else None
        except (EOFError, OSError) as error:
            raise self._broken() from error
        match told:
            case ("room", capacity, workers):
                self._capacity, self.workers = capacity, workers
            case ("failed", sentence):
                raise BuildError(sentence)
        return told

    def _broken(self) -> BuildError:
        error = BuildError(f"the connection with the Ray cluster broke (is its head still there?); {_GO_ON}")
        with contextlib.suppress(OSError):
            error.add_note((self._shared / "ray.log").read_text(errors="replace")[-4000:])
        return error
