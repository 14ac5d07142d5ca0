"""Walks through one site: permission, request, archive, links, until nothing is left or a limit is reached."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from gristmill.crawl.answers import Answer, Fields, digest, readable
from gristmill.crawl.archive import Archive
from gristmill.crawl.archived import Former, Known, Visit
from gristmill.crawl.fetching import Fetcher, HostLeftError, NotFetchedError
from gristmill.crawl.frontier import Frontier, Step
from gristmill.crawl.journal import Journal
from gristmill.crawl.links import links_of
from gristmill.crawl.permission import Permission, Permissions
from gristmill.crawl.sitemaps import MOST_BYTES, read_sitemap
from gristmill.crawl.sites import Site, Sites
from gristmill.crawl.urls import absolute, origin_of

_MOST_SITEMAPS = 100
_HTML = ("text/html", "application/xhtml+xml", "")


class Tools(NamedTuple):
    """What the walks through all sites share."""

    sites: Sites
    fetcher: Fetcher
    permissions: Permissions
    pages: Archive
    policies: Archive
    former: Former
    journal: Journal


class Walk:
    """The crawl of one site. `pages`, `unchanged` and `bytes` count what was fetched, by earlier runs too."""

    def __init__(self, site: Site, tools: Tools) -> None:
        self.site, self._tools = site, tools
        self.frontier = Frontier(site)
        self.pages = self.unchanged = self.bytes = 0
        self.ended: str | None = None
        for url in site.start:
            start = absolute(url, "")
            if start is not None:
                self._add(Step(start))

    def goes_on(self, visit: Visit) -> None:
        """Take note of what an earlier run of this crawl fetched."""
        self.frontier.met(visit.url)
        self.pages += 1
        self.unchanged += visit.revisit
        self.bytes += 0 if visit.revisit else len(visit.message)
        step = Step(visit.url, visit.hops)
        location = visit.headers.get("location", "")
        message = visit.message
        if visit.revisit:
            known = self._tools.former.of(visit.url)
            message = known.message() if known else b""
        if 300 <= visit.status < 400 and not visit.revisit:
            self._redirected(step, location)
        elif visit.revisit or visit.status == 200:
            self._follow(step, message, visit.headers.get("content-type", ""), visit.headers.get("x-robots-tag", ""))

    async def go(self) -> None:
        """Fetch what is left."""
        try:
            if self.site.sitemaps:
                for origin in dict.fromkeys(map(origin_of, self.site.start)):
                    await self._read_sitemaps(origin)
            while self.pages < self.site.max_pages and self.bytes < self.site.max_bytes:
                step = self.frontier.pop()
                if step is None:
                    self.ended = "all was fetched"
                    return
                await self._visit(step)
            self.ended = "max_pages" if self.pages >= self.site.max_pages else "max_bytes"
        except HostLeftError as error:
            self.ended = str(error)
        if len(self.frontier):
            self._tools.journal.tell("left", self.site.start[0], f"{self.ended} ({len(self.frontier)} urls were left)")

    async def _visit(self, step: Step) -> None:
        tools = self._tools
        permission = await tools.permissions.of(step.url, self.site.delay)
        if (why := permission.why_not(step.url, tools.sites.agent)) is not None:
            tools.journal.tell("skipped", step.url, why, step.via)
            return
        known = tools.former.of(step.url)
        try:
            answer = await tools.fetcher.fetch(
                step.url,
                delay=self._delay(permission),
                limit=tools.sites.max_page_bytes,
                more=_conditions(known),
                types=tools.sites.types,
            )
        except NotFetchedError as error:
            tools.journal.tell("failed", step.url, str(error), step.via)
            return
        self.pages += 1
        self.bytes += len(answer.body)
        self._keep(step, answer, known)

    def _keep(self, step: Step, answer: Answer, known: Known | None) -> None:
        tools = self._tools
        if answer.left and answer.redirects_to is None:
            tools.journal.tell("skipped", step.url, f"its type is not wanted ({answer.type})", step.via)
            return
        same = known is not None and (
            answer.status == 304 or (answer.status == 200 and digest(answer.body) == known.digest)
        )
        tools.pages.write(answer, step.hops, step.via, known.earlier if known and same else None)
        self.unchanged += same
        if answer.redirects_to is not None:
            self._redirected(step, answer.redirects_to)
        elif same and known is not None:
            self._follow(step, known.message(), answer.type, answer.header("x-robots-tag"))
        elif answer.status == 200:
            self._follow(step, answer.message, answer.type, answer.header("x-robots-tag"))
        else:
            tools.journal.tell("failed", step.url, f"HTTP {answer.status}", step.via)

    def _redirected(self, step: Step, location: str) -> None:
        target = absolute(step.url, location)
        if target is None:
            self._tools.journal.tell("skipped", step.url, "it redirects to nothing on the web", step.via)
        else:
            self._add(Step(target, f"{step.hops}R", step.url))

    def _follow(self, step: Step, message: bytes, content_type: str, robots_tag: str) -> None:
        if not self.site.links or content_type.partition(";")[0].strip().lower() not in _HTML:
            return
        page = readable(message, 4 * self._tools.sites.max_page_bytes)
        if not page:
            if not message.endswith(b"\r\n\r\n"):
                self._tools.journal.tell(
                    "skipped", step.url, "its links cannot be read: it cannot be decoded", step.via
                )
            return
        for url in links_of(page, step.url, robots_tag).urls:
            self._add(Step(url, f"{step.hops}L", step.url))

    def _add(self, step: Step) -> None:
        why = self.frontier.add(step)
        if why is not None:
            self._tools.journal.tell("skipped", step.url, why, step.via)

    async def _read_sitemaps(self, origin: str) -> None:
        tools = self._tools
        permission = await tools.permissions.of(f"{origin}/", self.site.delay)
        named = permission.robots.sitemaps if permission.robots else []
        waiting = list(_absolute(origin, named or ["/sitemap.xml"]))
        for url in waiting:  # grows while it is gone through
            if not self._is_ours(url) or permission.why_not(url, tools.sites.agent):
                continue
            try:
                answer = await tools.fetcher.fetch(url, delay=self._delay(permission), limit=MOST_BYTES)
            except NotFetchedError as error:
                tools.journal.tell("failed", url, str(error))
                continue
            tools.policies.write(answer, "M", None)
            if answer.status != 200:
                continue
            found = read_sitemap(readable(answer.message, MOST_BYTES))
            if found.is_index:
                new = [one for one in _absolute(url, found.urls) if one not in waiting]
                waiting += new[: _MOST_SITEMAPS - len(waiting)]
            else:
                for one in _absolute(url, found.urls):
                    self._add(Step(one, "M", url))

    def _is_ours(self, url: str) -> bool:
        """Sitemaps stand at the root, outside of what `under` names; their host must be the site's all the same."""
        return self.site.model_copy(update={"under": (), "not_under": ()}).takes(url)

    def _delay(self, permission: Permission) -> float:
        return max(self.site.delay, permission.delay(self._tools.sites.agent))


def _absolute(base: str, links: Iterable[str]) -> Iterable[str]:
    return (url for link in links if (url := absolute(f"{base}/" if base.count("/") == 2 else base, link)) is not None)


def _conditions(known: Known | None) -> Fields:
    """RFC 9110, 13.1: of two marks the entity tag is the better one; servers take both."""
    if known is None:
        return ()
    found = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return tuple((name, value) for name, value in found.items() if value)
