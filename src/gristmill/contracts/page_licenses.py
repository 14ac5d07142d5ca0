"""Where a tag of a page states a licence, and how sure its place makes us that it is the page's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

from gristmill.contracts.page_tags import Tag
from gristmill.text.tags import ANCHOR, LINK, LINKED_DATA, META

WORDS = (b"license", b"licence", b"rights", b"creativecommons", b"copyright")
"""A tag that states a licence has one of them in it."""

_METAS = frozenset((
    "license", "licence", "dc.license", "dcterms.license", "dc.rights", "dcterms.rights", "rights", "copyright",
    "og:license", "og:rights", "article:license", "cc:license", "dct:license", "dcterms:license", "dc:rights",
))  # fmt: skip
_RELATIONS = frozenset(("license", "licence", "cc:license", "dct:license", "dcterms:license", "dc:license"))
_MOST_LINKED = 1 << 20


class StatedLicense(NamedTuple):
    """What is stated, how sure the place makes us, the place in words, and the tag with no more than says so."""

    value: str
    confidence: float
    place: str
    tag: Tag


def stated_licenses(tag: Tag) -> Iterator[StatedLicense]:
    """The licences that a tag states."""
    given = tag.attributes
    if tag.kind in (LINK, ANCHOR):
        element = "link" if tag.kind == LINK else "a"
        if _RELATIONS.intersection(given.get("rel", "").lower().split()):
            yield _of(tag, "href", 0.95, f"<{element} rel=license>", "rel")
        elif given.get("itemprop", "").lower() == "license" or given.get("property", "").lower() in _RELATIONS:
            yield _of(tag, "href", 0.9, f"<{element} itemprop=license>", "itemprop", "property")
        elif tag.kind == ANCHOR and "creativecommons.org" in given.get("href", ""):
            yield _of(tag, "href", 0.6, "<a>")
    elif tag.kind == META:
        name = (given.get("name") or given.get("property") or given.get("itemprop") or "").lower()
        if name in _METAS:
            yield _of(tag, "content", 0.9, f'<meta name="{name}">', "name", "property", "itemprop")
    elif tag.kind == LINKED_DATA:
        for value in _in_linked_data(tag.content):
            said = Tag(LINKED_DATA, {}, orjson.dumps({"license": value}).decode().replace("</", "<\\/"))
            yield StatedLicense(value, 0.9, "schema.org license", said)


def _of(tag: Tag, valued: str, confidence: float, place: str, *naming: str) -> StatedLicense:
    told = {name: tag.attributes[name] for name in (*naming, valued) if name in tag.attributes}
    return StatedLicense(tag.attributes.get(valued, ""), confidence, place, Tag(tag.kind, told))


def _in_linked_data(content: str) -> Iterator[str]:
    """Values of `license` of the things that linked data is about, not of what is in them."""
    try:
        data = orjson.loads(content) if len(content) <= _MOST_LINKED else None
    except orjson.JSONDecodeError:
        return
    things = data if isinstance(data, list) else [data]
    graphs = [thing.get("@graph") for thing in things if isinstance(thing, dict)]
    for thing in [*things, *(one for graph in graphs if isinstance(graph, list) for one in graph)]:
        value: Any = thing.get("license") if isinstance(thing, dict) else None
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str):
            yield value
