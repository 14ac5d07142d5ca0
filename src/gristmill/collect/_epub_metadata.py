"""The metadata of an EPUB, version 2 and 3, under plain names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from gristmill.collect._xml import text_of

_ONE = ("language", "publisher", "rights", "description", "source", "type")
_CREATORS = frozenset(("aut", ""))
_TRANSLATOR = "trl"
_OTHER_DATES = frozenset(("modification", "creation", "conversion"))


def book_facts(metadata: Element, unique_id: str) -> dict[str, object]:
    """Title, authors and so on, as far as they are there."""
    elements = list(metadata.iter())  # EPUB 2 may put them into `dc-metadata`
    refined = _refinements(elements)
    facts: dict[str, object] = {name: _first(elements, name) for name in _ONE}
    facts["title"] = _title(elements, refined)
    facts["authors"] = [name for name, role in _people(elements, "creator", refined) if role in _CREATORS]
    everyone = [*_people(elements, "creator", refined), *_people(elements, "contributor", refined)]
    facts["translators"] = [name for name, role in everyone if role == _TRANSLATOR]
    facts["subjects"] = [text_of(one) for one in elements if one.tag == "subject" and text_of(one)]
    facts["date"] = _date(elements)
    facts["identifier"] = _identifier(elements, unique_id)
    facts["license"] = _license(elements)
    facts["series"] = _series(elements)
    return facts


def _refinements(elements: list[Element]) -> Mapping[tuple[str, str], str]:
    """What EPUB 3 says of other elements: by their id and a property."""
    return {
        (one.get("refines", "").removeprefix("#"), one.get("property", "")): text_of(one)
        for one in elements
        if one.tag == "meta" and one.get("refines")
    }


def _first(elements: list[Element], name: str) -> str | None:
    return next((text_of(one) for one in elements if one.tag == name and text_of(one)), None)


def _title(elements: list[Element], refined: Mapping[tuple[str, str], str]) -> str | None:
    titles = [one for one in elements if one.tag == "title" and text_of(one)]
    main = next((one for one in titles if refined.get((one.get("id", ""), "title-type")) == "main"), None)
    return text_of(main if main is not None else titles[0]) if titles else None


def _people(elements: list[Element], tag: str, refined: Mapping[tuple[str, str], str]) -> Iterator[tuple[str, str]]:
    for one in elements:
        if one.tag == tag and text_of(one):
            yield text_of(one), one.get("role") or refined.get((one.get("id", ""), "role"), "")


def _date(elements: list[Element]) -> str | None:
    dates = [one for one in elements if one.tag == "date" and text_of(one)]
    found = [one for one in dates if (one.get("event") or "").lower() not in _OTHER_DATES]
    published = [one for one in found if one.get("event") == "publication"]
    return text_of((published or found)[0]) if found else None


def _identifier(elements: list[Element], unique_id: str) -> str | None:
    found = [one for one in elements if one.tag == "identifier" and text_of(one)]
    unique = next((one for one in found if one.get("id") == unique_id), None)
    return text_of(unique if unique is not None else found[0]) if found else None


def _license(elements: list[Element]) -> str | None:
    for one in elements:
        if one.tag == "link" and one.get("rel", "") in ("cc:license", "license", "dcterms:license", "schema:license"):
            return one.get("href")
        if one.tag == "meta" and one.get("property", "") in ("dcterms:license", "cc:license", "schema:license"):
            return text_of(one) or None
    return None


def _series(elements: list[Element]) -> str | None:
    for one in elements:
        if one.tag == "meta" and one.get("name") == "calibre:series":
            return one.get("content")
        if one.tag == "meta" and one.get("property") == "belongs-to-collection" and text_of(one):
            return text_of(one)
    return None
