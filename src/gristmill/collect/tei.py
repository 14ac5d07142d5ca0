"""Editions in TEI: prose, verse and drama, with the editors' notes told apart and one reading taken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Literal
from xml.etree.ElementTree import Element

from pydantic import Field

from gristmill.collect._columns import as_time
from gristmill.collect._compressed import with_compression
from gristmill.collect._documents import Document, DocumentReader, Unreadable
from gristmill.collect._flow import Flow
from gristmill.collect._tei_facts import text_facts
from gristmill.collect._tei_text import Reading, TeiText
from gristmill.collect._whole import whole
from gristmill.collect._xml import parsed

_ROOTS = frozenset(("TEI", "TEI.2"))


class Tei(DocumentReader):
    """Texts in TEI P5 and P4, one record each; a corpus holds several, by whose number their positions are.

    Running heads, page numbers, pictures and deleted text are left out.
    """

    suffixes = with_compression(".tei", ".xml")

    reading: Reading = Field(
        "edited", description="Of what editors give twice: corrected, regularised and expanded, or as it was."
    )
    leave_out: tuple[Literal["front", "back"], ...] = Field(
        (), description="Parts of a text that are left out: front matter, back matter."
    )

    @classmethod
    def recognises(cls, head: bytes) -> bool:
        return b"<TEI" in head or b"<teiCorpus" in head

    def documents(self, file: BinaryIO) -> Iterator[Document | str]:
        data = whole(file, self.max_record_bytes)
        if isinstance(data, str):
            raise Unreadable(data)
        root = parsed(data)
        texts = [root] if root.tag in _ROOTS else [one for one in root.iter() if one.tag in _ROOTS]
        if not texts:
            raise Unreadable(f"the file holds no TEI text: its outermost element is <{root.tag[:40]}>")
        for text in texts:
            yield self._document(text) or "the TEI text is empty"

    def _document(self, tei: Element) -> Document | None:
        facts = text_facts(tei)
        flow = Flow(self.form, notes=self.notes)
        writer = TeiText(flow, self.reading)
        parts: list[tuple[str, str]] = []
        for text in tei.iterfind("text"):
            for part in text:
                if part.tag in ("front", "body", "back", "group") and part.tag not in self.leave_out:
                    writer.write(part)
                    parts.append((part.tag, flow.finished()))
        parts = [(tag, written) for tag, written in parts if written.strip()]
        if not parts:
            return None
        for tag, (kind, written) in (("front", parts[0]), ("back", parts[-1])):
            if kind == tag:
                facts[f"{tag}_characters"] = len(written) + (2 if len(parts) > 1 else 0)
        return Document("\n\n".join(written for _, written in parts), facts, time=as_time(str(facts.get("date") or "")))
