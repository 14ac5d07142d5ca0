"""What an origin says to crawlers in its robots.txt; where that cannot be had, nothing may be fetched (RFC 9309)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from gristmill.crawl.answers import Answer, readable
from gristmill.crawl.fetching import LONGEST_WAIT, Fetcher, HostLeftError, NotFetchedError
from gristmill.crawl.frontier import MOST_REDIRECTS
from gristmill.crawl.urls import absolute, origin_of
from gristmill.protect._policies import KIND_OF_PATH, MOST_BYTES, path_of
from gristmill.protect._robots import Robots

_MOST_FETCHED = 4 << 20
_STATEMENTS = tuple(path for path in KIND_OF_PATH if path != "/robots.txt")


class Permission(NamedTuple):
    """`refused` says why nothing may be fetched; else `robots` decides."""

    robots: Robots | None
    refused: str | None = None

    def why_not(self, url: str, agent: str) -> str | None:
        """Why an agent may not fetch a url, or None."""
        if self.refused or self.robots is None:
            return self.refused
        for _, rule in self.robots.refusals((agent,), path_of(url)):
            return f"robots.txt disallows it (line {rule.line} {rule.said!r})"
        return None

    def delay(self, agent: str) -> float:
        """Seconds between two requests that it asks for."""
        return self.robots.delay(agent) if self.robots else 0.0


class Permissions:
    """Those of all origins that were asked. What they say is kept in an archive, for the step `consent`."""

    def __init__(self, fetcher: Fetcher, agent: str, keep: Callable[[Answer], None]) -> None:
        self._fetcher, self._agent, self._keep = fetcher, agent, keep
        self._known: dict[str, Permission] = {}

    async def of(self, url: str, delay: float) -> Permission:
        """What the origin of a url says; asked once."""
        origin = origin_of(url)
        if origin not in self._known:
            self._known[origin] = found = await self._asked(origin, delay)
            for path in _STATEMENTS:
                if found.why_not(origin + path, self._agent) is None:
                    await self._statement(origin + path, max(delay, found.delay(self._agent)))
        return self._known[origin]

    async def _asked(self, origin: str, delay: float) -> Permission:
        url = f"{origin}/robots.txt"
        for _ in range(MOST_REDIRECTS + 1):
            try:
                answer = await self._fetcher.fetch(url, delay=delay, limit=_MOST_FETCHED)
            except NotFetchedError as error:
                return Permission(None, f"robots.txt cannot be had ({error})")
            self._keep(answer)
            target = answer.redirects_to
            following = absolute(url, target) if target else None
            if following is None:
                return _permission(answer, self._agent)
            url = following
        return Permission(None, f"robots.txt was redirected more than {MOST_REDIRECTS} times")

    async def _statement(self, url: str, delay: float) -> None:
        try:
            self._keep(await self._fetcher.fetch(url, delay=delay, limit=_MOST_FETCHED))
        except (NotFetchedError, HostLeftError):
            return  # that it could not be had says nothing; the next request tells of a host that is gone


def _permission(answer: Answer, agent: str) -> Permission:
    if answer.status >= 500 or answer.status == 429 or answer.status < 200:
        return Permission(None, f"robots.txt cannot be had (HTTP {answer.status})")
    if answer.status >= 300:  # there is none (2.3.1.3)
        return Permission(Robots(b""))
    text = readable(answer.message, _MOST_FETCHED)
    if answer.body and not text:
        return Permission(None, "robots.txt cannot be had (it cannot be decoded)")
    robots = Robots(text[:MOST_BYTES])
    if robots.delay(agent) > LONGEST_WAIT:
        return Permission(None, f"robots.txt asks for {robots.delay(agent):g} seconds between two requests")
    return Permission(robots)
