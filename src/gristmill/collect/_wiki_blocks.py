"""Lines of wikitext, its templates and links resolved, as headings, paragraphs, lists, tables and code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from posixpath import commonprefix

from gristmill.collect._wiki_inline import plain
from gristmill.collect._wiki_marks import QUOTE_BEGINS, QUOTE_ENDS, Code, Held, Maths, without_gaps
from gristmill.collect._wiki_tables import MAX_DEPTH, Table
from gristmill.records.prose import Form, Prose, one_line

_SPACES = re.compile(" {2,}")
_MAX_LIST = 12


class Blocks:
    """Reads a page line by line and writes it with a `Prose`. A heading with nothing below it is left out."""

    def __init__(self, held: Held, form: Form, *, tables: bool, left_out: frozenset[str]) -> None:
        self._held = held
        self._prose = Prose(form)
        self._markdown = form == "markdown"
        self._tables = tables
        self._left_out = left_out  # headings in lower case
        self._skipping = 0  # the level of the section that is left out
        self._headings: list[tuple[int, str]] = []  # with nothing below them yet
        self._paragraph: list[str] = []
        self._code: list[str] = []
        self._open: list[Table] = []
        self._quotes = 0
        self._numbers: list[int] = []
        self._marks = ""

    def text(self, lines: Iterable[str]) -> str:
        for line in lines:
            self._line(line if self._open else without_gaps(line))
        while self._open:
            self._end_table()
        self._end()
        return self._prose.text()

    def _line(self, line: str) -> None:
        start = line.lstrip()
        if line[:1] not in ("*", "#", ":", ";"):
            self._numbers, self._marks = [], ""
        if start.lstrip(":").lstrip().startswith("{|"):
            if not self._open:
                self._end()
            if len(self._open) < MAX_DEPTH:
                self._open.append(Table())
        elif self._open:
            if start.startswith("|}"):
                self._end_table()
            else:
                self._open[-1].line(line)
        elif start.startswith("=") and line.rstrip().endswith("=") and len(line.strip()) > 2:
            self._heading(line.strip())
        elif self._skipping:
            return
        elif not start:
            self._end()
        elif line[0] in "*#:;":
            self._end()
            self._listed(line)
        elif start[0] in (QUOTE_BEGINS, QUOTE_ENDS):
            self._end()
            self._quotes = max(self._quotes + (1 if start[0] == QUOTE_BEGINS else -1), 0)
        elif line[0] == " " and not self._paragraph:
            self._code.append(line[1:])
        elif not start.startswith("----"):
            piece = self._held.alone(line)
            if isinstance(piece, Code | Maths):
                self._whole(piece)
            else:
                self._end_code()
                self._paragraph.append(line.strip())

    def _whole(self, piece: Code | Maths) -> None:
        self._end()
        self._write_headings()
        if isinstance(piece, Code):
            self._prose.code(piece.text, piece.language)
        else:
            self._prose.maths(piece.latex)

    def _heading(self, line: str) -> None:
        self._end()
        level = min(len(line) - len(line.lstrip("=")), len(line) - len(line.rstrip("=")), 6)
        text = one_line(self._plain(line[level:-level]))
        if self._skipping and level > self._skipping:
            return
        self._skipping = level if text.lower() in self._left_out else 0
        self._headings = [one for one in self._headings if one[0] < level]
        if not self._skipping and text:
            self._headings.append((level, text))

    def _listed(self, line: str) -> None:
        marks = line[: len(line) - len(line.lstrip("*#:;"))]
        piece = self._held.alone(line[len(marks) :])
        if isinstance(piece, Code | Maths) and marks.strip(":") == "":
            self._whole(piece)
            return
        text = self._plain(_spaced(line[len(marks) :])).strip()
        if not text:
            return
        self._write_headings()
        if marks[0] in ":;" and marks[-1] in ":;":
            self._prose.paragraph(text, self._quotes)
            return
        depth = min(len(marks), _MAX_LIST)
        same = len(commonprefix([self._marks, marks]))
        self._numbers = [*self._numbers[:same], *([0] * (depth - min(same, len(self._numbers))))][:depth]
        self._marks = marks
        self._numbers[-1] += 1
        self._prose.item(text, depth - 1, self._numbers[-1] if marks[-1] == "#" else None, self._quotes)

    def _end_table(self) -> None:
        table = self._open.pop()
        if not self._tables or self._skipping:
            return
        rows = [[one_line(self._plain(_spaced(without_gaps(cell)))) for cell in row] for row in table.rows()]
        if self._open:
            self._open[-1].more("; ".join(", ".join(filter(None, row)) for row in rows))
            return
        if not any(any(row) for row in rows):
            return
        self._write_headings()
        if table.caption:
            self._prose.paragraph(self._plain(table.caption))
        if max(map(len, rows)) > 1:
            self._prose.table(rows)
            return
        for row in rows:
            for cell in row:
                self._prose.paragraph(cell)

    def _end(self) -> None:
        """End the paragraph or code that is open."""
        self._end_code()
        if self._paragraph:
            text = self._plain(_spaced(" ".join(self._paragraph)))
            self._paragraph = []
            lines = [one_line(line) for line in text.split("\n")]
            if any(lines):
                self._write_headings()
                self._prose.paragraph("\n".join(lines).strip(), self._quotes)

    def _end_code(self) -> None:
        if self._code:
            text = "\n".join(self._plain(line) for line in self._code)
            self._code = []
            if text.strip():
                self._write_headings()
                self._prose.code(text)

    def _write_headings(self) -> None:
        for level, text in self._headings:
            self._prose.heading(level, text)
        self._headings = []

    def _plain(self, text: str) -> str:
        return plain(text, self._held, code_marks=self._markdown)


def _spaced(line: str) -> str:
    """A line with single spaces, as browsers show it; what code has in it stands elsewhere yet."""
    return _SPACES.sub(" ", line)
