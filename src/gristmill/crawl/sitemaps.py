"""Sitemaps: lists of pages, and lists of such lists, plain or compressed (https://www.sitemaps.org/protocol.html)."""

from __future__ import annotations

import io
from html import unescape
from typing import NamedTuple

from gristmill.collect._compressed import blocks

MOST_BYTES = 50 << 20
"""Of one sitemap when it is decompressed; so says the protocol."""

MOST_URLS = 50_000
"""Of one sitemap; so says the protocol."""

_BEGIN, _END, _CDATA = b"<loc>", b"</loc>", b"<![CDATA["
_LONGEST = 4_000


class Sitemap(NamedTuple):
    """The urls of a sitemap; `is_index` where they are sitemaps themselves."""

    urls: list[str]
    is_index: bool


def read_sitemap(body: bytes) -> Sitemap:
    """What a sitemap lists, XML or a url a line, as far as it can be read; never more than the protocol allows."""
    text = _content(body)
    head = text[:4096].lstrip(b"\xef\xbb\xbf \r\n\t")
    if not head.startswith(b"<"):
        lines = (line.strip() for line in text.split(b"\n", MOST_URLS)[:MOST_URLS])
        return Sitemap([_said(line) for line in lines if line.startswith(b"http") and len(line) < _LONGEST], False)
    urls: list[str] = []
    at = text.find(_BEGIN)
    while at >= 0 and len(urls) < MOST_URLS:
        begin = at + len(_BEGIN)
        end = text.find(_END, begin, begin + _LONGEST)
        if end >= 0:
            urls.append(unescape(_said(text[begin:end])))
        at = text.find(_BEGIN, begin)
    return Sitemap(urls, b"<sitemapindex" in head)


def _said(raw: bytes) -> str:
    return raw.strip().removeprefix(_CDATA).removesuffix(b"]]>").decode("utf-8", "replace").strip()


def _content(body: bytes) -> bytes:
    parts: list[bytes] = []
    size = 0
    for block in blocks(io.BytesIO(body)):
        parts.append(block.data)
        size += len(block.data)
        if size >= MOST_BYTES:
            break
    return b"".join(parts)[:MOST_BYTES]
