"""Pages out of records of web archives: which are taken, and what is kept of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import orjson
from pydantic import Field

from gristmill.collect._archive import Headers, Record, Unreadable, records
from gristmill.collect._columns import MAX_RECORD_BYTES, as_time
from gristmill.collect._compressed import blocks
from gristmill.collect._http import Response, Undecodable, decoded, parse_response
from gristmill.collect._stream import Stream
from gristmill.contracts.reader import Member, Reader
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


class Page(NamedTuple):
    """A record that is wanted, not decoded yet."""

    record: Record
    response: Response
    content_type: str | None


class ArchivedPages(Reader):
    """An input of archived pages: responses are taken by status and type."""

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

    def all_of(self, file: BinaryIO, member: Member, skip: int) -> Iterator[Chunk]:
        """The pages of a whole archive; a page's position is its byte offset in the file."""
        builder = ChunkBuilder(member.source, payload=True, skip=skip)
        stream = Stream(blocks(file, resync=True), member.size)
        for record in records(stream, self.max_record_bytes):
            found = record if isinstance(record, Unreadable) else self.wanted(record)
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
                self.add(builder, found)
        yield from builder.rest(member.size)

    def wanted(self, record: Record) -> Page | Unreadable | str:
        """The page, or what the record is by name where it is not taken."""
        headers = record.headers
        kind = headers.get("warc-type", "").lower()
        if kind == "conversion":
            return Page(record, Response(0, {}, record.body), "text/plain; charset=utf-8")
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
        type_ = media_type(headers.get("warc-identified-payload-type") or declared or _sniffed(response.body))
        if type_ not in self.mime:
            return left_for_type(type_)
        return Page(record, response, declared or None)

    def add(
        self, builder: ChunkBuilder, page: Page, position: int | None = None, more: dict[str, str | int] | None = None
    ) -> None:
        """Take a page, or say why it cannot be decoded; at its position in the archive where no other is given."""
        record, response, content_type = page
        position = record.position if position is None else position
        if record.long:
            builder.problem(
                position,
                f"the record has {record.long} bytes, more than max_record_bytes ({self.max_record_bytes})",
            )
            return
        try:
            payload = decoded(response, self.max_record_bytes)
        except Undecodable as error:
            builder.problem(position, str(error))
            return
        headers = record.headers
        builder.add(
            position,
            payload=payload,
            content_type=content_type,
            url=headers.get("warc-target-uri", "").removeprefix("<").removesuffix(">") or None,
            time=as_time(headers.get("warc-date", "")),
            metadata=_metadata(headers, response, more or {}),
        )


def media_type(content_type: str) -> str:
    """The type without its parameters, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def left_for_type(type_: str) -> str:
    """What a page that is not taken for its type is counted as."""
    main = type_.partition("/")[0]
    return f"mime {main if main in _MAIN_TYPES else 'other'}"


def _sniffed(body: bytes) -> str:
    """For a page without a type: what its first bytes look like, as browsers look at them."""
    start = body[:512].lstrip().lower()
    return "text/html" if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) else ""


def _metadata(headers: Headers, response: Response, more: dict[str, str | int]) -> str:
    found: dict[str, str | int] = {"warc_type": headers.get("warc-type", "").lower(), **more}
    found |= {name: headers[key] for key, name in _KEPT.items() if key in headers}
    found |= {name: response.headers[key] for key, name in _KEPT_HTTP.items() if key in response.headers}
    if response.status:
        found["http_status"] = response.status
    return orjson.dumps(found, option=orjson.OPT_SORT_KEYS).decode()
