"""Plain text and Markdown files: one record a file, a paragraph or a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO, Literal

from pydantic import Field

from gristmill.collect._columns import MAX_RECORD_BYTES
from gristmill.collect._compressed import blocks, compressed, with_compression
from gristmill.collect._files import members, opened
from gristmill.collect._groups import grouped
from gristmill.collect._lines import BOM, Line, lines
from gristmill.collect._whole import whole
from gristmill.contracts.reader import Reader, Unit
from gristmill.records.chunk import Chunk, ChunkBuilder


class Text(Reader):
    """Text files in UTF-8.

    A record's position is 0 for a whole file, else its byte offset, or in a compressed file the lines before it.
    """

    suffixes = with_compression(".txt", ".md")

    split: Literal["file", "paragraph", "line"] = Field(
        "file", description="What one record is; blank lines part paragraphs, and a blank line is no record."
    )
    max_record_bytes: int = Field(
        MAX_RECORD_BYTES, ge=1, le=1 << 31, description="A longer record is quarantined, not read into memory."
    )

    def units(self, root: str) -> list[Unit]:
        return grouped(members(self.paths, root, self.suffixes))

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
                    text = found if isinstance(found, str) else _decoded(found)
                    if isinstance(text, str):
                        builder.problem(position, text, source=member.source)
                    else:
                        builder.add(position, text=text[0], source=member.source)
            before += member.size
        yield from builder.rest(before)

    def _records(self, file: BinaryIO) -> Iterator[Line]:
        if self.split == "file":
            found = whole(file, self.max_record_bytes)
            # An empty file has no record.
            return iter([(0, 0, found.removeprefix(BOM) if isinstance(found, bytes) else found)] if found else [])
        numbered = compressed(file.read(16))
        file.seek(0)
        every = lines(blocks(file), self.max_record_bytes, numbered=numbered, blank=self.split == "paragraph")
        return every if self.split == "line" else _paragraphs(every, self.max_record_bytes)


def _decoded(data: bytes) -> tuple[str] | str:
    """The text in a tuple, or a sentence."""
    try:
        return (data.decode(),)
    except UnicodeDecodeError as error:
        return f"the text is not UTF-8 (byte {error.start} of it)"


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
