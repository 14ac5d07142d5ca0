"""LaTeX sources: .tex files and the archives that arXiv gives. One record a source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import orjson
from pydantic import Field

from gristmill.collect._columns import MAX_RECORD_BYTES
from gristmill.collect._files import opened
from gristmill.collect._files_reader import FilesReader
from gristmill.collect._groups import grouped
from gristmill.collect._latex_macros import Budget
from gristmill.collect._latex_prose import Converter
from gristmill.collect._latex_source import Inputs, Unreadable, decoded, main_file, source_files
from gristmill.contracts.reader import Unit
from gristmill.records.chunk import Chunk, ChunkBuilder
from gristmill.records.prose import Form, Prose


class Latex(FilesReader):
    """LaTeX sources. Files that one names are looked for in its archive alone; the position is always 0."""

    version = 4
    suffixes = (".tex", ".tex.gz", ".ltx")

    form: Form = Field("text", description="Plain text, or Markdown with headings marked.")
    references: Literal["keep", "drop"] = Field("keep", description="Whether the bibliography is kept.")
    max_record_bytes: int = Field(
        MAX_RECORD_BYTES, ge=1, le=1 << 31, description="A longer source, unpacked, is quarantined."
    )

    def units(self, root: str) -> list[Unit]:
        return grouped(self.files_of(root))

    def read(self, unit: Unit, skip: int = 0) -> Iterator[Chunk]:
        builder = ChunkBuilder(unit.members[0].source, skip=skip)
        raw = 0
        for member in unit.members:
            with opened(member) as file:
                data = file.read(self.max_record_bytes + 1)
            if data and not builder.passes(raw):  # an empty file has no record
                if builder.full:
                    yield builder.cut(raw)
                try:
                    text, facts = self._converted(data)
                except (Unreadable, Budget) as error:
                    builder.problem(0, str(error), source=member.source)
                else:
                    metadata = orjson.dumps(facts, option=orjson.OPT_SORT_KEYS).decode()
                    builder.add(0, text=text, metadata=metadata, source=member.source)
            raw += member.size
        yield from builder.rest(raw)

    def _converted(self, data: bytes) -> tuple[str, dict[str, Any]]:
        if len(data) > self.max_record_bytes:
            raise Unreadable(f"the source is longer than max_record_bytes ({self.max_record_bytes} bytes)")
        files = source_files(data, self.max_record_bytes)
        main = main_file(files)
        inputs = Inputs(files, main)
        prose = Prose(self.form)
        converter = Converter(prose, inputs, references=self.references == "keep")
        converter.run(decoded(files[main]))
        text = converter.text()
        if not text:
            raise Unreadable("the source has no text")
        facts = {**converter.facts, "commands_unknown": converter.commands_unknown}
        return text, facts | ({"inputs_missing": inputs.missing} if inputs.missing else {})
