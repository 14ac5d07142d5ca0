"""The template process: imports and warms everything once, then forks a worker whenever it is asked.

Workers forked from it start in milliseconds with compiled kernels loaded, share its memory, and never
import the user's main script. It has one thread, so that forking is safe. Started by `engine/local.py` as
`python -m gristmill.engine.template FD`.
"""

from __future__ import annotations

import gc
import os
import pickle
import select
import signal
import socket
import struct
import sys
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any

from gristmill.engine.worker import work

_LENGTH = struct.Struct("!I")


def send(control: socket.socket, message: object) -> None:
    """One pickled message, its length before it."""
    body = pickle.dumps(message)
    control.sendall(_LENGTH.pack(len(body)) + body)


def receive(control: socket.socket) -> tuple[tuple[Any, ...], int | None] | None:
    """The next message and the file descriptor that came with it; None where the other end is gone."""
    head, fds, _, _ = socket.recv_fds(control, _LENGTH.size, 1)
    if not head:
        return None
    head += _exactly(control, _LENGTH.size - len(head))
    body = _exactly(control, _LENGTH.unpack(head)[0])
    return pickle.loads(body), fds[0] if fds else None  # noqa: S301 (our own parent speaks)


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


def _fork(control: socket.socket, fd: int) -> int:
    pid = os.fork()
    if pid:
        os.close(fd)
        return pid
    control.close()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    status = 1
    try:
        work(Connection(fd))
        status = 0
    finally:
        os._exit(status)


def serve(control: socket.socket) -> None:
    """Answer `(warm, "module", "function", args)`, then `(fork,)` with a descriptor, until the parent is gone."""
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
        (verb, *rest), fd = message
        if verb == "warm":
            module, function, args = rest
            getattr(import_module(module), function)(*args)
            gc.freeze()  # no collection, in a worker or at the end, goes through what is here now; nor copies its pages
            send(control, ("warm",))
        elif verb == "fork" and fd is not None:
            pid = _fork(control, fd)
            children.add(pid)
            send(control, ("forked", pid))
    for pid in children:
        os.kill(pid, signal.SIGKILL)  # there until it is waited for, even where it ended by itself
        os.waitpid(pid, 0)


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as _control:
        try:
            serve(_control)
        except (EOFError, BrokenPipeError, ConnectionResetError):
            sys.exit(0)
