"""WARC and ARC archives cut into records, with what cannot be read passed over and named.

Our own framing, for FastWARC 2.0 reads no ARC, is silent about truncated archives, and ends at a broken record.
WARC: ISO 28500:2017. ARC: https://archive.org/web/researcher/ArcFileFormat.php
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from gristmill.collect._stream import Stream

Headers = dict[str, str]
"""Names in lower case; of a name that comes twice, the last."""

MAX_HEADER = 1 << 16
HEAD_OF_LONG = 1 << 16
"""What is kept of a record that is too long, to say what it was."""

_NO_RECORD = "no record begins here; read on at the next that does"


_BLANK_LINES = (b"\n\r\n", b"\n\n", b"\n\r\r\n")
"""How a header ends: as it should (after a carriage return) or as various tools have written it."""


class Record(NamedTuple):
    """A record of an archive. `long` is its length where that is beyond the limit; `body` is then its beginning."""

    position: int
    headers: Headers
    body: bytes
    long: int = 0


class Unreadable(NamedTuple):
    """Where something that is no whole record stands, and why."""

    position: int
    error: str


class _Bad(ValueError):
    """A record's header is wrong; says how."""


def records(stream: Stream, limit: int) -> Iterator[Record | Unreadable]:
    """Every record in order. Never raises for what is in the archive; always ends."""
    arc_fields = 0
    while True:
        _pass_blank(stream)
        start = stream.offset
        first = stream.ahead(11)
        if not first:
            if not stream.damage:
                return
            yield Unreadable(stream.position(start), stream.damage)
            stream.go_on()
            continue
        position = stream.position(start)
        try:
            if first.startswith(b"WARC/"):
                headers = _warc_headers(stream)
            elif first == b"filedesc://":
                arc_fields = _arc_begin(stream)
                continue
            elif arc_fields:
                headers = _arc_headers(stream, arc_fields)
            else:
                raise _Bad(_NO_RECORD)
            yield _with_body(stream, position, start, headers, limit)
        except _Bad as bad:
            why = str(bad)
            if stream.damage:
                why = f"{why}: {stream.damage}"
                stream.go_on()
            yield Unreadable(position, why)
            _to_next(stream, arc_fields)


def _pass_blank(stream: Stream) -> None:
    while ahead := stream.ahead(64):
        blank = len(ahead) - len(ahead.lstrip(b"\r\n"))
        stream.take(blank)
        if blank < len(ahead):
            return


def _with_body(stream: Stream, position: int, start: int, headers: Headers, limit: int) -> Record:
    length = _length(headers.get("content-length", ""))
    begin = stream.offset
    body = stream.take(length if length <= limit else min(length, HEAD_OF_LONG))
    for member in stream.members_between(begin, stream.offset):
        inside = body[member - begin :]
        if inside.startswith(b"WARC/"):
            stream.give_back(inside)
            raise _Bad(f"the record ends after {member - begin} of the {length} bytes it announces")
    found = len(body) if len(body) == length else len(body) + stream.drop(length - len(body))
    if found < length:
        raise _Bad(f"the archive ends after {found} of the {length} bytes that the record announces")
    return Record(position, headers, body, length if length > limit else 0)


def _length(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 16):
        raise _Bad(f"the record's length is {value[:40]!r}, not a number of bytes; read on at the next record")
    return int(value)


def _header_size(stream: Stream) -> int:
    return stream.find(header_end, MAX_HEADER)


def _line_size(stream: Stream) -> int:
    return stream.find(_line_end, MAX_HEADER)


def _line_end(data: bytes, limit: int) -> int:
    return data.find(b"\n", 0, limit) + 1 or -1


def header_end(data: bytes, limit: int) -> int:
    """Where the header that begins these bytes ends, with its blank line; -1 where that is not within `limit`."""
    end = -1
    for mark in _BLANK_LINES:
        at = data.find(mark, 0, limit if end < 0 else end)
        if at >= 0:
            end = at + len(mark)
    return end


# WARC


def _warc_headers(stream: Stream) -> Headers:
    size = _header_size(stream)
    if size < 0:
        stream.take(len(b"WARC/"))  # or the search for the next record would find this one
        raise _Bad("the record's header does not end; read on at the next record")
    return parse_headers(stream.take(size))


def parse_headers(block: bytes) -> Headers:
    """Header lines after the first one; a line that begins with white space goes on with the one before."""
    text = block.decode("utf-8", "replace")
    if "\n " in text or "\n\t" in text:
        text = text.replace("\r\n", "\n").replace("\n ", " ").replace("\n\t", " ")
    pairs = (line.partition(":") for line in text.split("\n")[1:])
    return {name.strip().lower(): value.strip() for name, colon, value in pairs if colon}


# ARC


def _arc_line(stream: Stream) -> str:
    size = _line_size(stream)
    if size < 0:
        stream.drop(MAX_HEADER)
        raise _Bad("the record's header line does not end; read on at the next record")
    return stream.take(size).decode("utf-8", "replace").strip()


def _arc_begin(stream: Stream) -> int:
    """Read the version block; returns the number of fields in a header line of its records."""
    length = _arc_line(stream).rpartition(" ")[2]
    is_second = stream.ahead(1) == b"2"
    if length.isascii() and length.isdigit() and len(length) < 10:
        stream.drop(int(length))
    else:
        stream.drop(max(_header_size(stream), 0))
    return 10 if is_second else 5


def _arc_headers(stream: Stream, fields: int) -> Headers:
    """The header line as WARC headers; a url may hold spaces."""
    parsed = _arc_fields(_arc_line(stream), fields)
    if parsed is None:
        raise _Bad(_NO_RECORD)
    return parsed


def _arc_fields(line: str, fields: int) -> Headers | None:
    parts = line.rsplit(" ", fields - 1)
    if len(parts) < fields or ":" not in parts[0]:
        return None
    url, ip, day, mime = parts[:4]
    return {
        "warc-type": "response",
        "warc-target-uri": url,
        "warc-ip-address": ip,
        "warc-date": f"{day[:8]}T{day[8:14]}",
        "content-type": "application/http" if url.startswith(("http:", "https:")) else mime,
        "content-length": parts[-1],
    }


# The next record


def _to_next(stream: Stream, arc_fields: int) -> None:
    """Pass by what stands before the next record header, line by line; stops at the end and at damage.

    A WARC header is also looked for where a compressed member begins.
    """
    while True:
        ahead = stream.ahead(1 << 16)
        if not ahead:
            return
        start = stream.offset
        if arc_fields:
            if _line_size(stream) > 0 and _is_arc_header(ahead, arc_fields):
                return
            stream.drop(ahead.find(b"\n") + 1 or len(ahead))
            continue
        at = ahead.find(b"WARC/")
        while at > 0 and ahead[at - 1] != 10 and not stream.members_between(start + at - 1, start + at + 1):
            at = ahead.find(b"WARC/", at + 1)
        if at >= 0:
            stream.drop(at)
            return
        # A header may begin in the last bytes of what was looked at; the byte before it stays too.
        stream.drop(max(len(ahead) - 6, 1) if len(ahead) == 1 << 16 else len(ahead))


def _is_arc_header(ahead: bytes, fields: int) -> bool:
    parsed = _arc_fields(ahead.partition(b"\n")[0].decode("utf-8", "replace").strip(), fields)
    return parsed is not None and "://" in parsed["warc-target-uri"] and parsed["warc-date"][:8].isdigit()
