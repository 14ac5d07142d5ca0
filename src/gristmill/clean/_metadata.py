"""What a page says of itself: title, days, language, author, site, address, description, licence, and to robots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from gristmill.clean._dates import MODIFIED, PUBLISHED, SURE, VAGUE, Day, stated_day
from gristmill.clean._linked_data import linked_name, linked_text, parsed
from gristmill.clean._page import Page, language_tag, one_line
from gristmill.contracts import kept_tags as kept
from gristmill.contracts.page_tags import Tag, attributes, read_tag
from gristmill.text.tags import ANCHOR, LINK, LINKED_DATA, META, TIME, tags_with

_STATED: Mapping[str, tuple[str, ...]] = {
    "title": ("og:title", "twitter:title"),
    "language": ("content-language", "dc.language"),
    "author": ("author", "article:author", "dc.creator", "citation_author", "parsely-author", "twitter:creator"),
    "site": ("og:site_name", "application-name"),
    "url": ("og:url",),
    "description": ("og:description", "description", "dc.description", "twitter:description"),
}  # fmt: skip
"""What a page says of itself, and the names of the `meta` elements that say it, the best first."""

_RANK = {name: (kind, rank) for kind, names in _STATED.items() for rank, name in enumerate(names)}
_DATES = [name for names in (*SURE.values(), *VAGUE.values()) for name in names]
_NAMING = ("property", "name", "http-equiv", "itemprop")
_NAMES = [name.partition(":")[2] or name for name in (*_RANK, *_DATES, "canonical", "articlebody")]
_WANTED = (*(name.encode() for name in _NAMES), *kept.WORDS)
_WORDS = sorted({word for word in _WANTED if not any(other in word for other in _WANTED if other != word)})
_OF_LINKS = (*kept.LINK_WORDS, b"author")
"""A link without one of these in its tag states nothing that is asked for."""

_HEAD = 1 << 12  # bytes in which `<html lang>` is looked for
_MOST_TIMES = 20  # `time` elements that are looked at
_LONGEST_NAME = 200  # bytes behind `<a rel=author>` in which a name ends


class Head(NamedTuple):
    """What the tags of a page state, by kind; its JSON-LD, its days, and what it says of its use."""

    stated: Mapping[str, str]
    linked: list[Any]
    published: Day | None
    modified: Day | None
    license: str
    robots: str

    def instead_of_text(self) -> str:
        """What stands for the text of a page that shows none: the article of its JSON-LD, or its description."""
        return (linked_text(self.linked, "articleBody") or self.stated.get("description") or "").strip()


def read_head(page: bytes) -> Head:
    """What a page in UTF-8 says of itself, in its head or elsewhere."""
    stated: dict[str, tuple[int, str]] = {}
    linked: list[Any] = []
    tags: list[Tag] = []
    times: list[Tag] = []
    data = np.frombuffer(page, np.uint8)
    hits = tags_with(data, np.array([0, len(data)]), np.zeros(1, np.int64), _WORDS, _OF_LINKS)
    for start, stop, kind in zip(hits.starts.tolist(), hits.stops.tolist(), hits.entries.tolist(), strict=True):
        found = page[start:stop]
        if kind == TIME:
            if len(times) < _MOST_TIMES:
                times.append(read_tag(kind, found.decode("utf-8", "replace")))
            continue
        if kind == LINKED_DATA:
            linked += parsed(found)
        tag = read_tag(kind, found.decode("utf-8", "replace"))
        tags.append(tag)
        for what, rank, value in _told(tag, page[stop : stop + _LONGEST_NAME]):
            if value.strip() and (what not in stated or stated[what][0] > rank):
                stated[what] = rank, value
    own = _root_language(page)
    known = {what: value for what, (_, value) in stated.items()} | ({"language": own} if own else {})
    metas = [tag for tag in tags if tag.kind == META]
    published, modified = (stated_day(kind, metas, linked, times) for kind in (PUBLISHED, MODIFIED))
    return Head(known, linked, published, modified, *kept.kept_tags(tags))


def _told(tag: Tag, behind: bytes) -> Iterator[tuple[str, int, str]]:
    """What a tag states, how far it stands behind the best way to say it, and the value."""
    given = tag.attributes
    relations = given.get("rel", "").lower().split()
    if tag.kind == LINK and "canonical" in relations:
        yield "url", -1, given.get("href", "")
    if tag.kind == ANCHOR and "author" in relations:
        name, opened, _ = behind.partition(b"<")
        yield "author", len(_RANK), name.decode("utf-8", "replace") if opened else ""
    for naming in _NAMING if tag.kind == META else ():
        what, rank = _RANK.get(given.get(naming, "").strip().lower(), (None, 0))
        value = given.get("content", "")
        if what is not None and not (what == "author" and value.startswith(("http:", "https:"))):
            yield what, rank, value


def _root_language(page: bytes) -> str | None:
    head = page[:_HEAD]
    at = head.lower().find(b"<html")
    end = head.find(b">", at)
    own = attributes(head[at:end].decode("utf-8", "replace")) if 0 <= at < end else {}
    return own.get("lang") or own.get("xml:lang")


def described(page: Page, head: Head) -> Page:
    """A page with what its head states; what its engine has found holds where the head states nothing."""
    stated, published, modified = head.stated, head.published, head.modified
    return page._replace(
        title=one_line(stated.get("title")) or one_line(page.title),
        date=published.day if published else page.date,
        date_evidence=published.evidence if published else page.date_evidence,
        modified=modified.day if modified else None,
        modified_evidence=modified.evidence if modified else None,
        language=language_tag(stated.get("language")) or page.language,
        author=one_line(stated.get("author")) or one_line(linked_name(head.linked, "author")),
        site=one_line(stated.get("site")) or one_line(linked_name(head.linked, "publisher")),
        url=one_line(stated.get("url")),
        description=one_line(stated.get("description")),
        license=head.license,
        robots=head.robots,
    )
