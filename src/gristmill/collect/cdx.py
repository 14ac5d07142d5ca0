"""Pages that indexes of web archives name (CDX, CDXJ, ZipNum), fetched out of the archives by byte ranges."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from pydantic import Field

from gristmill.collect import _zipnum
from gristmill.collect._compressed import with_compression
from gristmill.collect._files_reader import FilesReader
from gristmill.collect._indexed_pages import IndexedPages, run_units
from gristmill.collect.jsonl import line_units
from gristmill.contracts.reader import Member, Unit
from gristmill.records.chunk import Chunk


class Cdx(IndexedPages, FilesReader):
    """Archived pages by an index: those that are asked for, and no more of the archives is read.

    A record's position is that of its line in the index. A ZipNum index is named by its cluster.idx; of it only the
    blocks are read that may hold the hosts and urls. `gristmill find-pages` shows what would be fetched, and makes
    indexes.
    """

    suffixes = (*with_compression(".cdxj", ".cdx"), _zipnum.NAME)
    chooses = FilesReader.chooses | {"at_once"}

    archives: str = Field(
        ".",
        min_length=1,
        description="Folder or url that the file names of the index begin at; relative: to the index.",
    )

    def units(self, root: str) -> list[Unit]:
        found = [unit for member in self.files_of(root) for unit in self._units(member)]
        return sorted(found, key=lambda unit: (unit.members[0].source, unit.start))

    def _units(self, member: Member) -> Iterator[Unit] | list[Unit]:
        if not member.path.endswith(_zipnum.NAME):
            return line_units(member)
        return run_units(member, self.keys)

    def read(self, unit: Unit, skip: int = 0) -> Iterator[Chunk]:
        index = unit.members[0].path
        outside = "://" in self.archives or posixpath.isabs(self.archives)
        yield from self.pages_of(unit, self.archives if outside else _zipnum.beside(index, self.archives), skip)
