"""A reference of a paper as one line."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from gristmill.collect._xml import text_of

_MIXED = frozenset(("mixed-citation", "citation", "nlm-citation"))


def reference_line(reference: Element) -> str:
    """As it was printed where its parts have signs between them, else put together in the usual order."""
    label = text_of(reference.find("label"))
    parts = [_citation(one) for one in reference.iter() if one.tag in _MIXED or one.tag == "element-citation"]
    line = " ".join(filter(None, parts)) or " ".join(text_of(one) for one in reference if one.tag != "label")
    return f"{label} {line}".strip()


def _citation(citation: Element) -> str:
    if citation.tag in _MIXED and any((one.tail or "").strip() for one in citation):
        return text_of(citation)
    return " ".join(filter(None, _parts(citation)))


def _parts(citation: Element) -> Iterator[str]:
    names = ", ".join(filter(None, _names(citation)))
    year = text_of(citation.find("year"))
    yield f"{names} ({year})." if year else f"{names}." if names else ""
    for tag in ("article-title", "chapter-title", "source"):
        title = text_of(citation.find(tag))
        yield f"{title}{'' if title[-1:] in '.?!' else '.'}" if title else ""
    volume, issue = text_of(citation.find("volume")), text_of(citation.find("issue"))
    first, last = text_of(citation.find("fpage")), text_of(citation.find("lpage"))
    place = f"{volume}({issue})" if issue else volume
    pages = f"{first}-{last}" if first and last else first
    yield f"{': '.join(filter(None, (place, pages)))}." if place or pages else ""
    if not names and not year:
        yield text_of(citation)


def _names(citation: Element) -> Iterator[str]:
    for one in citation.iter():
        if one.tag == "name":
            yield f"{text_of(one.find('surname'))} {text_of(one.find('given-names'))}".strip()
        elif one.tag in ("collab", "string-name"):
            yield text_of(one)
