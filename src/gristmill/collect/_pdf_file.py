"""A PDF file as our side sees it: pages asked for one by one from a process that may die over them."""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from gristmill.collect._documents import Unreadable
from gristmill.collect._pdf_lines import Line, as_row, from_row
from gristmill.errors import BuildError

_MOST_FILES = 200
"""A process is replaced after so many, whatever it has kept of them."""

_idle: list[_Process] = []


@dataclass(frozen=True, slots=True)
class Page:
    """What one page holds. `unmapped` counts characters that have no Unicode value, `askew` words at other angles,
    `numbers` the numbers of lines in its margins, which are left out. `by_ocr` says that its
    lines were read from its image, `read` is such a text where no places of it are known."""

    lines: list[Line]
    chars: int
    unmapped: int
    askew: int
    numbers: int
    height: float
    broken: bool = False
    by_ocr: bool = False
    read: str | None = None


def as_page(answer: bytes) -> Page:
    """A page as the process told it. Raises Unreadable where it told an error."""
    told = orjson.loads(answer)
    if "error" in told:
        raise Unreadable(told["error"])
    lines = [from_row(row) for row in told.pop("lines")]
    return Page(lines=lines, **told)


def with_text(answer: bytes, text: str) -> bytes:
    """The page with a text that was read from its image; as it was where there is none."""
    return _changed(answer, read=text) if text.strip() else answer


def with_lines(answer: bytes, lines: Sequence[Line]) -> bytes:
    """The page with lines that were read from its image; as it was where there are none."""
    return _changed(answer, lines=[as_row(line) for line in lines]) if lines else answer


def _changed(answer: bytes, **parts: Any) -> bytes:
    return orjson.dumps({**orjson.loads(answer), **parts, "by_ocr": True}, option=orjson.OPT_APPEND_NEWLINE)


class PdfFile:
    """A file that is open in a process of ours. Raises Unreadable where it cannot be opened or read on."""

    def __init__(self, data: bytes, *, seconds: float, megabytes: int) -> None:
        """The process may take so many seconds of processor time, and so many MB beyond twice the size of the file."""
        self._seconds, self._megabytes = seconds, megabytes
        self._process = _taken()
        request = {"open": len(data), "seconds": seconds, "memory": (megabytes << 20) + 2 * len(data)}
        try:
            told = orjson.loads(self._ask(request, "opening the file", data))
        except BaseException:
            self._process.end()
            raise
        if "error" in told:
            self.close()
            raise Unreadable(_why_not(told["error"]))
        self.pages: int = told["pages"]
        self.told: dict[str, str] = told["told"]

    def close(self) -> None:
        if self._process.files < _MOST_FILES and self._process.lives():
            _idle.append(self._process)
        else:
            self._process.end()

    def page(self, number: int) -> bytes:
        """The page as JSON, for `as_page`: it is smaller so."""
        return self._ask({"page": number}, f"reading page {number + 1}")

    def image(self, number: int, dpi: int) -> npt.NDArray[np.uint8]:
        """The page as an image (height, width, channels)."""
        doing = f"drawing page {number + 1}"
        shape = orjson.loads(self._ask({"image": number, "dpi": dpi}, doing))["shape"]
        size = int(np.prod(shape))
        pixels = self._process.read(size)
        if len(pixels) < size:
            raise self._death(doing)
        return np.frombuffer(pixels, np.uint8).reshape(shape)

    def _ask(self, request: dict[str, Any], doing: str, data: bytes = b"") -> bytes:
        answer = self._process.ask(request, data)
        if not answer.endswith(b"\n"):
            raise self._death(doing)
        return answer

    def _death(self, doing: str) -> Unreadable:
        code = self._process.end()
        if code >= 0:
            raise BuildError(f"the process that runs PDFium ended with status {code}; does pypdfium2 work here?")
        if code == -signal.SIGPROF:
            return Unreadable(f"{doing} takes the processor time of the file beyond max_seconds ({self._seconds:g})")
        return Unreadable(f"{doing} takes more memory than max_memory ({self._megabytes} MB), or ends PDFium")


class _Process:
    """A child that serves requests, and the process that it belongs to: a fork of us must not talk to it."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.files = 0
        self._child = subprocess.Popen(
            [sys.executable, "-m", "gristmill.collect._pdf_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": _import_path()},
        )

    def ask(self, request: dict[str, Any], data: bytes) -> bytes:
        """The line that answers; without its end where the child has died."""
        self.files += "open" in request
        stdin, stdout = self._child.stdin, self._child.stdout
        if stdin is None or stdout is None:
            return b""
        with suppress(BrokenPipeError):
            stdin.write(orjson.dumps(request, option=orjson.OPT_APPEND_NEWLINE))
            stdin.write(data)
            stdin.flush()
        return stdout.readline()

    def read(self, size: int) -> bytes:
        return b"" if self._child.stdout is None else self._child.stdout.read(size)

    def lives(self) -> bool:
        return self._child.poll() is None

    def end(self) -> int:
        """How it ended, or ends now: the signal as a negative number."""
        with suppress(BrokenPipeError):
            if self._child.stdin is not None:
                self._child.stdin.close()
        if self._child.stdout is not None:
            self._child.stdout.close()
        try:
            return self._child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._child.kill()
            return self._child.wait()


def _import_path() -> str:
    """What is set already, then where we stand: the folder of a script may hold anything, `encodings.py` too."""
    return os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), str(Path(__file__).parents[2]))))


def _taken() -> _Process:
    while _idle:
        process = _idle.pop()
        if process.owner == os.getpid() and process.lives():
            return process
    return _Process()


@atexit.register
def end_idle() -> None:
    """End the processes that wait for files."""
    while _idle:
        process = _idle.pop()
        if process.owner == os.getpid():
            process.end()


def _why_not(error: str) -> str:
    if "password" in error.lower():
        return "the file is encrypted and does not open without a password"
    return "the file is broken or cut short: PDFium cannot open it"
