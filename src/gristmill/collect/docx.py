"""Documents of Word: headings, nested lists, tables, footnotes, text boxes and formulas, with revisions settled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Literal
from xml.etree.ElementTree import Element

from pydantic import Field

from gristmill.collect._columns import as_time
from gristmill.collect._documents import Document, DocumentReader, Unreadable
from gristmill.collect._docx_styles import Numbering, Styles
from gristmill.collect._docx_text import Body
from gristmill.collect._flow import Flow
from gristmill.collect._office import Package
from gristmill.collect._zip import Archive

_NO_NOTES = frozenset(("separator", "continuationSeparator", "continuationNotice"))


class Docx(DocumentReader):
    """Word documents, one record each. Headers, footers, comments, hidden text and tables of contents are left out."""

    suffixes = (".docx", ".docm")

    revisions: Literal["accept", "reject"] = Field(
        "accept", description="Tracked changes: take the text as changed, or as it was before."
    )

    def documents(self, file: BinaryIO) -> Iterator[Document | str]:
        package = Package(Archive(file, self.max_record_bytes), "word/document.xml")
        name, root = package.main()
        body = root.find("w.body")
        if body is None:
            raise Unreadable("the package's main part is no Word document")
        flow = Flow(self.form, notes=self.notes)
        notes = {**_notes(package, name, "footnote"), **_notes(package, name, "endnote")} if self.notes else {}
        styles = Styles(package.first(name, "styles"))
        numbering = Numbering(package.first(name, "numbering"))
        Body(flow, styles, numbering, notes, accept=self.revisions == "accept").write(body)
        facts = package.facts()
        yield Document(flow.finished(), facts, time=as_time(str(facts.get("date") or "")))


def _notes(package: Package, name: str, kind: str) -> dict[tuple[str, str], Element]:
    part = package.first(name, f"{kind}s")
    return {
        (f"w.{kind}", note.get("w.id", "")): note
        for note in (part if part is not None else ())
        if note.get("w.type") not in _NO_NOTES
    }
