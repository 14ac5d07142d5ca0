"""Which entries of an index are asked for: by host, url, type, status, language and time."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from gristmill.collect._archived_pages import ArchivedPages, left_for_type
from gristmill.collect._cdx import Entry, as_moment

_WWW = re.compile(r"^www\d{0,3}\.")
_CANONICAL = re.compile(r"[^a-z0-9/._~-]")
"""Where a path in a key may stand otherwise than in the url: keys are not compared beyond."""

ANOTHER_PLACE = "another host or url"

_Name = Annotated[str, Field(min_length=1, max_length=2000)]


class Query(ArchivedPages):
    """An input of pages that an index names; nothing else of the archives is read."""

    hosts: tuple[_Name, ...] = Field(
        (), description="Hosts whose pages are taken, their subdomains too: `example.org`, or `de` for a whole country."
    )
    urls: tuple[_Name, ...] = Field(
        (), description="Beginnings of urls that are taken; http and https, with and without `www.`, are one."
    )
    languages: tuple[_Name, ...] = Field(
        (), description="Languages one of which the index must name, as it does (Common Crawl: `eng`, `deu`)."
    )
    since: date | None = Field(None, description="Only what was fetched on this day or later.")
    until: date | None = Field(None, description="Only what was fetched on this day or earlier.")
    at_once: int = Field(4, ge=1, le=32, description="Requests for records that a worker makes at once.")

    @field_validator("urls")
    @classmethod
    def _are_urls(cls, urls: tuple[str, ...]) -> tuple[str, ...]:
        for url in urls:
            if not host_key(urlsplit(url if "://" in url else f"http://{url}").hostname or ""):
                raise ValueError(f"{url!r} is no beginning of a url: it has no host")
        return urls

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """What the keys of the entries begin with, sorted; none where every host is taken."""
        return tuple(sorted({*self._host_keys, *map(url_key, self.urls)}))

    def passes_by(self, line: bytes) -> bool:
        """Whether the key that a line begins with says that it is not asked for: most lines need not be parsed."""
        key = line[: max(line.find(b" "), 0)]
        return bool(self._bytes_keys) and b")" in key and not key.startswith(self._bytes_keys)

    @cached_property
    def _bytes_keys(self) -> tuple[bytes, ...]:
        return tuple(key.encode() for key in self.keys)

    @cached_property
    def _host_keys(self) -> tuple[str, ...]:
        return tuple(f"{host_key(host)}{end}" for host in self.hosts for end in "),:")

    @cached_property
    def _statuses(self) -> frozenset[str]:
        return frozenset(map(str, self.status))

    def why_not(self, entry: Entry) -> str | None:
        """What an entry is counted as that is not asked for."""
        if self.keys and not self._is_asked_for(entry):
            return ANOTHER_PLACE
        if entry.status and entry.status not in self._statuses:
            return f"http status {entry.status[:3]}"
        if entry.mime and entry.mime not in ("unk", *self.mime):
            return left_for_type(entry.mime)
        if self.languages and not set(self.languages) & set(entry.languages.split(",")):
            return "another language"
        return self._other_time(entry)

    def _other_time(self, entry: Entry) -> str | None:
        if self.since is None and self.until is None:
            return None
        moment = as_moment(entry.timestamp)
        day = moment.date() if moment else date.min
        if day < (self.since or date.min) or day > (self.until or date.max) or moment is None:
            return "another time"
        return None

    def _is_asked_for(self, entry: Entry) -> bool:
        # An index without keys, or with keys of another making, is gone by its urls.
        key = entry.urlkey if ")" in entry.urlkey else url_key(entry.url, whole=True)
        if not key.startswith(self.keys):
            return False
        return key.startswith(self._host_keys) or _bare(entry.url).startswith(tuple(map(_bare, self.urls)))


def host_key(host: str) -> str:
    """`www.example.org` as `org,example` (SURT, as pywb and Common Crawl make it)."""
    bare = _WWW.sub("", host.strip().lower().strip("."))
    try:
        bare = bare.encode("idna").decode() if not bare.isascii() else bare
    except UnicodeError:
        return ""
    return ",".join(reversed(bare.split(".")))


def url_key(url: str, whole: bool = False) -> str:
    """What the key of a url begins with; all of it that can be told where `whole`."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host, port = host_key(parts.hostname or ""), parts.port
    except ValueError:
        return ""
    if port and port != {"http": 80, "https": 443}.get(parts.scheme):
        host += f":{port}"
    path = parts.path.lower()
    if whole:
        query = "&".join(sorted(parts.query.lower().split("&")))
        return f"{host}){path or '/'}" + (f"?{query}" if query else "")
    odd = _CANONICAL.search(path)
    return f"{host}){path[: odd.start()] if odd else path}".rstrip("/")


def _bare(url: str) -> str:
    """A url without scheme and `www.`, its host in lower case."""
    rest = url.partition("://")[2] if "://" in url else url
    host, slash, path = rest.partition("/")
    return _WWW.sub("", host.lower()) + slash + path


def timestamp_of(moment: datetime) -> str:
    """A time as indexes write it."""
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%S")
