"""What runs on each node of a cluster: a local team, given jobs and asked for news a turn at a time."""

from __future__ import annotations

import re
import sys
import time
import traceback
from collections import deque
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from gristmill.engine.local import LocalTeam, Warm
from gristmill.engine.protocol import Event, Failed, Reported
from gristmill.errors import BuildError, GristmillError

TURN = 0.5  # seconds that a turn lasts at most

Given = tuple[int, bytes, float | None]
"""A job as `Team.start` takes it."""


class Node:
    """Leads `workers` processes on this node. They are forked from one template, which compiles kernels once."""

    def __init__(self, workers: int, warm: Warm | None, paths: list[str]) -> None:
        sys.path += [path for path in paths if path not in sys.path]  # plug-ins lie where the build finds them
        self._team = LocalTeam(workers, warm=warm)
        self._waiting: deque[Given] = deque()

    def about(self, mark: str) -> tuple[str | None, dict[str, str]]:
        """What the marked file holds here, None where it is not seen; and the packages that answers depend on."""
        try:
            seen = Path(mark).read_text()
        except OSError:
            seen = None
        return seen, packages()

    def turn(self, given: list[Given]) -> list[Event]:
        """Take more jobs, and say what happened: at once where a job ended, else when the turn is over."""
        self._waiting += given
        until = time.monotonic() + TURN
        events: list[Event] = []
        try:
            while time.monotonic() < until and all(isinstance(event, Reported) for event in events):
                self._fill()
                events += self._team.events(max(0.0, until - time.monotonic()))
            self._fill()
        except GristmillError as error:
            events.append(Failed(("error", (str(error), error.exit_code, traceback.format_exc()))))
        return events

    def _fill(self) -> None:
        while self._waiting and self._team.room():
            self._team.start(*self._waiting.popleft())

    def peak_mb(self) -> float | None:
        """The most memory that the processes of this node's team held."""
        return self._team.peak_mb()

    def close(self) -> None:
        """End the workers."""
        self._team.close()


def refuse_unlike(node: str, mark: tuple[str, str], seen: str | None, found: dict[str, str]) -> None:
    """BuildError where a node sees another folder than this one (`mark`: a file, and what it holds), or may compute
    otherwise."""
    if seen != mark[1]:
        raise BuildError(
            f"the node {node} does not see {Path(mark[0]).parent}; a build on several nodes needs a folder that all of"
            " them mount under the same name"
        )
    ours = packages()
    for name in sorted(ours.keys() | found.keys()):
        if ours.get(name) != found.get(name):
            raise BuildError(
                f"the node {node} has {name} {found.get(name, '(none)')}, this one {ours.get(name, '(none)')};"
                " install the same on all nodes, or the same recipe could give other bytes"
            )


def packages() -> dict[str, str]:
    """Versions of Gristmill, of Python and of what Gristmill is made with, so far as it is installed here."""
    found = {"python": ".".join(map(str, sys.version_info[:2]))}
    for name in ("gristmill", *_required()):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _required() -> Iterator[str]:
    for requirement in requires("gristmill") or ():
        yield re.split(r"[^A-Za-z0-9_.-]", requirement, maxsplit=1)[0]
