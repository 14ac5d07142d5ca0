"""Plain text and Markdown files: one record a file, a paragraph or a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, Literal

import orjson
from pydantic import Field, field_validator

from gristmill.collect._columns import MAX_RECORD_BYTES
from gristmill.collect._compressed import Block, blocks, compressed, with_compression
from gristmill.collect._decoding import AUTO, known, text_of, transcoded
from gristmill.collect._files import opened
from gristmill.collect._files_reader import FilesReader
from gristmill.collect._groups import grouped
from gristmill.collect._lines import Line, lines
from gristmill.collect._whole import whole
from gristmill.contracts.reader import Member, Unit
from gristmill.records.chunk import Chunk, ChunkBuilder
from gristmill.records.encoding import SAMPLE, codec, decoded


class Text(FilesReader):
    """Text files, in UTF-8 or the encoding that each looks like.

    A record's position is 0 for a whole file, else its byte offset, or in a file that is compressed or in UTF-16 the
    lines before it. Of a text that is not UTF-8 the metadata say in which encoding it was read and how sure that is.
    """

    version = 3
    suffixes = with_compression(".txt", ".md")

    split: Literal["file", "paragraph", "line"] = Field(
        "file", description="What one record is; blank lines part paragraphs, and a blank line is no record."
    )
    encoding: str = Field(
        "auto",
        description="How bytes are read: auto (UTF-8, else what they look like), or the name of an encoding.",
    )
    max_record_bytes: int = Field(
        MAX_RECORD_BYTES, ge=1, le=1 << 31, description="A longer record is quarantined, not read into memory."
    )

    @field_validator("encoding")
    @classmethod
    def _is_known(cls, encoding: str) -> str:
        return known(encoding)

    def libraries(self) -> tuple[str, ...]:
        return ("chardet",) if self.encoding == AUTO else ()

    def units_of(self, files: Sequence[Member]) -> list[Unit]:
        return grouped(files)

    def read(self, unit: Unit, skip: int = 0) -> Iterator[Chunk]:
        builder = ChunkBuilder(unit.members[0].source, skip=skip)
        before = 0
        for member in unit.members:
            with opened(member) as file:
                for position, raw, found in self._records(file):
                    if builder.passes(before + raw):
                        continue
                    if builder.full:
                        yield builder.cut(before + raw)
                    text = found if isinstance(found, str) else text_of(found, self.encoding)
                    if isinstance(text, str):
                        builder.problem(position, text, source=member.source)
                    else:
                        metadata = orjson.dumps(facts).decode() if (facts := text.facts()) else None
                        builder.add(position, text=text.text, metadata=metadata, source=member.source)
            before += member.size
        yield from builder.rest(before)

    def _records(self, file: BinaryIO) -> Iterator[Line]:
        if self.split == "file":
            found = whole(file, self.max_record_bytes)
            # An empty file has no record.
            return iter([(0, 0, found)] if found else [])
        head = next(blocks(file), Block(b"", 0)).data
        file.seek(0)
        wide = self._wide(head)
        content = transcoded(blocks(file), wide) if wide else blocks(file)
        numbered = bool(wide) or compressed(file.read(16))
        file.seek(0)
        every = lines(content, self.max_record_bytes, numbered=numbered, blank=self.split == "paragraph")
        return every if self.split == "line" else _paragraphs(every, self.max_record_bytes)

    def _wide(self, head: bytes) -> str | None:
        """The encoding of a file in which a line end is more than one byte."""
        name = codec(self.encoding) if self.encoding != AUTO else decoded(head[:SAMPLE]).encoding
        return name if name and name.startswith(("utf-16", "utf-32")) else None


def _paragraphs(every: Iterable[Line], limit: int) -> Iterator[Line]:
    """Join lines up to a blank one. A line that cannot be read is a problem of the paragraph it stands in."""
    held: list[bytes] = []
    size = start = raw = 0
    why: str | None = None
    for position, raw, line in every:
        if isinstance(line, bytes) and (not line or line.isspace()):
            if held or why:
                yield start, raw, why or b"\n".join(held)
            held, size, why = [], 0, None
            continue
        if not held and not why:
            start = position
        if isinstance(line, str):
            why = line
        else:
            size += len(line) + 1
            held.append(line)
        if size > limit:
            why = why or f"the paragraph is longer than max_record_bytes ({limit} bytes)"
        if why:
            held = []
    if held or why:
        yield start, raw, why or b"\n".join(held)
