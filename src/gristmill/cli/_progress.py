"""How a build goes, as one line that changes on a terminal, and as a line every few seconds elsewhere."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Sequence
from typing import Any

import click

from gristmill.build.run import Began
from gristmill.build.unit import Progress
from gristmill.cli import terminal
from gristmill.cli.figures import count, duration, size

EVERY = 5.0  # seconds between plain lines
BLINK = 0.2  # seconds between updates of a terminal line

# From less than this share of the bytes, in less than these seconds, nothing is foretold: a small file that came first
# would be hours.
_TELLING = 0.01
_SETTLED = 60.0


class Show:
    """Takes the events of a build; `steps` are the names of the recipe's lines, in order."""

    def __init__(self, steps: Sequence[str]) -> None:
        self.steps = steps
        self.live = sys.stderr.isatty()
        self.began = self.shown = 0.0
        self.total = self.records = self.bytes = 0
        self.ended: dict[int, int] = {}
        self._start(Began("", 0))

    def __call__(self, event: Any) -> None:
        if isinstance(event, Began):
            self.clear()
            self._start(event)
            terminal.say(event.stage)
        elif isinstance(event, Progress):
            self.records += event.records
            self.bytes += event.raw_bytes
            for line, records in event.ended.items():
                self.ended[line] = self.ended.get(line, 0) + records
        elif isinstance(event, tuple) and event[0] == "published":
            self.records += event[1]
        now = time.monotonic()
        if now - self.shown >= (BLINK if self.live else EVERY) and self.records:
            self.shown = now
            self._show(self.line(now - self.began))

    def clear(self) -> None:
        """Take the changing line away."""
        if self.live:
            click.echo("\r\x1b[K", nl=False, err=True)

    def line(self, seconds: float) -> str:
        """Records, bytes, rate and time left, then what each step has taken out so far."""
        parts = [f"{count(self.records)} records"]
        if self.bytes:
            rate = self.bytes / max(seconds, 1e-6)
            parts.append(f"{size(self.bytes)} of {size(self.total)}" if self.total else size(self.bytes))
            parts.append(f"{size(int(rate))}/s")
            if self.total > self.bytes and (self.bytes >= self.total * _TELLING or seconds >= _SETTLED):
                parts.append(f"{duration((self.total - self.bytes) / rate)} left")
        else:
            parts.append(f"{count(int(self.records / max(seconds, 1e-6)))}/s")
        gone = [f"{name} {count(self.ended[at])}" for at, name in enumerate(self.steps) if self.ended.get(at)]
        return "  " + ", ".join(parts) + (f"; out: {', '.join(gone)}" if gone else "")

    def _start(self, stage: Began) -> None:
        self.total, self.records, self.bytes = stage.bytes, 0, 0
        self.ended = {}
        self.began = time.monotonic()
        self.shown = self.began - EVERY + 1  # the first line soon, but not at once: it could only guess

    def _show(self, text: str) -> None:
        if self.live:
            width = shutil.get_terminal_size().columns - 1
            click.echo(f"\r\x1b[K{text if len(text) <= width else text[: width - 1] + '…'}", nl=False, err=True)
        else:
            click.echo(text, err=True)
