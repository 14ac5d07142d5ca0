"""Mailboxes in the mbox format: archives of mailing lists and exports of mail programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from gristmill.collect._compressed import blocks, with_compression
from gristmill.collect._files import opened
from gristmill.collect._mail import MailReader, Nothing
from gristmill.collect._mbox import Unreadable, mails, unquoted
from gristmill.collect._stream import Stream
from gristmill.contracts.reader import Unit
from gristmill.records.chunk import Chunk, ChunkBuilder


class Mbox(MailReader):
    """Mailboxes. A record's position is the byte offset of its `From ` line in the content of the file."""

    suffixes = with_compression(".mbox")

    from_lines: Literal["mboxrd", "mboxo", "as found"] = Field(
        "mboxrd", description="What is done with lines `>From `: mboxrd takes one > off each, mboxo off `>From ` alone."
    )

    def read(self, unit: Unit, skip: int = 0) -> Iterator[Chunk]:
        member = unit.members[0]
        builder = ChunkBuilder(member.source, skip=skip)
        with opened(member) as file:
            stream = Stream(blocks(file), member.size)
            for one in mails(stream, self.max_record_bytes):
                found = one.error if isinstance(one, Unreadable) else self.found(unquoted(one.data, self.from_lines))
                if isinstance(found, Nothing):
                    builder.skip(found.what)
                    continue
                if builder.passes(stream.raw):
                    continue
                if builder.full:
                    yield builder.cut(stream.raw)
                self.add(builder, one.position, found)
        yield from builder.rest(member.size)
