"""Packages of Office Open XML: their parts, how these refer to each other, and what the document says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from gristmill.collect._documents import Unreadable
from gristmill.collect._xml import BadXml, parsed, text_of
from gristmill.collect._zip import Archive, resolved

_2006 = "http://schemas.openxmlformats.org"
_STRICT = "http://purl.oclc.org/ooxml"

PREFIXES: Mapping[str, str] = {
    f"{_2006}/wordprocessingml/2006/main": "w",
    f"{_STRICT}/wordprocessingml/main": "w",
    f"{_2006}/presentationml/2006/main": "p",
    f"{_STRICT}/presentationml/main": "p",
    f"{_2006}/drawingml/2006/main": "a",
    f"{_STRICT}/drawingml/main": "a",
    f"{_2006}/officeDocument/2006/math": "m",
    f"{_STRICT}/officeDocument/math": "m",
    f"{_2006}/officeDocument/2006/relationships": "r",
    f"{_STRICT}/officeDocument/relationships": "r",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
}
"""Namespaces of both forms of the standard, ISO/IEC 29500 transitional and strict."""

_FACTS = {
    "title": "title",
    "creator": "author",
    "subject": "subject",
    "description": "description",
    "keywords": "keywords",
    "language": "language",
    "identifier": "identifier",
    "created": "date",
    "modified": "modified",
}


class Package:
    """The parts of a document by the kind of their relationship: `styles`, `footnotes`, `slide`."""

    def __init__(self, archive: Archive, main: str) -> None:
        self._archive = archive
        self._main = ""
        self._main = next(iter(self.related("", "officeDocument").values()), "")
        if self._main not in archive:
            raise Unreadable(f"the package has no {main}: it is no such document")

    def main(self) -> tuple[str, Element]:
        return self._main, self.part(self._main)

    def part(self, name: str) -> Element:
        return parsed(self._archive.read(name), PREFIXES)

    def related(self, source: str, kind: str) -> dict[str, str]:
        """Parts inside the package that a part refers to by this kind, by the id of the reference."""
        folder, _, name = source.rpartition("/")
        relations = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
        if relations not in self._archive:
            return {}
        found: dict[str, str] = {}
        for one in parsed(self._archive.read(relations)):
            target = resolved(source, one.get("Target", ""))
            inside = one.get("TargetMode") != "External"
            if inside and target and one.get("Type", "").rpartition("/")[2] == kind:
                found[one.get("Id", "")] = target
        return found

    def first(self, source: str, kind: str) -> Element | None:
        """The part that a part refers to by this kind; None where there is none that can be read."""
        for name in self.related(source, kind).values():
            if name in self._archive:
                return self.part(name)
        return None

    def facts(self) -> dict[str, object]:
        """Title, authors, dates and so on, as far as they are told."""
        try:
            told = self.first("", "core-properties")
        except BadXml:
            told = None
        facts: dict[str, object] = {_FACTS[one.tag]: text_of(one) for one in told or () if one.tag in _FACTS}
        author = str(facts.pop("author", ""))
        facts["authors"] = [name.strip() for name in author.split(";") if name.strip()]
        return facts


def alternative(element: Element) -> Element | None:
    """What is meant where a newer and an older form of one thing stand beside each other: the newer."""
    choice = element.find("mc.Choice")
    return choice if choice is not None else element.find("mc.Fallback")
