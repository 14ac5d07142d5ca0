"""What tests of readers share: reading all of an input, and making web archives byte by byte."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import pyarrow as pa

from gristmill.contracts.reader import Reader
from gristmill.records.chunk import Problem


class Got:
    """All that a reader gives of an input."""

    def __init__(self, reader: Reader, root: Path | str) -> None:
        self.units = reader.units(str(root))
        self.chunks = [chunk for unit in self.units for chunk in reader.read(unit)]
        self.problems: list[Problem] = [problem for chunk in self.chunks for problem in chunk.problems]
        self.skipped = Counter[str]()
        for chunk in self.chunks:
            self.skipped.update(dict(chunk.skipped))

    @property
    def rows(self) -> list[dict[str, object]]:
        return [row for chunk in self.chunks for row in chunk.batch.to_pylist()]

    def column(self, name: str) -> list[object]:
        return [value for chunk in self.chunks for value in chunk.batch.column(name).to_pylist()]

    @property
    def errors(self) -> list[str]:
        return [problem.error for problem in self.problems]

    @property
    def table(self) -> pa.Table:
        return pa.Table.from_batches([chunk.batch for chunk in self.chunks])


def http_response(body: bytes, *headers: str, status: str = "200 OK", content_type: str = "text/html") -> bytes:
    lines = [f"HTTP/1.1 {status}", *([f"Content-Type: {content_type}"] if content_type else []), *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def warc_record(
    block: bytes,
    *headers: str,
    kind: str = "response",
    url: str = "http://example.org/",
    content_type: str = "application/http; msgtype=response",
    length: int | None = None,
) -> bytes:
    lines = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Target-URI: {url}",
        "WARC-Date: 2024-05-06T07:08:09Z",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(block) if length is None else length}",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def page(text: str, *headers: str, url: str = "http://example.org/") -> bytes:
    """A record of a page with this paragraph."""
    return warc_record(http_response(f"<html><p>{text}</p></html>".encode(), *headers), url=url)


def gzipped(*members: bytes) -> bytes:
    """A gzip file with a member for each."""
    return b"".join(gzip.compress(member, mtime=0) for member in members)
