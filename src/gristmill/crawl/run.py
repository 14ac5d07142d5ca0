"""Runs a crawl: Scrapy's engine and downloader, a walk for each site, and a folder that says how far it came."""

from __future__ import annotations

import asyncio
import fcntl
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from scrapy import Request, Spider, signals
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.exceptions import StopDownload
from scrapy.http import Headers, Response
from scrapy.settings import Settings
from scrapy.utils.reactor import install_reactor

from gristmill.crawl.addresses import PublicAddresses
from gristmill.crawl.archive import Archive
from gristmill.crawl.archived import Former, visits
from gristmill.crawl.fetching import Fetcher
from gristmill.crawl.journal import Journal
from gristmill.crawl.permission import Permissions
from gristmill.crawl.sites import Sites
from gristmill.crawl.walk import Tools, Walk
from gristmill.errors import BuildError, Interrupted, OutputError

_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
_TOLD_EVERY = 1.0
_HANDLER = "scrapy.core.downloader.handlers.http11.HTTP11DownloadHandler"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a crawl is."""

    pages: int
    unchanged: int
    bytes: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Crawled:
    """What a crawl came to. `counts` says how often what was left out, `ended` why each site came to its end."""

    progress: Progress
    finished: bool
    counts: dict[str, int]
    ended: dict[str, str | None]


def crawl(
    sites: Sites, folder: Path, former: tuple[Path, ...] = (), told: Callable[[Progress], None] | None = None
) -> Crawled:
    """Visit the sites and write what they answer to `folder`; goes on where an earlier run was stopped.

    Can be called once a process, for Twisted's reactor cannot be started again. Raises OutputError where the folder
    holds something else or a finished crawl, InputError where a former one cannot be read, Interrupted after Ctrl-C.
    """
    with _taken(folder), Journal(folder / "log.jsonl") as journal:
        about = [("robots", "obey"), ("http-header-user-agent", sites.user_agent), ("operator", sites.contact)]
        pages, policies = (Archive(folder, name, about) for name in ("pages", "policies"))
        run = _Run(sites, Former(former), pages, policies, journal, told)
        try:
            _started(run)
        finally:
            pages.close()
            policies.close()
        done = run.crawled()
        _note(folder, done, sites)
    if run.error is not None:
        raise BuildError(f"the crawl ended for an error of ours: {run.error!r}") from run.error
    if run.stopped:
        raise Interrupted(f"stopped; the same command goes on where {folder} ends")
    return done


class _Run:
    """One run of a crawl, within the event loop."""

    def __init__(
        self,
        sites: Sites,
        former: Former,
        pages: Archive,
        policies: Archive,
        journal: Journal,
        told: Callable[[Progress], None] | None,
    ) -> None:
        self.sites = sites
        self.stopped = False
        self.error: Exception | None = None
        self._parts = former, pages, policies, journal
        self._told = told
        self._walks: list[Walk] = []
        self._in_time = False

    async def go(self, download: Callable[[Request], Any]) -> None:
        """All walks, until they end, the time is over or Ctrl-C is pressed."""
        former, pages, policies, journal = self._parts
        fetcher = Fetcher(download, self.sites)
        permissions = Permissions(fetcher, self.sites.agent, lambda answer: policies.write(answer, "P", None))
        tools = Tools(self.sites, fetcher, permissions, pages, policies, former, journal)
        self._walks = [Walk(site, tools) for site in self.sites.sites]
        for path in pages.files():
            for visit in visits(path):
                for walk in self._walks:
                    if walk.site.takes(visit.url):
                        walk.goes_on(visit)
                        break
        turns = asyncio.Semaphore(self.sites.at_once)
        tasks = [asyncio.create_task(self._walk(walk, turns)) for walk in self._walks]
        loop = asyncio.get_running_loop()

        def stop() -> None:
            self.stopped = True
            for task in tasks:
                task.cancel()

        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop)
        try:
            await self._all(tasks)
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)

    async def _all(self, tasks: list[asyncio.Task[None]]) -> None:
        end = asyncio.get_running_loop().time() + self.sites.max_seconds
        waiting = set(tasks)
        while waiting and not self.stopped:
            left = end - asyncio.get_running_loop().time()
            if left <= 0:
                break
            _, waiting = await asyncio.wait(waiting, timeout=min(left, _TOLD_EVERY))
            if self._told is not None:
                self._told(self._progress())
        self._in_time = not waiting and not self.stopped
        for task in waiting:
            task.cancel()
        for found in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(found, Exception):
                self.error = found

    @staticmethod
    async def _walk(walk: Walk, turns: asyncio.Semaphore) -> None:
        async with turns:
            await walk.go()

    def _progress(self) -> Progress:
        walks = self._walks
        return Progress(
            sum(walk.pages for walk in walks),
            sum(walk.unchanged for walk in walks),
            sum(walk.bytes for walk in walks),
            sum(len(walk.frontier) for walk in walks),
        )

    def crawled(self) -> Crawled:
        """What it came to."""
        journal = self._parts[3]
        ended = {walk.site.start[0]: walk.ended for walk in self._walks}
        return Crawled(self._progress(), self._in_time and self.error is None, dict(journal.counts), ended)


class _Spider(Spider):
    """What Scrapy's engine runs: it asks the engine's downloader for one thing after another, and has no callbacks."""

    name = "gristmill"
    run: _Run

    async def start(self) -> AsyncIterator[Any]:
        self.crawler.signals.connect(self._look_at_headers, signals.headers_received)
        try:
            await self.run.go(self._download)
        except Exception as error:  # noqa: BLE001 - Scrapy would log it and end as if nothing were wrong
            self.run.error = error
        nothing: tuple[Any, ...] = ()  # Scrapy takes requests from here; it asks for none by itself
        for request in nothing:
            yield request

    async def _download(self, request: Request) -> Response:
        engine: Any = self.crawler.engine  # it is there, for it has called `start`
        response: Response = await engine.download_async(request)
        return response

    @staticmethod
    def _look_at_headers(headers: Headers, request: Request) -> None:
        """End an answer whose type is not wanted before its body comes."""
        type_ = (headers.get("Content-Type") or b"").partition(b";")[0].strip().lower().decode("latin-1")
        types = request.meta.get("types")
        if types and type_ and type_ not in types:
            raise StopDownload(fail=False)


def _started(run: _Run) -> None:
    # Nothing of Scrapy's own manners is used: what is asked for, how often and how often again is decided here.
    settings = Settings(
        {
            "DOWNLOADER_MIDDLEWARES_BASE": {},
            "SPIDER_MIDDLEWARES_BASE": {},
            "EXTENSIONS_BASE": {},
            "DOWNLOAD_HANDLERS_BASE": {"http": _HANDLER, "https": _HANDLER},
            "CONCURRENT_REQUESTS": run.sites.at_once,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
            "DOWNLOAD_DELAY": 0,
            "DOWNLOAD_WARNSIZE": 0,
            "DOWNLOAD_VERIFY_CERTIFICATES": True,
            "TELNETCONSOLE_ENABLED": False,
            "TWISTED_REACTOR": _REACTOR,
        }
    )
    install_reactor(_REACTOR)
    from twisted.internet import reactor  # only now may it be imported

    loop: Any = reactor
    if not run.sites.private_addresses:
        loop.installNameResolver(PublicAddresses(loop.nameResolver))

    async def whole() -> None:
        try:
            await AsyncCrawlerRunner(settings).crawl(type("_ThisSpider", (_Spider,), {"run": run}))
        except Exception as error:  # noqa: BLE001 - it is told when the reactor has stopped
            run.error = error
        finally:
            loop.stop()

    tasks = []
    loop.callWhenRunning(lambda: tasks.append(asyncio.ensure_future(whole())))
    loop.run(installSignalHandlers=False)


@contextmanager
def _taken(folder: Path) -> Iterator[None]:
    """The folder, for this crawl alone."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        known = any(folder.glob("pages-*.warc.gz*")) or (folder / "log.jsonl").is_file()
        if not known and any(path.name != ".lock" for path in folder.iterdir()):
            raise OutputError(f"{folder} holds something else than a crawl: name another folder with --out")
        if _is_finished(folder):
            raise OutputError(f"the crawl in {folder} is finished: name another folder, and this one with --former")
        with (folder / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise OutputError(f"another crawl writes to {folder}") from error
            yield
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {error.strerror or error}") from error
    with suppress(OSError):
        (folder / ".lock").unlink()


def _is_finished(folder: Path) -> bool:
    try:
        found = orjson.loads((folder / "crawl.json").read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return False
    return isinstance(found, dict) and found.get("finished") is True


def _note(folder: Path, done: Crawled, sites: Sites) -> None:
    found = {
        "finished": done.finished,
        "agent": sites.user_agent,
        "pages": done.progress.pages,
        "unchanged": done.progress.unchanged,
        "bytes": done.progress.bytes,
        "waiting": done.progress.waiting,
        "sites": done.ended,
        "left out": dict(sorted(done.counts.items())),
    }
    scratch = folder / ".crawl.json.tmp"
    scratch.write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    scratch.replace(folder / "crawl.json")
