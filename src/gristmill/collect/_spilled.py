"""Rows brought together by a number that comes in rising order, on disk, with memory bounded by one bucket.

For answers that lie anywhere behind their question. A bucket holds the questions of a stretch of the file and all
their answers; read bucket after bucket, the questions come in the order of the file.
"""

from __future__ import annotations

import tempfile
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import orjson
import zstandard

_HEADS_BYTES = 12 << 20
"""Bytes of heads in a bucket; what follows them is of about twice that size."""

_HELD_BYTES = 16 << 20
"""Bytes that are held before they are written."""

_READ = 1 << 20


class Spilled:
    """Files of a temporary folder, one a bucket."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="gristmill-")
        self._first: list[int] = []  # the lowest key of each bucket
        self._highest = -1
        self._heads = 0
        self._held: dict[int, list[bytes]] = {}
        self._size = 0
        self._packer = zstandard.ZstdCompressor(level=1)

    def __enter__(self) -> Spilled:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._folder.cleanup()

    def head(self, key: int, row: Any) -> None:
        """Put a row that others may follow. A key that is lower than one before joins the bucket it falls into."""
        data = orjson.dumps(row)
        if not self._first or (key > self._highest and self._heads >= _HEADS_BYTES):
            self._first.append(key if self._first else -(1 << 62))
            self._heads = 0
        self._highest = max(self._highest, key)
        self._heads += len(data)
        self._put(key, data)

    def follow(self, key: int, row: Any) -> None:
        """Put a row that belongs to the head with this key."""
        if not self._first:
            self._first.append(-(1 << 62))
        self._put(key, orjson.dumps(row))

    @property
    def count(self) -> int:
        """How many buckets there are."""
        return len(self._first)

    def buckets(self) -> Iterator[list[Any]]:
        """The rows of each bucket, in the order in which they were put."""
        self._flush()
        for number in range(len(self._first)):
            path = self._path(number)
            yield [orjson.loads(line) for line in _unpacked(path).splitlines()] if path.exists() else []

    def _put(self, key: int, data: bytes) -> None:
        self._held.setdefault(bisect_right(self._first, key) - 1, []).append(data)
        self._size += len(data)
        if self._size >= _HELD_BYTES:
            self._flush()

    def _flush(self) -> None:
        for number, held in self._held.items():
            with self._path(number).open("ab") as file:
                file.write(self._packer.compress(b"\n".join(held) + b"\n"))
        self._held = {}
        self._size = 0

    def _path(self, number: int) -> Path:
        return Path(self._folder.name) / f"{number}.zst"


def _unpacked(path: Path) -> bytes:
    """All frames of a file of ours."""
    with path.open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True) as stream:
        return b"".join(iter(lambda: stream.read(_READ), b""))
