"""What readers of books, papers and office files share: a file gives one record or a few, each a text with metadata."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

import orjson
from pydantic import Field

from gristmill.collect._columns import MAX_RECORD_BYTES
from gristmill.collect._files import opened
from gristmill.collect._files_reader import FilesReader
from gristmill.collect._groups import grouped
from gristmill.contracts.reader import Unit
from gristmill.records.chunk import Chunk, ChunkBuilder
from gristmill.records.prose import Form


class Unreadable(Exception):
    """A file, or a part of it, cannot be read. The message is the sentence for the quarantine."""


@dataclass(frozen=True, slots=True)
class Document:
    """A record to be: its text, and what the file says of it. Facts that are empty or None are left out."""

    text: str
    facts: Mapping[str, object] = field(default_factory=dict)
    url: str | None = None
    time: datetime | None = None


class DocumentReader(FilesReader):
    """A reader of files that are documents. A record's position is its number in the file."""

    form: Form = Field(
        "text", description="Plain text, or Markdown with marks for headings, quotes, code and footnotes."
    )
    notes: bool = Field(True, description="Keep footnotes and endnotes, after the text that they belong to.")
    max_record_bytes: int = Field(
        MAX_RECORD_BYTES,
        ge=1,
        le=1 << 31,
        description="A file with more bytes of content, inflated, is quarantined, not read into memory.",
    )

    def units(self, root: str) -> list[Unit]:
        return grouped(self.files_of(root))

    def read(self, unit: Unit, skip: int = 0) -> Iterator[Chunk]:
        builder = ChunkBuilder(unit.members[0].source, skip=skip)
        raw = 0
        for member in unit.members:
            with opened(member) as file:
                # An empty file has no record.
                for position, found in enumerate(self._found(file) if member.size else ()):
                    if builder.passes(raw):
                        continue
                    if builder.full:
                        yield builder.cut(raw)
                    if isinstance(found, str):
                        builder.problem(position, found, source=member.source)
                    else:
                        metadata = _metadata(found.facts)
                        builder.add(
                            position,
                            text=found.text,
                            url=found.url,
                            time=found.time,
                            metadata=metadata,
                            source=member.source,
                        )
            raw += member.size
        yield from builder.rest(raw)

    @abstractmethod
    def documents(self, file: BinaryIO) -> Iterator[Document | str]:
        """The records of a file in order, or sentences why one cannot be read. May raise Unreadable."""

    def _found(self, file: BinaryIO) -> Iterator[Document | str]:
        """What the file gives; one that has no text at all is a problem as well."""
        empty = True
        try:
            for found in self.documents(file):
                if isinstance(found, str) or found.text.strip():
                    empty = False
                    yield found
        except Unreadable as error:
            yield str(error)
            return
        except RecursionError:  # depth is bounded where files are parsed; a caller may stand deep itself
            yield "the file's parts are nested too deeply"
            return
        if empty:
            yield "the file has no text"


def _metadata(facts: Mapping[str, object]) -> str | None:
    known = {name: value for name, value in facts.items() if value not in (None, "", [], {}, ())}
    return orjson.dumps(known, option=orjson.OPT_SORT_KEYS).decode() if known else None
