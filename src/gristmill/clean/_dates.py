"""When a page says that it was published and changed, and by what tag or field it says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from email.utils import parsedate
from typing import Any, NamedTuple

from gristmill.clean._linked_data import linked_text
from gristmill.contracts.page_tags import Tag, written
from gristmill.text.tags import META

PUBLISHED, MODIFIED = "published", "modified"

SURE: Mapping[str, tuple[str, ...]] = {
    PUBLISHED: (
        "article:published_time", "og:published_time", "datepublished", "dc.date.issued", "dcterms.issued",
        "dcterms.created", "dc.date.created", "citation_publication_date", "citation_online_date", "parsely-pub-date",
        "sailthru.date", "pubdate", "publish-date",
    ),
    MODIFIED: (
        "article:modified_time", "og:updated_time", "datemodified", "dc.date.modified", "dcterms.modified",
        "last-modified", "revised",
    ),
}  # fmt: skip
"""Names of `meta` elements that say which of the two it is, the best first."""

VAGUE: Mapping[str, tuple[str, ...]] = {PUBLISHED: ("date", "dc.date", "dcterms.date", "citation_date"), MODIFIED: ()}
"""Names that do not: they count behind linked data."""

_LINKED = {PUBLISHED: "datePublished", MODIFIED: "dateModified"}
_NAMING = ("property", "name", "http-equiv", "itemprop")
_CLASSES = {PUBLISHED: ("published", "pubdate", "entry-date"), MODIFIED: ("updated", "modified")}
_DATE_LENGTH = len("2025-01-31")
_LONGEST_EVIDENCE = 300  # characters


class Day(NamedTuple):
    """A day, YYYY-MM-DD, and the tag or field that states it."""

    day: str
    evidence: str


def day_of(stated: str | None) -> str | None:
    """The day of an ISO 8601 date or time, with slashes too, or of an HTTP date; None for anything else."""
    text = (stated or "").strip()[:64]
    head = text[:_DATE_LENGTH].replace("/", "-")
    try:
        if len(head) == _DATE_LENGTH:
            return date.fromisoformat(head).isoformat()
    except ValueError:
        pass
    parsed = parsedate(text) if text[:1].isalpha() else None
    try:
        return date(*parsed[:3]).isoformat() if parsed else None
    except ValueError:
        return None


def stated_day(kind: str, metas: Iterable[Tag], linked: list[Any], times: Iterable[Tag]) -> Day | None:
    """When a page was published or modified, by the best that says so."""
    known = list(metas)
    found = _of_metas(SURE[kind], known) or _of_linked(_LINKED[kind], linked) or _of_metas(VAGUE[kind], known)
    return found or _of_times(kind, times)


def _of_metas(names: tuple[str, ...], metas: Iterable[Tag]) -> Day | None:
    ranked = sorted(
        (
            (names.index(name), tag)
            for tag in metas
            for naming in _NAMING
            if (name := tag.attributes.get(naming, "").lower()) in names
        ),
        key=lambda one: one[0],
    )
    for _, tag in ranked:
        day = day_of(tag.attributes.get("content"))
        if day:
            told = {key: tag.attributes[key] for key in (*_NAMING, "content") if key in tag.attributes}
            return Day(day, written(Tag(META, told))[:_LONGEST_EVIDENCE])
    return None


def _of_linked(name: str, linked: list[Any]) -> Day | None:
    stated = linked_text(linked, name)
    day = day_of(stated)
    return Day(day, f"schema.org {name}: {stated}"[:_LONGEST_EVIDENCE]) if day and stated else None


def _of_times(kind: str, times: Iterable[Tag]) -> Day | None:
    """A `time` element that says which of the two it is; for the day of publication, else the first of all."""
    first: Day | None = None
    for tag in times:
        day = day_of(tag.attributes.get("datetime"))
        if day is None:
            continue
        one = Day(day, written(tag)[:_LONGEST_EVIDENCE])
        says = _says(tag)
        if says == kind:
            return one
        first = first or (one if says is None else None)
    return first if kind == PUBLISHED else None


def _says(time: Tag) -> str | None:
    """Which of the two a `time` element is, by its property, the attribute pubdate or its classes."""
    given = time.attributes
    stated = given.get("itemprop", "").lower()
    for kind, name in _LINKED.items():
        if stated == name.lower():
            return kind
    if "pubdate" in given:
        return PUBLISHED
    classes = given.get("class", "").lower().split()
    return next((kind for kind, names in _CLASSES.items() if set(names) & set(classes)), None)
