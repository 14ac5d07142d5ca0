"""What a paper in JATS says of itself: title, authors, journal, dates, identifiers and licence."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from gristmill.collect._xml import text_of

_PUBLISHED = ("epub", "pub", "ppub", "collection", "")
"""Kinds of publication dates, the best first."""


def paper_facts(article: Element) -> dict[str, object]:
    """The facts of the front matter, under plain names."""
    journal = _first(article, "front/journal-meta")
    meta = article_meta(article)
    ids = {one.get("pub-id-type", ""): text_of(one) for one in meta.iterfind("article-id")}
    pages = [text_of(meta.find(name)) for name in ("fpage", "lpage")]
    doi = ids.get("doi", "").removeprefix("https://doi.org/").removeprefix("doi:")
    return {
        "title": text_of(meta.find("title-group/article-title")),
        "subtitle": text_of(meta.find("title-group/subtitle")),
        "authors": list(_authors(meta)),
        "journal": text_of(next(journal.iter("journal-title"), None)),
        "publisher": text_of(journal.find("publisher/publisher-name")),
        "issn": text_of(journal.find("issn")),
        "doi": doi,
        "identifier": doi or ids.get("pmc") or ids.get("pmcid") or ids.get("pmid"),
        "pmcid": ids.get("pmc") or ids.get("pmcid"),
        "pmid": ids.get("pmid"),
        "date": _date(meta),
        "volume": text_of(meta.find("volume")),
        "issue": text_of(meta.find("issue")),
        "pages": "-".join(filter(None, pages)),
        "language": article.get("xml.lang"),
        "article_type": article.get("article-type"),
        "subjects": _distinct(text_of(one) for one in meta.iterfind("article-categories/subj-group/subject")),
        "keywords": _distinct(text_of(one) for one in meta.iter("kwd")),
        "license": _license(meta),
        "rights": text_of(next(meta.iter("copyright-statement"), None)),
    }


def article_meta(article: Element) -> Element:
    """The front matter of a paper, an empty element where it has none."""
    found = article.find("front/article-meta")
    return found if found is not None else _first(article, "front-stub")


def _first(element: Element, path: str) -> Element:
    found = element.find(path)
    return Element("none") if found is None else found


def _authors(meta: Element) -> Iterator[str]:
    for one in meta.iterfind("contrib-group/contrib"):
        if one.get("contrib-type", "author") not in ("author", ""):
            continue
        name = one.find("name")
        if name is None:
            name = one.find("name-alternatives/name")
        if name is not None:
            parts = [text_of(name.find(part)) for part in ("given-names", "surname", "suffix")]
            yield " ".join(filter(None, parts))
            continue
        for tag in ("string-name", "collab"):
            if one.find(tag) is not None:
                yield text_of(one.find(tag))
                break


def _date(meta: Element) -> str | None:
    """The date of publication as YYYY-MM-DD, as far as it is told."""
    dates = {one.get("pub-type") or one.get("date-type") or "": one for one in meta.iterfind("pub-date")}
    chosen = next((dates[kind] for kind in _PUBLISHED if kind in dates), next(iter(dates.values()), None))
    if chosen is None:
        return None
    parts = []
    for name, width in (("year", 4), ("month", 2), ("day", 2)):
        value = text_of(chosen.find(name))
        if not (value.isascii() and value.isdigit() and len(value) <= width):
            break
        parts.append(value.zfill(width))
    return "-".join(parts) or chosen.get("iso-8601-date")


def _license(meta: Element) -> str | None:
    """The url of the licence, or its words where it has none."""
    for found in meta.iter("license"):
        reference = text_of(next(found.iter("license_ref"), None)) or found.get("xlink.href")
        links = (link.get("xlink.href", "") for link in found.iter("ext-link"))
        inside = next((link for link in links if "creativecommons.org" in link), None)
        return reference or inside or text_of(found) or found.get("license-type")
    return None


def _distinct(texts: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, texts)))
