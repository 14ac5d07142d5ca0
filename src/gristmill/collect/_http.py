"""HTTP responses as archives keep them: status, headers, and the body as a browser would have it."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterable
from typing import NamedTuple

import pyarrow as pa

from gristmill.collect._archive import Headers, header_end, parse_headers
from gristmill.collect._compressed import BLOCK, blocks

_MAX_HEADER = 1 << 18
_MAX_LAYERS = 3
_HEX = frozenset(b"0123456789abcdefABCDEF")


class Response(NamedTuple):
    """A response; `body` is still encoded as its headers say."""

    status: int
    headers: Headers
    body: bytes


class Undecodable(ValueError):
    """A body cannot be decoded as its headers say; says why in a sentence."""


def parse_response(message: bytes) -> Response | None:
    """The parts of a response, or None where it does not begin like one."""
    parts = message[:32].split(None, 2)
    if len(parts) < 2 or not parts[0].startswith(b"HTTP/") or not parts[1][:3].isdigit():
        return None
    end = header_end(message, _MAX_HEADER)
    end = len(message) if end < 0 else end
    return Response(int(parts[1][:3]), parse_headers(message[:end]), message[end:])


def decoded(response: Response, limit: int) -> bytes:
    """The body without its transfer and content encodings, at most `limit` bytes; raises Undecodable.

    A body that is plainly not encoded as its headers say is taken as it is: crawlers decode and keep the headers.
    """
    body = response.body
    if "chunked" in response.headers.get("transfer-encoding", "").lower():
        body = _dechunked(body)
    layers = [name.strip() for name in response.headers.get("content-encoding", "").lower().split(",")]
    if len(layers) > _MAX_LAYERS:
        raise Undecodable(f"the page is encoded {len(layers)} times")
    for name in reversed(layers):
        if name in _DECODERS:
            body = _DECODERS[name](body, limit)
    return body


def _dechunked(body: bytes) -> bytes:
    """RFC 9112, section 7.1. A body that ends within its last chunk is what a browser would show of it."""
    parts = []
    at = 0
    while at < len(body):
        end = body.find(b"\n", at, at + 256)
        size = body[at:end].partition(b";")[0].strip() if end >= 0 else b""
        if not size or len(size) > 15 or not _HEX.issuperset(size):
            if not at:
                return body
            raise Undecodable("the page's chunked transfer encoding is broken")
        length = int(size, 16)
        if not length:
            break
        parts.append(body[end + 1 : end + 1 + length])
        at = end + 1 + length
        at += 2 if body.startswith(b"\r\n", at) else body.startswith(b"\n", at)
    return b"".join(parts)


def _inflated(body: bytes, limit: int) -> bytes:
    """Gzip and Zstandard are told by their first bytes."""
    return _bounded((_sound(block.data, block.damage) for block in blocks(io.BytesIO(body))), limit)


def _sound(data: bytes, damage: str | None) -> bytes:
    if damage:
        raise Undecodable(f"the page's compressed body is broken: {damage}")
    return data


def _deflated(body: bytes, limit: int) -> bytes:
    """With or without the zlib header: servers do both."""
    for window in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
        try:
            decoder = zlib.decompressobj(window)
            data = decoder.decompress(body, limit + 1)
        except zlib.error:
            continue
        if len(data) > limit:
            raise Undecodable(_too_long(limit))
        if decoder.eof:
            return data
    return _unless_text(body, "deflate")


def _brotli(body: bytes, limit: int) -> bytes:
    stream = pa.CompressedInputStream(pa.BufferReader(body), "brotli")
    try:
        return _bounded(iter(lambda: stream.read(BLOCK), b""), limit)
    except OSError:
        return _unless_text(body, "br")


def _unless_text(body: bytes, name: str) -> bytes:
    if body.lstrip()[:1] == b"<":
        return body
    raise Undecodable(f"the page's {name} encoding is broken")


def _bounded(pieces: Iterable[bytes], limit: int) -> bytes:
    found = []
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > limit:
            raise Undecodable(_too_long(limit))
        found.append(piece)
    return b"".join(found)


def _too_long(limit: int) -> str:
    return f"the page is longer than max_record_bytes ({limit} bytes) when decoded"


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _inflated,
    "x-gzip": _inflated,
    "zstd": _inflated,
    "deflate": _deflated,
    "br": _brotli,
}
