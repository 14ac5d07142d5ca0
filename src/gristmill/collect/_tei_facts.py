"""What the header of a TEI file says of the text."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from gristmill.collect._xml import text_of

_DATES = ("when", "when-iso", "from", "notBefore")


def text_facts(tei: Element) -> dict[str, object]:
    """The facts of a header, under plain names; empty ones where it says nothing."""
    header = tei.find("teiHeader")
    if header is None:
        return {}
    titles = header.findall("fileDesc/titleStmt/title")
    main = next((one for one in titles if one.get("type") == "main"), titles[0] if titles else None)
    text = tei.find("text")
    languages = [one.get("ident", "") for one in header.iterfind("profileDesc/langUsage/language")]
    return {
        "title": text_of(main),
        "authors": list(dict.fromkeys(_authors(header))),
        "editors": [_name(one) for one in header.iterfind("fileDesc/titleStmt/editor")],
        "publisher": text_of(header.find("fileDesc/publicationStmt/publisher")),
        "date": _date(header),
        "identifier": text_of(header.find("fileDesc/publicationStmt/idno")),
        "language": (text.get("xml.lang") if text is not None else None) or next(iter(languages), None),
        "license": _license(header),
        "keywords": list(dict.fromkeys(map(text_of, header.iterfind("profileDesc/textClass//term")))),
    }


def _authors(header: Element) -> Iterator[str]:
    found = header.findall("fileDesc/titleStmt/author") or header.findall("fileDesc/sourceDesc//analytic/author")
    return filter(None, map(_name, found))


def _name(person: Element) -> str:
    surname = text_of(next(person.iter("surname"), None))
    names = [text_of(one) for one in person.iter("forename")]
    return " ".join([*names, surname]) if surname else text_of(person)


def _date(header: Element) -> str | None:
    """When the text was written or first printed, else when this edition appeared."""
    places = ("profileDesc/creation/date", "fileDesc/sourceDesc//date", "fileDesc/publicationStmt/date")
    for one in (found for place in places for found in header.iterfind(place)):
        date = next((one.get(name) for name in _DATES if one.get(name)), None) or text_of(one)
        if date:
            return date
    return None


def _license(header: Element) -> str | None:
    availability = header.find("fileDesc/publicationStmt/availability")
    licence = availability.find("licence") if availability is not None else None
    if licence is not None and licence.get("target"):
        return licence.get("target")
    return text_of(licence if licence is not None else availability) or None
