"""What a site still has to be asked for: each url once, breadth first, and no more of a kind than a trap would give."""

from __future__ import annotations

from collections import Counter, deque
from typing import NamedTuple

from gristmill.crawl.sites import Site
from gristmill.crawl.urls import is_page, key_of, shape_of, trap

MOST_REDIRECTS = 5
_MOST_KNOWN = 2_000_000


class Step(NamedTuple):
    """A url, and how it was come to: `hops` has an L for a link, an M for a sitemap, an R for a redirect."""

    url: str
    hops: str = ""
    via: str | None = None

    @property
    def depth(self) -> int:
        """Links and sitemaps between it and the start."""
        return len(self.hops) - self.hops.count("R")

    @property
    def redirects(self) -> int:
        """How often in a row it was redirected to get here."""
        return len(self.hops) - len(self.hops.rstrip("R"))


class Frontier:
    """The urls of one site."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._queue: deque[Step] = deque()
        self._seen: set[str] = set()
        self._fetched: set[str] = set()
        self._alike: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._queue)

    def met(self, url: str) -> None:
        """Count a url as known: it was fetched by an earlier run."""
        key = key_of(url)
        if key not in self._seen:
            self._seen.add(key)
            self._alike[shape_of(url)] += 1
        self._fetched.add(key)

    def add(self, step: Step) -> str | None:
        """Take a url, unless it is known or no url of the site; why it is left out, where that is worth telling."""
        url = step.url
        if not self._site.takes(url):
            return "it leads out of the site" if step.redirects else None
        key = key_of(url)
        if key in self._seen:
            return None
        if step.redirects > MOST_REDIRECTS:
            return f"it was redirected more than {MOST_REDIRECTS} times"
        if len(self._seen) >= _MOST_KNOWN:
            return f"more than {_MOST_KNOWN} urls of the site are known"
        self._seen.add(key)
        why = trap(url) or self._too_far(step) or self._too_alike(url)
        if why is None:
            (self._queue.appendleft if step.redirects else self._queue.append)(step)
        return why

    def pop(self) -> Step | None:
        """The next one."""
        while self._queue:
            step = self._queue.popleft()
            if not self._fetched or key_of(step.url) not in self._fetched:
                return step
        return None

    def _too_far(self, step: Step) -> str | None:
        if step.depth > self._site.max_depth:
            return f"it is more than {self._site.max_depth} links from the start"
        return None if is_page(step.url) else "its ending is none of a page"

    def _too_alike(self, url: str) -> str | None:
        shape = shape_of(url)
        self._alike[shape] += 1
        if self._alike[shape] > self._site.max_alike:
            return f"more than {self._site.max_alike} urls look like it"
        return None
