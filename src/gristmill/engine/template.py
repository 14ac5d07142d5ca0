"""The template process: imports and warms everything once, then forks a worker whenever it is asked.

Workers forked from it start in milliseconds with compiled kernels loaded, and share its memory. It has one
thread, so that forking is safe. `engine/local.py` forks it where it has but one thread itself, and else starts
`python -m gristmill.engine.template FD`, which never imports the user's main script.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import select
import signal
import socket
import struct
import sys
import time
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from gristmill.engine.last_tick import LastTick
from gristmill.engine.worker import work

_PAUSE = 0.002  # seconds between looks at a child that is about to end
_LENGTH = struct.Struct("!I")


def send(control: socket.socket, message: object) -> None:
    """One pickled message, its length before it."""
    body = pickle.dumps(message)
    control.sendall(_LENGTH.pack(len(body)) + body)


def receive(control: socket.socket) -> tuple[tuple[Any, ...], list[int]] | None:
    """The next message and the file descriptors that came with it; None where the other end is gone."""
    head, fds, _, _ = socket.recv_fds(control, _LENGTH.size, 2)
    if not head:
        return None
    head += _exactly(control, _LENGTH.size - len(head))
    body = _exactly(control, _LENGTH.unpack(head)[0])
    return pickle.loads(body), fds  # noqa: S301 (our own parent speaks)


def _exactly(control: socket.socket, count: int) -> bytes:
    parts = []
    while count:
        part = control.recv(count)
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def _reap(control: socket.socket, children: set[int]) -> None:
    """Tell the parent of every child that ended, and how."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        children.discard(pid)
        send(control, ("exit", pid, os.waitstatus_to_exitcode(status)))


def _fork(control: socket.socket, pipe: int, page: int) -> int:
    pid = os.fork()
    if pid:
        os.close(pipe)
        os.close(page)
        return pid
    control.close()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    status = 1
    try:
        last_tick = LastTick(page)
        os.close(page)
        work(Connection(pipe), last_tick)
        status = 0
    finally:
        os._exit(status)


def serve(control: socket.socket) -> None:
    """Answer `(warm, "module", "function", args)`, then `(fork,)` with a pipe and a page, until the parent is gone."""
    read_wake, write_wake = os.pipe()
    os.set_blocking(write_wake, False)
    os.set_blocking(read_wake, False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(write_wake)
    children: set[int] = set()
    while True:
        waiting: list[Any] = [control, read_wake]
        ready = select.select(waiting, [], [])[0]
        if read_wake in ready:
            os.read(read_wake, 4096)
            _reap(control, children)
        if control not in ready:
            continue
        message = receive(control)
        if message is None:
            break
        (verb, *rest), fds = message
        if verb == "warm":
            module, function, args = rest
            gc.disable()  # what is made stays
            getattr(import_module(module), function)(*args)
            gc.freeze()  # no collection, in a worker or at the end, goes through what is here now; nor copies its pages
            gc.enable()
            send(control, ("warm",))
        elif verb == "fork" and len(fds) == 2:
            pid = _fork(control, *fds)
            children.add(pid)
            send(control, ("forked", pid))
    for pid in children:
        os.kill(pid, signal.SIGKILL)  # there until it is waited for, even where it ended by itself
        os.waitpid(pid, 0)


class Forked:
    """A template forked off this process, which has imported already what a new one would have to."""

    def __init__(self, control: socket.socket) -> None:
        self.pid = os.fork()
        if not self.pid:
            try:
                os.setsid()  # Ctrl-C reaches only the parent
                keep = control.detach()
                # The lock of the build folder among them: it must not outlive the parent.
                os.closerange(3, keep)
                os.closerange(keep + 1, os.sysconf("SC_OPEN_MAX"))
                main(keep)
            finally:
                os._exit(0)

    def wait(self, timeout: float) -> None:
        """Until it has ended; after so many seconds it is ended."""
        until = time.monotonic() + timeout
        while not os.waitpid(self.pid, os.WNOHANG)[0]:
            if time.monotonic() > until:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                return
            time.sleep(_PAUSE)


def may_fork() -> bool:
    """Whether no other thread of this process can hold a lock that a child of it would wait for.

    The one that jemalloc has in the background, in every process with Arrow in it, lets go of its locks for a fork.
    """
    own = str(os.getpid())
    try:
        tasks = [task for task in Path("/proc/self/task").iterdir() if task.name != own]
        return all((task / "comm").read_text().strip() == "jemalloc_bg_thd" for task in tasks)
    except OSError:
        return False


def main(fd: int) -> None:
    """Serve on a socket until its other end is gone."""
    with socket.socket(fileno=fd) as control, contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        serve(control)


if __name__ == "__main__":
    main(int(sys.argv[1]))
