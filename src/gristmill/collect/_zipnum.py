"""Indexes in compressed blocks (ZipNum): cluster.idx names the first key of each block, and where the block is.

Common Crawl's indexes are of this kind: https://commoncrawl.org/cdxj-index. Looked up by bisection, so that of an index
of hundreds of gigabytes no more is read than what is asked for.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from gristmill.collect._ranges import UnreadError, file_at, stretch
from gristmill.errors import InputError

NAME = "cluster.idx"
_PAGE = 1 << 14
_MOST_LINE = 1 << 16
RUN_BYTES = 2 << 20


class Block(NamedTuple):
    """A block of some thousand lines: the first key in it, the file it is in, and where."""

    key: str
    file: str
    start: int
    size: int


class Run(NamedTuple):
    """Blocks that follow each other in a file."""

    file: str
    start: int
    stop: int


def runs(path: str, keys: Sequence[str]) -> list[Run]:
    """The blocks of an index that may hold entries whose keys begin so (all where none are given), joined."""
    reading = _Reading(path)
    found: dict[tuple[str, int], Block] = {}
    if keys:
        for key in _outermost(keys):
            for block in _blocks_of(reading, key):
                found[block.file, block.start] = block
    else:
        for block in _blocks_from(reading, 0):
            found[block.file, block.start] = block
    joined: list[Run] = []
    for file, start in sorted(found):
        size = found[file, start].size
        last = joined[-1] if joined else None
        if last is not None and last.file == file and last.stop == start and start + size - last.start <= RUN_BYTES:
            joined[-1] = Run(file, last.start, start + size)
        else:
            joined.append(Run(file, start, start + size))
    return joined


def _outermost(keys: Sequence[str]) -> list[str]:
    """The keys without those that begin with another."""
    found: list[str] = []
    for key in sorted(keys):
        if not found or not key.startswith(found[-1]):
            found.append(key)
    return found


class _Reading:
    """Lines of a file by their place in it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.size = file_at(path).size
        self._pages: dict[int, bytes] = {}

    def line_from(self, at: int) -> tuple[int, bytes]:
        """The first line that begins at `at` or behind it, and where the next begins; empty at the end."""
        data, begin = b"", at
        if at:
            begin = at - 1
        while True:
            page = self._page(begin + len(data))
            data += page
            first = data.find(b"\n") + 1 if at else 0
            end = data.find(b"\n", first) if first or not at else -1
            if end >= 0:
                return begin + end + 1, data[first:end]
            if not page:
                return self.size, data[first:] if first or not at else b""
            if len(data) > 2 * _MOST_LINE:
                raise InputError(self.path, f"it is no {NAME}: a line of it does not end")

    def _page(self, at: int) -> bytes:
        """From a place on to the end of a page, so that bisections read few pages."""
        if at >= self.size:
            return b""
        number = at // _PAGE
        if number not in self._pages:
            if len(self._pages) > 512:
                self._pages.clear()
            try:
                self._pages[number] = stretch(self.path, number * _PAGE, _PAGE)
            except UnreadError as error:
                raise InputError(self.path, str(error)) from error
        return self._pages[number][at - number * _PAGE :]


def _first(size: int, is_behind: Callable[[int], bool]) -> int:
    """The lowest place for which `is_behind` is true, by bisection."""
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        if is_behind(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _blocks_of(reading: _Reading, key: str) -> Iterator[Block]:
    wanted = key.encode()

    def is_behind(at: int) -> bool:
        _, line = reading.line_from(at)
        return not line or line >= wanted

    # The line before begins one byte earlier, or a lower place would do. Its block may hold the key too, for only the
    # first key of a block is known.
    before = max(_first(reading.size, is_behind) - 1, 0)
    for block in _blocks_from(reading, before):
        if block.key > key and not block.key.startswith(key):
            return
        yield block


def _blocks_from(reading: _Reading, at: int) -> Iterator[Block]:
    while True:
        at, line = reading.line_from(at)
        if not line:
            return
        yield _block(line, reading.path)


def _block(line: bytes, path: str) -> Block:
    parts = line.decode("utf-8", "replace").split("\t")
    if len(parts) < 4 or not (parts[2].isdigit() and parts[3].isdigit()) or len(parts[2]) > 15 or len(parts[3]) > 9:
        raise InputError(path, f"it is no {NAME}: its lines have a key, a file, an offset and a length, by tabs")
    file = parts[1]
    if "/" in file or "\\" in file or file in ("", ".", ".."):
        raise InputError(path, "it names a file outside of its folder")
    return Block(parts[0], file, int(parts[2]), int(parts[3]))


def beside(path: str, name: str) -> str:
    """The path of a file in the folder of another."""
    return posixpath.join(posixpath.dirname(path), name)
