"""Writes web archives (WARC 1.1, ISO 28500:2017) record by record, so that a crawl that is killed can go on.

A file is called `.open` until it is full. What a killed crawl wrote of an answer, but not to its end, is cut off.
"""

from __future__ import annotations

import gzip
import os
import uuid
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from gristmill import __version__
from gristmill.crawl.answers import Answer, digest

FILE_BYTES = 1 << 30
"""A file is ended when it is longer."""

OPEN = ".open"
_SAME = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_UNCHANGED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_ENDS_GROUP = (b"WARC/1.1\r\nWARC-Type: metadata\r\n", b"WARC/1.1\r\nWARC-Type: warcinfo\r\n")
_STEP = 1 << 16

Lines = list[tuple[str, str]]


class Earlier:
    """The record of an earlier crawl that a page has not changed since."""

    __slots__ = ("at", "id", "url")

    def __init__(self, id: str, url: str, at: str) -> None:
        self.id, self.url, self.at = id, url, at


class Archive:
    """The archives of one kind in a folder: `NAME-00000.warc.gz` and so on."""

    def __init__(self, folder: Path, name: str, about: Lines, file_bytes: int = FILE_BYTES) -> None:
        self._folder, self._name, self._about, self._file_bytes = folder, name, about, file_bytes
        folder.mkdir(parents=True, exist_ok=True)
        self._file: BinaryIO | None = None
        self._path: Path | None = None
        self._info = ""
        for path in sorted(folder.glob(f"{name}-*.warc.gz{OPEN}")):
            end = whole_until(path)
            os.truncate(path, end)
            path.replace(path.with_suffix("")) if end else path.unlink()

    def write(self, answer: Answer, hops: str, via: str | None, earlier: Earlier | None = None) -> None:
        """An answer with its request and how it was come to: all of it, or after a crash none.

        With `earlier` it is a revisit: the headers alone, and which record has the body.
        """
        file = self._opened()
        message, date = answer.message, _date(answer.at)
        id, common = _id(), [("WARC-Target-URI", answer.url), ("WARC-Date", date), ("WARC-Warcinfo-ID", self._info)]
        if answer.ip:
            common.append(("WARC-IP-Address", answer.ip))
        lines: Lines = [("Content-Type", "application/http;msgtype=response")]
        kind = "response"
        if earlier is not None:
            kind, message = "revisit", message[: len(message) - len(answer.body)]
            lines += [
                ("WARC-Profile", _UNCHANGED if answer.status == 304 else _SAME),
                ("WARC-Refers-To", earlier.id),
                ("WARC-Refers-To-Target-URI", earlier.url),
                ("WARC-Refers-To-Date", earlier.at),
            ]
        if answer.status != 304:
            lines.append(("WARC-Payload-Digest", digest(answer.body)))
        asked: Lines = [("Content-Type", "application/http;msgtype=request"), ("WARC-Concurrent-To", id)]
        told = f"fetchTimeMs: {round(answer.seconds * 1000)}\r\nhopsFromSeed: {hops}\r\n"
        told += f"via: {via}\r\n" if via else ""
        about: Lines = [("Content-Type", "application/warc-fields"), ("WARC-Concurrent-To", id)]
        file.write(
            _record(kind, id, common + lines, message)
            + _record("request", _id(), common + asked, answer.request)
            + _record("metadata", _id(), common[:3] + about, told.encode())
        )
        if file.tell() >= self._file_bytes:
            self.close()

    def close(self) -> None:
        """End the file that is being written."""
        if self._file is not None and self._path is not None:
            os.fsync(self._file.fileno())
            self._file.close()
            self._path.replace(self._path.with_suffix(""))
        self._file = self._path = None

    def files(self) -> list[Path]:
        """All that were ended, in the order in which they were written."""
        return archives(self._folder, self._name)

    def _opened(self) -> BinaryIO:
        if self._file is None:
            name = f"{self._name}-{len(self.files()):05}.warc.gz"
            self._path = self._folder / f"{name}{OPEN}"
            self._file = self._path.open("wb", buffering=0)
            self._info = _id()
            fields = [("software", f"gristmill/{__version__}"), ("format", "WARC File Format 1.1"), *self._about]
            block = "".join(f"{key}: {value}\r\n" for key, value in fields).encode()
            lines = [
                ("WARC-Date", _date(datetime.now(UTC))),
                ("WARC-Filename", name),
                ("Content-Type", "application/warc-fields"),
            ]
            self._file.write(_record("warcinfo", self._info, lines, block))
        return self._file


def archives(folder: Path, name: str) -> list[Path]:
    """The archives of a kind in the folder of a crawl."""
    return sorted(folder.glob(f"{name}-*.warc.gz"))


def whole_until(path: Path) -> int:
    """How many bytes of an archive of ours are whole answers; 0 where not even its first record is."""
    whole = at = 0
    with path.open("rb") as file:
        while True:
            file.seek(at)
            head, size = _member(file)
            if not size:
                return whole
            at += size
            if head.startswith(_ENDS_GROUP):
                whole = at


def _member(file: BinaryIO) -> tuple[bytes, int]:
    """The first bytes in the gzip member that begins here, and its length; 0 where it is not whole."""
    decoder = zlib.decompressobj(31)
    head, size = b"", 0
    while not decoder.eof:
        data = file.read(_STEP)
        if not data:
            return b"", 0
        size += len(data)
        while data and not decoder.eof:
            try:
                out = decoder.decompress(data, _STEP)
            except zlib.error:
                return b"", 0
            head, data = head or out, decoder.unconsumed_tail
    return head, size - len(decoder.unused_data)


def _record(kind: str, id: str, lines: Lines, block: bytes) -> bytes:
    fields = [("WARC-Type", kind), ("WARC-Record-ID", id), *lines, ("WARC-Block-Digest", digest(block))]
    head = "".join(f"{name}: {value}\r\n" for name, value in [*fields, ("Content-Length", str(len(block)))])
    return gzip.compress(b"WARC/1.1\r\n" + head.encode() + b"\r\n" + block + b"\r\n\r\n", mtime=0)


def _id() -> str:
    return f"<urn:uuid:{uuid.uuid4()}>"


def _date(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
