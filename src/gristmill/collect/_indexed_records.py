"""Fetches the records that an index names: those that lie together at once, several stretches at a time."""

from __future__ import annotations

import io
import posixpath
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from isal import isal_zlib

from gristmill.collect._archive import MAX_HEADER, Record, Unreadable, header_end, parse_headers, records
from gristmill.collect._cdx import Entry
from gristmill.collect._compressed import blocks
from gristmill.collect._files import is_local
from gristmill.collect._ranges import UnreadError, stretch
from gristmill.collect._stream import Stream

GAP = 1 << 16
"""Bytes between two records that are rather read along than asked around."""

STRETCH_BYTES = 8 << 20
WINDOW_BYTES = 32 << 20
WINDOW_LINES = 1024


class Stretch(NamedTuple):
    """A part of an archive, and the numbers of the entries in it."""

    filename: str
    start: int
    stop: int
    entries: tuple[int, ...]


def stretches(entries: Sequence[Entry]) -> list[Stretch]:
    """What has to be read for some entries, each file in its order."""
    found: list[Stretch] = []
    order = sorted(range(len(entries)), key=lambda number: (entries[number].filename, entries[number].offset))
    for number in order:
        entry = entries[number]
        stop = entry.offset + entry.length
        last = found[-1] if found else None
        if (
            last is not None
            and last.filename == entry.filename
            and entry.offset - last.stop <= GAP
            and stop - last.start <= STRETCH_BYTES
        ):
            found[-1] = Stretch(last.filename, last.start, max(last.stop, stop), (*last.entries, number))
        else:
            found.append(Stretch(entry.filename, entry.offset, stop, (number,)))
    return found


def place_of(archives: str, filename: str) -> str | None:
    """The path of an archive below a folder or url; None where its name leads out of there."""
    parts = filename.split("/")
    if not filename or ".." in parts or parts[0] == "" or "\\" in filename or "\0" in filename or ":" in parts[0]:
        return None
    return posixpath.join(archives, filename)


def whole_record(data: bytes, limit: int) -> Record | None:
    """The record in bytes that are one gzip member with one record in it, as they mostly are; None for all else."""
    decoder = isal_zlib.decompressobj(31)  # the same bytes as zlib in under half the time
    try:
        content = decoder.decompress(data, limit + MAX_HEADER)
    except isal_zlib.error:  # type: ignore[misc]  # it is one; its stub says an instance
        return None
    if not decoder.eof or not content.startswith(b"WARC/"):
        return None
    end = header_end(content, MAX_HEADER)
    headers = parse_headers(content[:end]) if end >= 0 else {}
    length = headers.get("content-length", "")
    if not (length.isascii() and length.isdigit() and len(length) < 16 and int(length) <= len(content) - end):
        return None
    return Record(0, headers, content[end : end + int(length)]) if int(length) <= limit else None


class Fetching:
    """Fetches records below one folder or url, `at_once` stretches at a time."""

    def __init__(self, archives: str, at_once: int, limit: int) -> None:
        self._archives, self._limit = archives, limit
        self._threads = None if is_local(archives) else ThreadPoolExecutor(at_once)

    def close(self) -> None:
        """Ends the threads."""
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)

    def fetched(self, entries: Sequence[Entry]) -> list[Record | str]:
        """The record of each entry, or why there is none."""
        found: list[Record | str] = [self._why_not(entry) for entry in entries]
        wanted = [number for number, why in enumerate(found) if not why]
        parts = stretches([entries[number] for number in wanted])
        read = map(self._read, parts) if self._threads is None else self._threads.map(self._read, parts)
        for part, data in zip(parts, read, strict=True):
            for number in part.entries:
                found[wanted[number]] = self._cut(part, data, entries[wanted[number]])
        return found

    def _why_not(self, entry: Entry) -> str:
        if place_of(self._archives, entry.filename) is None:
            return f"its archive {entry.filename[:200]!r} is not below the folder of archives"
        if not entry.length:
            return "the index does not say how long its record is"
        if entry.length > self._limit:
            return f"the record has {entry.length} bytes, more than max_record_bytes ({self._limit})"
        return ""

    def _read(self, part: Stretch) -> bytes | str:
        place = place_of(self._archives, part.filename) or ""
        try:
            return stretch(place, part.start, part.stop - part.start)
        except UnreadError as error:
            return f"its archive {part.filename} cannot be read: {error}"

    def _cut(self, part: Stretch, data: bytes | str, entry: Entry) -> Record | str:
        if isinstance(data, str):
            return data
        begin = entry.offset - part.start
        return self._record(data[begin : begin + entry.length], entry)

    def _record(self, data: bytes, entry: Entry) -> Record | str:
        if (record := whole_record(data, self._limit)) is not None:
            return record
        where = f"byte {entry.offset} of {entry.filename}"
        found = next(records(Stream(blocks(io.BytesIO(data)), len(data)), self._limit), None)
        if found is None:
            return f"there is nothing at {where}"
        return f"no record is at {where}: {found.error}" if isinstance(found, Unreadable) else found
