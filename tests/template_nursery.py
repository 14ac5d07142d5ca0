"""A warm process from which the builds of tests fork their templates, in place of a new Python for each of them.

A process that runs tests has threads, so the engine would start every template anew (`engine/template.py`): half a
second of imports, and as much of kernels to be loaded, for builds of milliseconds. The nursery has neither threads nor
anything of a test in it: what it forks has the environment, folder and import path of the test, and then does what
every template does. Once a step of ours was used in a build, the nursery keeps its kernels loaded.

Tests of the engine itself, and all that run the command in a process of its own, have templates of their own.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import os
import pickle
import select
import signal
import socket
import subprocess
import sys
import time
from typing import Any

from gristmill.engine import local, template

_TOLD = 512  # bytes of a message on what was used: fewer than a pipe takes at once
_PAUSE = 0.001  # seconds between looks at a template that is about to end
_READ_AT_IMPORT = ("XDG_CACHE_HOME", "HOME", "NUMBA_", "PYTHON")
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
_own_way = (local.may_fork, local.Forked)


class Nursling:
    """A template forked off the nursery; in the place of `engine.template.Forked`."""

    def __init__(self, control: socket.socket) -> None:
        told = (dict(os.environ), os.getcwd(), [entry or os.getcwd() for entry in sys.path])
        self.pid: int = _nursery().ask(("fork", *told), control.fileno())

    def wait(self, timeout: float) -> None:
        """Until it has ended; after so many seconds it is ended."""
        _nursery().ask(("wait", self.pid, timeout))


class _Nursery:
    def __init__(self) -> None:
        self._control, theirs = socket.socketpair()
        command = [sys.executable, __file__, str(theirs.fileno())]
        env = os.environ | _ONE_THREAD | {"PYTHONPATH": local.import_path()}
        self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()], start_new_session=True, env=env)
        theirs.close()
        self._read_at_import = _read_at_import()
        atexit.register(self.close)

    def suits(self) -> bool:
        """Whether a template that was started now would import what the nursery did."""
        return self._process.poll() is None and self._read_at_import == _read_at_import()

    def ask(self, question: tuple[Any, ...], fd: int | None = None) -> int:
        socket.send_fds(self._control, [b"?"], [] if fd is None else [fd])
        template.send(self._control, question)
        told = template.receive(self._control)
        assert told is not None, "the nursery of templates is gone"
        return int(told[0][0])

    def close(self) -> None:
        self._control.close()
        self._process.wait()


_nurseries: dict[int, _Nursery] = {}


def _nursery() -> _Nursery:
    """That of this process; it is there from the first build on."""
    if os.getpid() not in _nurseries:
        _nurseries[os.getpid()] = _Nursery()
    return _nurseries[os.getpid()]


def _read_at_import() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith(_READ_AT_IMPORT)}


def install() -> None:
    """Have teams fork their templates off the nursery."""
    local.may_fork = lambda: _nursery().suits() or _own_way[0]()
    local.Forked = lambda control: (Nursling if _nursery().suits() else _own_way[1])(control)


def remove() -> None:
    """Have teams make their templates in their own way."""
    local.may_fork, local.Forked = _own_way


def _bring_up(environ: dict[str, str], folder: str, paths: list[str], used: int) -> None:
    """Be as a template that the test's process started, and tell the nursery which steps were warmed."""
    os.setsid()
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(folder)
    sys.path[:] = paths
    importlib.invalidate_caches()
    from gristmill.build import warm

    load, load_step = warm.load, warm.load_step

    def load_and_tell(recipe: Any) -> None:
        load(recipe)
        _tell(used, [(line.step, recipe.kind) for line in recipe.steps])
        _tell(used, [(one, None) for one in (*recipe.inputs, *recipe.outputs)])

    def load_step_and_tell(step: Any) -> None:
        load_step(step)
        _tell(used, [(step, None)])

    warm.load, warm.load_step = load_and_tell, load_step_and_tell


def _tell(used: int, made: list[tuple[Any, Any]]) -> None:
    for one, kind in made:
        with contextlib.suppress(OSError):
            os.write(used, pickle.dumps((type(one).__module__, type(one).__qualname__, kind)).ljust(_TOLD, b"."))


def _keep_warm(used: int, known: set[tuple[str, str, Any]]) -> None:
    """Load the kernels of a step that was used; those of tests' own packages stay out of the nursery."""
    from gristmill.build import warm
    from gristmill.contracts.step import Step

    one = pickle.loads(os.read(used, _TOLD))
    module, name, kind = one
    if one not in known and module.startswith("gristmill."):
        known.add(one)
        found = getattr(importlib.import_module(module), name)
        if issubclass(found, Step):
            warm._warm_step(found(), kind)
        gc.freeze()


def _fork(fd: int, control: socket.socket, told: list[Any], used: int) -> int:
    pid = os.fork()
    if pid:
        os.close(fd)
        return pid
    try:
        control.close()
        _bring_up(*told, used)
        template.main(fd)
    finally:
        os._exit(0)


def _wait(pid: int, timeout: float) -> None:
    until = time.monotonic() + timeout
    while not os.waitpid(pid, os.WNOHANG)[0]:
        if time.monotonic() > until:
            os.kill(pid, signal.SIGKILL)
        time.sleep(_PAUSE)


def _serve(control: socket.socket) -> None:
    import pyarrow as pa

    from gristmill.build import warm
    from gristmill.build.chunk import sizes
    from gristmill.text.flat import flat

    for name in ("run", "dry_run", "index_making"):
        importlib.import_module(f"gristmill.build.{name}")
    pa.set_cpu_count(1)
    sizes(flat(warm.sample().column("text")))
    gc.freeze()
    known: set[tuple[str, str, Any]] = set()
    heard, used = os.pipe()
    while True:
        if heard in select.select([control, heard], [], [])[0]:
            _keep_warm(heard, known)
            continue
        mark, fds, _, _ = socket.recv_fds(control, 1, 1)
        told = template.receive(control) if mark else None
        if told is None:
            return
        verb, *rest = told[0]
        if verb == "fork":
            assert template.may_fork(), "a thread was started in the nursery of templates"
            template.send(control, (_fork(fds[0], control, rest, used),))
        else:
            _wait(*rest)
            template.send(control, (0,))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(fileno=int(sys.argv[1])) as control:
        _serve(control)
