"""Reads the archives of a crawl back: what was fetched and how it was come to, and what an earlier crawl knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gristmill.collect._archive import Headers, Record, parse_headers, records
from gristmill.collect._compressed import blocks
from gristmill.collect._http import parse_response
from gristmill.collect._stream import Stream
from gristmill.crawl.archive import Earlier, archives
from gristmill.crawl.urls import key_of
from gristmill.errors import InputError

_MOST_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Visit:
    """An answer in an archive, where it stands, and how it was come to."""

    url: str
    hops: str
    status: int
    headers: Headers
    message: bytes
    id: str
    at: str
    digest: str
    revisit: bool
    path: Path
    position: int


def visits(path: Path) -> Iterator[Visit]:
    """All answers of an archive that a crawl wrote."""
    last: Record | None = None
    with path.open("rb") as file:
        for record in records(Stream(blocks(file), path.stat().st_size), _MOST_BYTES):
            if not isinstance(record, Record):
                raise InputError(str(path), f"it is damaged: {record.error}")
            kind = record.headers.get("warc-type", "")
            if kind in ("response", "revisit"):
                last = record
            elif kind == "metadata" and last is not None:
                yield _visit(path, last, parse_headers(b"\n" + record.body))
                last = None


def _visit(path: Path, record: Record, about: Headers) -> Visit:
    response = parse_response(record.body)
    headers = record.headers
    return Visit(
        headers.get("warc-target-uri", ""),
        about.get("hopsfromseed", ""),
        response.status if response else 0,
        response.headers if response else {},
        record.body,
        headers.get("warc-record-id", ""),
        headers.get("warc-date", ""),
        headers.get("warc-payload-digest", ""),
        headers.get("warc-type") == "revisit",
        path,
        record.position,
    )


@dataclass(slots=True)
class Known:
    """A page of an earlier crawl: what to ask with, and where its body is."""

    earlier: Earlier
    etag: str
    last_modified: str
    digest: str
    path: Path
    position: int

    def message(self) -> bytes:
        """The whole answer of then."""
        with self.path.open("rb") as file:
            file.seek(self.position)
            record = next(records(Stream(blocks(file), self.path.stat().st_size), _MOST_BYTES), None)
        return record.body if isinstance(record, Record) else b""


class Former:
    """The pages of earlier crawls, each as it was last fetched whole."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._known: dict[str, Known] = {}
        for folder in folders:
            found = archives(folder, "pages")
            if not found:
                raise InputError(str(folder), "it is no folder of a crawl: it has no pages-00000.warc.gz")
            for path in found:
                for visit in visits(path):
                    self._take(visit)

    def __len__(self) -> int:
        return len(self._known)

    def _take(self, visit: Visit) -> None:
        key = key_of(visit.url)
        before = self._known.get(key)
        etag, last_modified = visit.headers.get("etag", ""), visit.headers.get("last-modified", "")
        if visit.revisit:
            if before is not None:  # a server may give an unchanged page a new mark
                before.etag, before.last_modified = etag or before.etag, last_modified or before.last_modified
        elif visit.status == 200 and (before is None or before.earlier.at <= visit.at):
            earlier = Earlier(visit.id, visit.url, visit.at)
            self._known[key] = Known(earlier, etag, last_modified, visit.digest, visit.path, visit.position)

    def of(self, url: str) -> Known | None:
        """What is known of a url."""
        return self._known.get(key_of(url))
