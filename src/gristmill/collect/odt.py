"""Texts of LibreOffice and others in the OpenDocument format, as a package or as one XML file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element

from gristmill.collect._columns import as_time
from gristmill.collect._documents import Document, DocumentReader, Unreadable
from gristmill.collect._flow import Flow
from gristmill.collect._odt_styles import Styles
from gristmill.collect._odt_text import Body
from gristmill.collect._whole import whole
from gristmill.collect._xml import parsed, text_of
from gristmill.collect._zip import Archive, resolved

_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_PREFIXES = {
    f"{_ODF}:office:1.0": "office",
    f"{_ODF}:style:1.0": "style",
    f"{_ODF}:text:1.0": "text",
    f"{_ODF}:table:1.0": "table",
    f"{_ODF}:drawing:1.0": "draw",
    f"{_ODF}:svg-compatible:1.0": "svg",
    f"{_ODF}:manifest:1.0": "manifest",
    "http://www.w3.org/1999/xlink": "xlink",
}
_MANIFEST = "META-INF/manifest.xml"
_FACTS = ("title", "subject", "description", "language")


class Odt(DocumentReader):
    """OpenDocument texts, one record each, with tracked changes accepted. Headers, footers, comments and tables of
    contents are left out."""

    suffixes = (".odt", ".ott", ".fodt")

    def documents(self, file: BinaryIO) -> Iterator[Document | str]:
        head = file.read(2)
        file.seek(0)
        archive = Archive(file, self.max_record_bytes) if head == b"PK" else None
        if archive is not None:
            _refuse_encrypted(archive)
            content = parsed(archive.read("content.xml"), _PREFIXES)
        else:
            data = whole(file, self.max_record_bytes)
            if isinstance(data, str):
                raise Unreadable(data)
            content = parsed(data, _PREFIXES)
        body = content.find("office.body/office.text")
        if body is None:
            raise Unreadable("the file is no OpenDocument text")
        roots = [content, *_part(archive, "styles.xml")]
        flow = Flow(self.form, notes=self.notes)
        Body(flow, Styles(iter(roots)), _Formulas(archive)).write(body)
        facts = _facts([content, *_part(archive, "meta.xml")])
        yield Document(flow.finished(), facts, time=as_time(str(facts.get("date") or "")))


class _Formulas:
    """The MathML of objects: it stands in a part of its own, or within the object."""

    def __init__(self, archive: Archive | None) -> None:
        self._archive = archive

    def __call__(self, element: Element) -> Element | None:
        inside = next(element.iter("math"), None)
        name = resolved("content.xml", element.get("xlink.href", ""))
        if inside is not None or self._archive is None or name is None or f"{name}/content.xml" not in self._archive:
            return inside
        part = parsed(self._archive.read(f"{name}/content.xml"))
        return part if part.tag == "math" else None


def _refuse_encrypted(archive: Archive) -> None:
    manifest = next(_part(archive, _MANIFEST), None)
    for entry in manifest if manifest is not None else ():
        is_text = entry.get("manifest.full-path") in ("content.xml", "encrypted-package")
        if is_text and entry.find("manifest.encryption-data") is not None:
            raise Unreadable("the document is encrypted by a password")


def _part(archive: Archive | None, name: str) -> Iterator[Element]:
    if archive is not None and name in archive:
        yield parsed(archive.read(name), _PREFIXES)


def _facts(roots: list[Element]) -> dict[str, object]:
    told = {one.tag: text_of(one) for root in roots for one in root.iterfind("office.meta/*") if text_of(one)}
    keywords = [text_of(one) for root in roots for one in root.iterfind("office.meta/keyword") if text_of(one)]
    author = told.get("initial-creator") or told.get("creator")
    facts: dict[str, object] = {name: told.get(name) for name in _FACTS}
    dates = {"date": told.get("creation-date") or told.get("date"), "modified": told.get("date")}
    return facts | dates | {"authors": [author] if author else [], "keywords": keywords}
