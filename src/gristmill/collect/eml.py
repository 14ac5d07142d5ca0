"""Mails as single files: exports, Maildir folders, Apple's `.emlx`."""

from __future__ import annotations

from collections.abc import Iterator

from gristmill.collect._compressed import with_compression
from gristmill.collect._files import opened
from gristmill.collect._groups import grouped
from gristmill.collect._mail import MailReader, Nothing
from gristmill.collect._whole import whole
from gristmill.contracts.reader import Unit
from gristmill.records.chunk import Chunk, ChunkBuilder


class Eml(MailReader):
    """Files of one mail each; those of a Maildir have no ending and are named by a pattern (`Maildir/*/cur/*`)."""

    suffixes = with_compression(".eml", ".emlx")

    def units(self, root: str) -> list[Unit]:
        return grouped(self.files_of(root))

    def read(self, unit: Unit, skip: int = 0) -> Iterator[Chunk]:
        builder = ChunkBuilder(unit.members[0].source, skip=skip)
        raw = 0
        for member in unit.members:
            with opened(member) as file:
                data = whole(file, self.max_record_bytes)
            found = data if isinstance(data, str) else self.found(_from_apple(data))
            if isinstance(found, Nothing):
                builder.skip(found.what)
            elif data and not builder.passes(raw):
                if builder.full:
                    yield builder.cut(raw)
                self.add(builder, 0, found, member.source)
            raw += member.size
        yield from builder.rest(raw)


def _from_apple(data: bytes) -> bytes:
    """The mail in an `.emlx` file, which begins with the size of the mail and ends with a property list."""
    first, _, rest = data.partition(b"\n")
    size = first.strip()
    if size.isdigit() and len(size) < 12:
        return rest[: int(size)]
    if first.startswith(b"From "):  # a postmark, as SpamAssassin's corpus has them
        return rest
    return data
