"""What readers share of which each file is one record: the text, and what the file says of it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import orjson
from pydantic import Field

from gristmill.collect._columns import MAX_RECORD_BYTES
from gristmill.collect._files import opened
from gristmill.collect._files_reader import FilesReader
from gristmill.collect._groups import grouped
from gristmill.collect._whole import whole
from gristmill.contracts.reader import Unit
from gristmill.records.chunk import Chunk, ChunkBuilder


class FileRecord(NamedTuple):
    """A file as a record. Facts that are empty or None are left out."""

    text: str
    facts: Mapping[str, object]


class FileReader(FilesReader):
    """A reader of files that are one record each, at position 0. An empty file has no record."""

    max_record_bytes: int = Field(
        MAX_RECORD_BYTES, ge=1, le=1 << 31, description="A longer file is quarantined, not read into memory."
    )

    def units(self, root: str) -> list[Unit]:
        return grouped(self.files_of(root))

    def read(self, unit: Unit, skip: int = 0) -> Iterator[Chunk]:
        builder = ChunkBuilder(unit.members[0].source, skip=skip)
        raw = 0
        for member in unit.members:
            with opened(member) as file:
                data = whole(file, self.max_record_bytes)
            if data and not builder.passes(raw):
                if builder.full:
                    yield builder.cut(raw)
                found = data if isinstance(data, str) else self.record(data, member.source)
                if isinstance(found, str):
                    builder.problem(0, found, source=member.source)
                else:
                    builder.add(0, text=found.text, metadata=_metadata(found.facts), source=member.source)
            raw += member.size
        yield from builder.rest(raw)

    @abstractmethod
    def record(self, data: bytes, source: str) -> FileRecord | str:
        """The record of a file, or a sentence why it cannot be read."""


def _metadata(facts: Mapping[str, object]) -> str | None:
    known = {name: value for name, value in facts.items() if value not in (None, "", [], {}, 0)}
    return orjson.dumps(known, option=orjson.OPT_SORT_KEYS).decode() if known else None
