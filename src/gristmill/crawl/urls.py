"""Urls as a crawler compares them: hosts, origins, what two urls have in common, and signs of a trap."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urljoin, urlsplit

from scrapy.linkextractors import IGNORED_EXTENSIONS
from w3lib.url import canonicalize_url, safe_url_string

MOST_LENGTH = 2_000
_MOST_SEGMENTS = 20
_MOST_REPEATS = 3
_DEFAULT_PORTS = {"http": 80, "https": 443}
_DIGITS = re.compile(r"\d+")
_NO_PAGES = frozenset(IGNORED_EXTENSIONS)


def host_of(url: str) -> str:
    """Host in lower case, with its port where that is not the usual one; empty where there is none."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return ""
    return host if port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f"{host}:{port}"


def origin_of(url: str) -> str:
    """What a robots.txt speaks for (RFC 9309, 2.3): scheme, host and port."""
    return f"{urlsplit(url).scheme.lower()}://{host_of(url)}"


def absolute(base: str, link: str) -> str | None:
    """A link as a url to ask for, without its fragment; None where it leads to nothing on the web."""
    link = link.strip()
    if len(link) > 2 * MOST_LENGTH:
        return None
    try:
        url = safe_url_string(urljoin(base, link)).partition("#")[0]
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host_of(url):
        return None
    return url if parts.path else url.replace("?", "/?", 1) if parts.query else f"{url.rstrip('?')}/"


def key_of(url: str) -> str:
    """Equal for urls that are taken for the same: the order of a query means nothing."""
    parts = urlsplit(canonicalize_url(url))
    return f"{host_of(url)}{parts.path}?{parts.query}"


def shape_of(url: str) -> str:
    """Equal for urls that differ in nothing but digits and the values of queries."""
    parts = urlsplit(url)
    names = sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True, max_num_fields=MOST_LENGTH)})
    return f"{host_of(url)}{_DIGITS.sub('0', parts.path)}?{'&'.join(names)}"


def trap(url: str) -> str | None:
    """Why a url looks like one of endlessly many, or None."""
    if len(url) > MOST_LENGTH:
        return f"the url is longer than {MOST_LENGTH} characters"
    segments = [part for part in urlsplit(url).path.split("/") if part]
    if len(segments) > _MOST_SEGMENTS:
        return f"its path has more than {_MOST_SEGMENTS} parts"
    if any(segments.count(part) > _MOST_REPEATS for part in set(segments)):
        return f"a part of its path comes more than {_MOST_REPEATS} times"
    return None


def is_page(url: str) -> bool:
    """Whether the ending of a url leaves room for a page of text."""
    name = urlsplit(url).path.rpartition("/")[2]
    return name.rpartition(".")[2].lower() not in _NO_PAGES or "." not in name
