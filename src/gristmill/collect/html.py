"""Folders of web pages: one file is one record, for `extract` to read."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from pydantic import Field

from gristmill.collect._columns import MAX_RECORD_BYTES
from gristmill.collect._compressed import with_compression
from gristmill.collect._files import opened
from gristmill.collect._files_reader import FilesReader
from gristmill.collect._groups import grouped
from gristmill.collect._whole import whole
from gristmill.contracts.reader import Unit
from gristmill.records.chunk import Chunk, ChunkBuilder


class Html(FilesReader):
    """Pages as files. The encoding is left to `extract`, which reads the page's own words about it."""

    suffixes = with_compression(".html", ".htm", ".xhtml")
    gives_payload = True

    base_url: str | None = Field(
        None, min_length=1, description="The url that base_path was mirrored from; pages have no url without it."
    )
    base_path: str = Field("", description="The folder, spelled as in paths, that base_url stands for.")
    max_record_bytes: int = Field(
        MAX_RECORD_BYTES, ge=1, le=1 << 31, description="A longer page is quarantined, not read into memory."
    )

    def units(self, root: str) -> list[Unit]:
        return grouped(self.files_of(root))

    def read(self, unit: Unit, skip: int = 0) -> Iterator[Chunk]:
        builder = ChunkBuilder(unit.members[0].source, payload=True, skip=skip)
        raw = 0
        for member in unit.members:
            if not builder.passes(raw):
                if builder.full:
                    yield builder.cut(raw)
                with opened(member) as file:
                    page = whole(file, self.max_record_bytes)
                if isinstance(page, str):
                    builder.problem(0, page, source=member.source)
                else:
                    url = self._url(member.source)
                    builder.add(0, payload=page, content_type="text/html", url=url, source=member.source)
            raw += member.size
        yield from builder.rest(raw)

    def _url(self, source: str) -> str | None:
        folder = f"{self.base_path.strip('/')}/".removeprefix("./").removeprefix("/")
        if self.base_url is None or not source.startswith(folder):
            return None
        return f"{self.base_url.rstrip('/')}/{quote(source.removeprefix(folder))}"
