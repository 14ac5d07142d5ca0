"""Books as EPUB 2 and 3: one record a book or a chapter, in reading order, with the book's metadata."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO, Literal

from pydantic import Field

from gristmill.collect._columns import as_time
from gristmill.collect._documents import Document, DocumentReader
from gristmill.collect._epub_metadata import book_facts
from gristmill.collect._epub_package import opened_package
from gristmill.collect._epub_parts import Part, Parts
from gristmill.collect._flow import Flow
from gristmill.collect._zip import Archive


class Epub(DocumentReader):
    """Books. A record's position is 0 for a book, else the number of the chapter.

    Chapters are what the table of contents names at its highest level, and pages that it names. Books whose text is
    encrypted are quarantined; fonts may be.
    """

    version = 2
    suffixes = (".epub",)

    per: Literal["book", "chapter"] = Field("book", description="What one record is.")
    leave_out: tuple[Literal["front", "back"], ...] = Field(
        (), description="Parts of a book that are left out: front matter, back matter."
    )

    def documents(self, file: BinaryIO) -> Iterator[Document | str]:
        archive = Archive(file, self.max_record_bytes)
        package = opened_package(archive)
        facts = book_facts(package.metadata, package.unique_id) | {"missing": list(package.missing)}
        parts = Parts(package, archive, Flow(self.form, notes=self.notes), self.leave_out).read()
        if self.per == "book":
            yield _document(*_joined(parts), facts)
            return
        for number, part in enumerate(_with_their_text(parts)):
            own = {"chapter": part.title, "chapter_number": number, "matter": part.matter}
            yield _document(part.text, own, facts)


def _document(text: str, own: Mapping[str, object], facts: Mapping[str, object]) -> Document:
    identifier = str(facts.get("identifier") or "")
    url = identifier if identifier.startswith(("http://", "https://")) else None
    return Document(text, {**facts, **own}, url, as_time(str(facts.get("date") or "")))


def _joined(parts: Iterable[Part]) -> tuple[str, dict[str, object]]:
    """The book's text, and how many characters of it are front matter at its beginning and back matter at its end."""
    found = list(parts)
    text = "\n\n".join(part.text for part in found)
    front = back = 0
    for part in found:
        if part.matter != "front":
            break
        front += len(part.text) + 2
    for part in reversed(found):
        if part.matter != "back":
            break
        back += len(part.text) + 2
    size = len(text)
    return text, {"front_characters": min(front, size) or None, "back_characters": min(back, size) or None}


def _with_their_text(parts: Iterable[Part]) -> Iterator[Part]:
    """Chapters; one that is only a heading (Part One) goes before the next of its kind."""
    held: Part | None = None
    for part in parts:
        if held is not None and held.matter == part.matter:
            part = Part(f"{held.text}\n\n{part.text}", part.matter, part.title or held.title, part.has_body)
        elif held is not None:
            yield held
        held = None if part.has_body else part
        if held is None:
            yield part
    if held is not None:
        yield held
