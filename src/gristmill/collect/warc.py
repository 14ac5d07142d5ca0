"""Web archives: WARC, ARC, and the WET files of Common Crawl, plain or compressed by record or as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import orjson
from pydantic import Field

from gristmill.collect._archive import Headers, Record, Unreadable, records
from gristmill.collect._columns import MAX_RECORD_BYTES, as_time
from gristmill.collect._compressed import blocks, with_compression
from gristmill.collect._files import opened
from gristmill.collect._files_reader import FilesReader
from gristmill.collect._http import Response, Undecodable, decoded, parse_response
from gristmill.collect._stream import Stream
from gristmill.contracts.reader import Unit
from gristmill.records.chunk import Chunk, ChunkBuilder

_TYPES = frozenset(("warcinfo", "response", "resource", "request", "metadata", "revisit", "conversion", "continuation"))
_MAIN_TYPES = frozenset(("application", "audio", "font", "image", "message", "model", "multipart", "text", "video"))
_WEB = ("http://", "https://", "ftp://")

_KEPT = {
    "warc-record-id": "warc_record_id",
    "warc-ip-address": "ip",
    "warc-truncated": "warc_truncated",
    "warc-identified-payload-type": "identified_type",
    "warc-identified-content-language": "identified_language",
}
_KEPT_HTTP = {
    "content-language": "content_language",
    "content-usage": "content_usage",
    "last-modified": "last_modified",
    "link": "link",
    "tdm-policy": "tdm_policy",
    "tdm-reservation": "tdm_reservation",
    "x-robots-tag": "x_robots_tag",
}


class _Page(NamedTuple):
    """A record that is wanted, not decoded yet."""

    record: Record
    response: Response
    content_type: str | None


class Warc(FilesReader):
    """Archived web pages. A record's position is its byte offset in the file.

    In a file that is compressed as a whole, it is the size of the file plus the offset in the content, but for the
    first record. Responses are taken by status and type; other records are counted and left out.
    """

    version = 2
    suffixes = (*with_compression(".warc", ".arc", ".wet"), ".warc.lz4")
    gives_payload = True

    status: tuple[int, ...] = Field((200,), min_length=1, description="HTTP statuses whose pages are taken.")
    mime: tuple[str, ...] = Field(
        ("text/html", "application/xhtml+xml", "text/plain"),
        min_length=1,
        description="Media types that are taken; the archive's own finding goes before the server's word.",
    )
    max_record_bytes: int = Field(
        MAX_RECORD_BYTES, ge=1, le=1 << 31, description="A longer page is quarantined, not read into memory."
    )

    def read(self, unit: Unit, skip: int = 0) -> Iterator[Chunk]:
        member = unit.members[0]
        builder = ChunkBuilder(member.source, payload=True, skip=skip)
        with opened(member) as file:
            stream = Stream(blocks(file, resync=True), member.size)
            for record in records(stream, self.max_record_bytes):
                found = record if isinstance(record, Unreadable) else self._wanted(record)
                if isinstance(found, str):
                    builder.skip(found)
                    continue
                if builder.passes(stream.raw):
                    continue
                if builder.full:
                    yield builder.cut(stream.raw)
                if isinstance(found, Unreadable):
                    builder.problem(found.position, found.error)
                else:
                    self._add(builder, found)
        yield from builder.rest(member.size)

    def _wanted(self, record: Record) -> _Page | Unreadable | str:
        """The page, or what the record is by name where it is not taken."""
        headers = record.headers
        kind = headers.get("warc-type", "").lower()
        if kind == "conversion":
            return _Page(record, Response(0, {}, record.body), "text/plain; charset=utf-8")
        if kind not in ("response", "resource"):
            return kind if kind in _TYPES else "unknown"
        declared = headers.get("content-type", "")
        if kind == "response" and declared.lower().startswith("application/http"):
            response = parse_response(record.body)
            if response is None:
                return Unreadable(record.position, "the response does not begin with an HTTP status line")
            if response.status not in self.status:
                return f"http status {response.status}"
            declared = response.headers.get("content-type", "")
        elif headers.get("warc-target-uri", "").lower().removeprefix("<").startswith(_WEB):
            response = Response(0, {}, record.body)
        else:
            return f"{kind} not of the web"
        media_type = _media_type(headers.get("warc-identified-payload-type") or declared or _sniffed(response.body))
        if media_type not in self.mime:
            main = media_type.partition("/")[0]
            return f"mime {main if main in _MAIN_TYPES else 'other'}"
        return _Page(record, response, declared or None)

    def _add(self, builder: ChunkBuilder, page: _Page) -> None:
        record, response, content_type = page
        if record.long:
            builder.problem(
                record.position,
                f"the record has {record.long} bytes, more than max_record_bytes ({self.max_record_bytes})",
            )
            return
        try:
            payload = decoded(response, self.max_record_bytes)
        except Undecodable as error:
            builder.problem(record.position, str(error))
            return
        headers = record.headers
        builder.add(
            record.position,
            payload=payload,
            content_type=content_type,
            url=headers.get("warc-target-uri", "").removeprefix("<").removesuffix(">") or None,
            time=as_time(headers.get("warc-date", "")),
            metadata=_metadata(headers, response),
        )


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _sniffed(body: bytes) -> str:
    """For a page without a type: what its first bytes look like, as browsers look at them."""
    start = body[:512].lstrip().lower()
    return "text/html" if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) else ""


def _metadata(headers: Headers, response: Response) -> str:
    found: dict[str, str | int] = {"warc_type": headers.get("warc-type", "").lower()}
    found |= {name: headers[key] for key, name in _KEPT.items() if key in headers}
    found |= {name: response.headers[key] for key, name in _KEPT_HTTP.items() if key in response.headers}
    if response.status:
        found["http_status"] = response.status
    return orjson.dumps(found, option=orjson.OPT_SORT_KEYS).decode()
