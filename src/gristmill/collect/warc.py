"""Web archives: WARC, ARC, and the WET files of Common Crawl, plain or compressed by record or as a whole."""

from __future__ import annotations

from collections.abc import Iterator

from gristmill.collect._archived_pages import ArchivedPages
from gristmill.collect._compressed import with_compression
from gristmill.collect._files import opened
from gristmill.collect._files_reader import FilesReader
from gristmill.contracts.reader import Unit
from gristmill.records.chunk import Chunk


class Warc(ArchivedPages, FilesReader):
    """Archived web pages. A record's position is its byte offset in the file.

    In a file that is compressed as a whole, it is the size of the file plus the offset in the content, but for the
    first record. Responses are taken by status and type; other records are counted and left out.
    """

    version = 2
    suffixes = (*with_compression(".warc", ".arc", ".wet"), ".warc.lz4")

    def read(self, unit: Unit, skip: int = 0) -> Iterator[Chunk]:
        member = unit.members[0]
        with opened(member) as file:
            yield from self.all_of(file, member, skip)
