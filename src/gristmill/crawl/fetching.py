"""One polite request after another: a pause for each host, more tries, and longer pauses where servers ask for them."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response

from gristmill.crawl.answers import Answer, Fields
from gristmill.crawl.sites import Sites

LONGEST_WAIT = 300.0
"""Seconds; a host that asks for a longer pause (Retry-After, Crawl-delay) is left for another day."""

_MOST_FAILURES = 5
_TOO_MUCH = frozenset((429, 503))
_REASONS: tuple[tuple[type[Exception], str, bool], ...] = (
    (DownloadTimeoutError, "it did not answer in time", True),
    (DownloadConnectionRefusedError, "the connection was refused", True),
    (CannotResolveHostError, "its host has no address, or none that is public", False),
    (ResponseDataLossError, "the answer broke off", True),
    (DownloadCancelledError, "it is too long", False),
    (UnsupportedURLSchemeError, "its scheme is none of the web", False),
    (DownloadFailedError, "the connection failed", True),
)
"""Errors of the client, what they mean, and whether another try makes sense."""


class NotFetchedError(Exception):
    """There is no answer; says why, and whether another try makes sense."""

    def __init__(self, why: str, *, again: bool = False) -> None:
        super().__init__(why)
        self.again = again


class HostLeftError(Exception):
    """A host is left alone for the rest of the crawl; says why."""


class _Host:
    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self.ready = 0.0  # of the monotonic clock
        self.failures = 0


class Fetcher:
    """Asks hosts for things, one at a time each."""

    def __init__(self, download: Callable[[Request], Awaitable[Response]], sites: Sites) -> None:
        self._download, self._sites = download, sites
        self._hosts: dict[str, _Host] = defaultdict(_Host)

    async def fetch(
        self, url: str, *, delay: float, limit: int, more: Fields = (), types: tuple[str, ...] = ()
    ) -> Answer:
        """The answer to a GET, whatever its status; with `types` no body of another type is taken.

        Raises NotFetchedError where there is none after all tries, HostLeftError where the host wants to be left alone.
        """
        host = self._hosts[(urlsplit(url).hostname or "").lower()]
        for attempt in range(self._sites.retries + 1):
            last = attempt == self._sites.retries
            async with host.turn:
                if host.failures >= _MOST_FAILURES:
                    raise HostLeftError(f"{_MOST_FAILURES} requests in a row came to nothing")
                await asyncio.sleep(max(host.ready - time.monotonic(), 0))
                began = time.monotonic()
                try:
                    answer = await self._once(url, limit, more, types)
                except NotFetchedError as error:
                    if last or not error.again:
                        host.failures += 1
                        raise
                    wait = delay * 2**attempt
                else:
                    if answer.status < 500 and answer.status != 429:
                        host.failures = 0
                        return answer
                    wait = _asked_to_wait(answer, delay * 2**attempt)
                    host.failures += last
                    if last:
                        return answer
                finally:
                    now = time.monotonic()
                    host.ready = now + max(delay, now - began)  # a host that is slow is asked less often
                host.ready = max(host.ready, now + wait)
        raise AssertionError("the last try returns or raises")

    async def _once(self, url: str, limit: int, more: Fields, types: tuple[str, ...]) -> Answer:
        accepted = ", ".join((*self._sites.types, "*/*;q=0.1"))
        asked: Fields = (
            ("User-Agent", self._sites.user_agent),
            ("Accept", accepted),
            ("Accept-Encoding", "gzip, deflate"),
            *more,
        )
        meta = {"download_timeout": self._sites.timeout, "download_maxsize": limit, "types": types}
        at, began = datetime.now(UTC), time.monotonic()
        try:
            response = await self._download(Request(url, headers=dict(asked), meta=meta, dont_filter=True))
        except tuple(kind for kind, _, _ in _REASONS) as error:
            why, again = next((why, again) for kind, why, again in _REASONS if isinstance(error, kind))
            if isinstance(error, DownloadCancelledError):
                why += f" (more than {limit} bytes)"
            elif "certificate" in str(error):
                why, again = "its certificate is not valid", False
            raise NotFetchedError(why, again=again) from error
        except (ValueError, OSError) as error:
            raise NotFetchedError(f"it cannot be asked for ({type(error).__name__}: {error})") from error
        headers = tuple(
            (name.decode("latin-1"), value.decode("utf-8", "replace"))
            for name, values in response.headers.items()
            for value in values
        )
        left = "download_stopped" in response.flags
        return Answer(
            url,
            asked,
            response.status,
            headers,
            b"" if left else response.body,
            str(response.ip_address) if response.ip_address else None,
            at,
            time.monotonic() - began,
            left,
        )


def _asked_to_wait(answer: Answer, otherwise: float) -> float:
    """Seconds until the next try: what Retry-After says (RFC 9110, 10.2.3), or `otherwise`."""
    said = answer.header("retry-after").strip() if answer.status in _TOO_MUCH else ""
    if said.isascii() and said.isdigit():
        wait = float(said[:9])
    else:
        try:
            wait = (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds() if said else 0.0
        except (ValueError, TypeError):
            wait = 0.0
    if wait > LONGEST_WAIT:
        raise HostLeftError(f"it asks to be left alone for {round(wait)} seconds")
    return max(wait, otherwise)
