"""Jupyter notebooks: text and code in the order of their cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import orjson
from pydantic import Field

from gristmill.collect._compressed import with_compression
from gristmill.collect._file_records import FileReader, FileRecord
from gristmill.records.prose import Form, Prose, one_line

_ESCAPE = "\x1b["


class Notebook(FileReader):
    """Notebooks (nbformat 3 and 4), one record each. Cells of text are in Markdown already and stay as they are."""

    suffixes = with_compression(".ipynb")

    outputs: Literal["drop", "keep"] = Field(
        "drop", description="What cells printed and returned, as far as it is text."
    )
    max_output_chars: int = Field(2000, ge=1, description="Characters of one output that are kept, from its beginning.")
    form: Form = Field("markdown", description="Code in fences, or as plain text.")

    def record(self, data: bytes, source: str) -> FileRecord | str:
        try:
            notebook = orjson.loads(data)
        except orjson.JSONDecodeError as error:
            return f"the file is not JSON: {error.msg} (character {error.pos} of it)"
        cells = _cells(notebook)
        if cells is None:
            return "the file is JSON, but no notebook: it has no list of cells"
        metadata = _object(notebook.get("metadata"))
        language = _language(metadata, cells)
        prose = Prose(self.form)
        title = ""
        for cell in cells:
            kind = cell.get("cell_type")
            text = _text(cell.get("source", cell.get("input"))).replace("\r\n", "\n")
            if kind == "code":
                prose.code(text, language)
                for output in self._outputs(cell):
                    prose.code(output)
            elif kind == "heading":  # nbformat 3
                level = cell.get("level")
                prose.heading(level if isinstance(level, int) else 1, text)
                title = title or one_line(text)
            else:
                prose.paragraph(_without_data_urls(text))
                title = title or _heading(text)
        text = prose.text()
        if not text:
            return "the notebook has no cell with text"
        facts = {
            "title": title[:300],
            "programming_language": language,
            "kernel": _name(_object(metadata.get("kernelspec")).get("display_name")),
            "authors": [name for one in _list(metadata.get("authors")) if (name := _name(_object(one).get("name")))],
            "cells": len(cells),
            "code_cells": sum(cell.get("cell_type") == "code" for cell in cells),
        }
        return FileRecord(text, facts)

    def _outputs(self, cell: Mapping[str, Any]) -> Iterator[str]:
        if self.outputs == "drop":
            return
        for output in map(_object, _list(cell.get("outputs"))):
            data = _object(output.get("data"))
            kind = output.get("output_type")
            if kind in ("error", "pyerr"):
                text = f"{_name(output.get('ename'))}: {_text(output.get('evalue'))}"
            else:
                text = _text(data.get("text/plain") or data.get("text/markdown") or output.get("text"))
            yield _without_colours(text)[: self.max_output_chars]


def _cells(notebook: Any) -> list[dict[str, Any]] | None:
    found = _object(notebook)
    cells = found.get("cells")
    if not isinstance(cells, list):
        sheets = found.get("worksheets")
        if not isinstance(sheets, list):
            return None
        cells = [cell for sheet in sheets for cell in _list(_object(sheet).get("cells"))]
    return [cell for cell in cells if isinstance(cell, dict)]


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _name(value: Any) -> str:
    return one_line(value)[:200] if isinstance(value, str) else ""


def _text(value: Any) -> str:
    """A multi-line string, which notebooks keep whole or as a list of lines."""
    if isinstance(value, list):
        return "".join(line for line in value if isinstance(line, str))
    return value if isinstance(value, str) else ""


def _language(metadata: Mapping[str, Any], cells: list[dict[str, Any]]) -> str:
    told = (
        _object(metadata.get("language_info")).get("name"),
        _object(metadata.get("kernelspec")).get("language"),
        metadata.get("language"),
        *(cell.get("language") for cell in cells[:1]),
    )
    return next((name.lower() for one in told if (name := _name(one))), "")


def _heading(text: str) -> str:
    line = next((line for line in text.split("\n") if line.startswith("# ")), "")
    return one_line(line.lstrip("#"))


def _without_colours(text: str) -> str:
    """A text without the control sequences of terminals."""
    first, *rest = text.split(_ESCAPE)
    return first + "".join(piece.lstrip("0123456789;")[1:] for piece in rest)


def _without_data_urls(text: str) -> str:
    """A text without the pictures that are written out in it (`data:image/png;base64,...`)."""
    first, *rest = text.split(";base64,")
    out = [first]
    for piece in rest:
        end = min((at for mark in (")", '"', "'", ">", " ", "\n") if (at := piece.find(mark)) >= 0), default=len(piece))
        out.append(piece[end:])
    return ";base64,".join(out)
