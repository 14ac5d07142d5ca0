"""Papers in JATS, the XML of PubMed Central and of most open-access publishers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element

from pydantic import Field

from gristmill.collect._columns import as_time
from gristmill.collect._compressed import with_compression
from gristmill.collect._documents import Document, DocumentReader, Unreadable
from gristmill.collect._flow import Flow
from gristmill.collect._jats_facts import article_meta, paper_facts
from gristmill.collect._jats_text import Paper
from gristmill.collect._whole import whole
from gristmill.collect._xml import parsed

_XLINK = {"http://www.w3.org/1999/xlink": "xlink"}


class Jats(DocumentReader):
    """Papers: title, abstract, sections, tables, formulas and notes; a record's position is its number in the file.

    Reviews, replies and translations within a paper (sub-articles) are left out and counted in the metadata.
    """

    suffixes = with_compression(".nxml", ".jats", ".xml")

    references: bool = Field(False, description="Keep the list of references.")

    @classmethod
    def recognises(cls, head: bytes) -> bool:
        return b"<article" in head or b"<pmc-articleset" in head

    def documents(self, file: BinaryIO) -> Iterator[Document | str]:
        data = whole(file, self.max_record_bytes)
        if isinstance(data, str):
            raise Unreadable(data)
        root = parsed(data, _XLINK)
        articles = [root] if root.tag == "article" else list(root.iter("article"))
        if not articles:
            raise Unreadable(f"the file holds no JATS article: its outermost element is <{root.tag[:40]}>")
        for article in articles:
            yield self._document(article) or "the article has no text"

    def _document(self, article: Element) -> Document | None:
        facts = paper_facts(article)
        facts["sub_articles"] = len(article.findall("sub-article")) or None
        facts["abstract_only"] = article.find("body") is None or None
        flow = Flow(self.form, notes=self.notes)
        paper = Paper(flow, article, references=self.references)
        paper.write(str(facts["title"]), article_meta(article))
        facts["formulas_as_pictures"] = paper.pictures or None
        text = flow.finished()
        url = f"https://doi.org/{facts['doi']}" if facts["doi"] else None
        return Document(text, facts, url, as_time(str(facts["date"] or ""))) if text.strip() else None
