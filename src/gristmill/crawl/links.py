"""The links of a page, and whether it asks that they not be followed."""

from __future__ import annotations

from typing import NamedTuple

from resiliparse.parse.encoding import detect_encoding
from resiliparse.parse.html import HTMLTree

from gristmill.crawl.urls import absolute

_MOST_LINKS = 10_000
_LINKING = ("a", "area")


class Links(NamedTuple):
    """Urls in the order of the page; `followed` is false where the page says `nofollow`."""

    urls: list[str]
    followed: bool = True


def links_of(page: bytes, url: str, robots_tag: str = "") -> Links:
    """The links of an HTML page at a url. `robots_tag` is its X-Robots-Tag."""
    encoding = detect_encoding(page, max_len=50_000, html5_compatible=True) or "utf-8"
    document = HTMLTree.parse_from_bytes(page, encoding=encoding).document
    if document is None:
        return Links([])
    metas = [meta for meta in document.get_elements_by_tag_name("meta") if _is_for_robots(meta.getattr("name"))]
    if _nofollow(robots_tag.rpartition(":")[2]) or any(_nofollow(meta.getattr("content")) for meta in metas):
        return Links([], followed=False)
    base = url
    for element in document.get_elements_by_tag_name("base")[:1]:
        base = absolute(url, element.getattr("href") or "") or url
    found: dict[str, None] = {}
    for name in _LINKING:
        for element in document.get_elements_by_tag_name(name):
            link = element.getattr("href")
            if not link or "nofollow" in (element.getattr("rel") or "").lower().split():
                continue
            target = absolute(base, link)
            if target is not None:
                found[target] = None
            if len(found) >= _MOST_LINKS:
                break
    return Links(list(found))


def _is_for_robots(name: str | None) -> bool:
    return (name or "").lower() == "robots"


def _nofollow(directives: str | None) -> bool:
    return any(one.strip().lower() in ("nofollow", "none") for one in (directives or "").split(","))
