"""What a server answered, as it goes into an archive and comes out of one."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import urlsplit

from gristmill.collect._http import Undecodable, decoded, parse_response
from gristmill.crawl.urls import host_of

Fields = tuple[tuple[str, str], ...]
"""Headers in their order."""

_REDIRECTS = frozenset((301, 302, 303, 307, 308))


class Answer(NamedTuple):
    """One request and its answer. `body` is as it was sent: still compressed, where it was."""

    url: str
    asked: Fields
    status: int
    headers: Fields
    body: bytes
    ip: str | None
    at: datetime
    seconds: float
    left: bool = False
    """Whether the body was not taken because its type is none of those that are wanted."""

    def header(self, name: str) -> str:
        """The value of a header, of several the last; empty where it is not there."""
        return next((value for key, value in reversed(self.headers) if key.lower() == name), "")

    @property
    def type(self) -> str:
        """Its media type in lower case."""
        return self.header("content-type").partition(";")[0].strip().lower()

    @property
    def redirects_to(self) -> str | None:
        """Where it sends whoever asks, as it says so."""
        return (self.header("location") or None) if self.status in _REDIRECTS else None

    @property
    def message(self) -> bytes:
        """The whole answer as bytes of HTTP; a transfer encoding is undone, and said so as Common Crawl does."""
        lines = [f"HTTP/1.1 {self.status} {_phrase(self.status)}"]
        for name, value in self.headers:
            if name.lower() == "transfer-encoding":
                name = f"X-Crawler-{name}"
            elif name.lower() == "content-length":
                continue
            lines.append(f"{name}: {value}")
        lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + self.body

    @property
    def request(self) -> bytes:
        """The request as bytes of HTTP."""
        parts = urlsplit(self.url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        lines = [
            f"GET {path} HTTP/1.1",
            f"Host: {host_of(self.url)}",
            *(f"{name}: {value}" for name, value in self.asked),
        ]
        return "\r\n".join(lines).encode() + b"\r\n\r\n"


def digest(body: bytes) -> str:
    """The payload digest of WARC as everyone writes it."""
    return "sha1:" + base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()


def readable(message: bytes, limit: int) -> bytes:
    """The body of an answer without its encodings; empty where it cannot be decoded or is longer than `limit`."""
    response = parse_response(message)
    if response is None:
        return b""
    try:
        return decoded(response, limit)
    except Undecodable:
        return b""


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
