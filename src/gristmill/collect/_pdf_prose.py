"""Lines of a PDF's pages as prose: with paragraphs, headings, lists, tables and notes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from gristmill.collect._folding import is_unspaced
from gristmill.collect._pdf_code import Listing
from gristmill.collect._pdf_joining import joined
from gristmill.collect._pdf_lines import Cell, Line
from gristmill.collect._pdf_pages import Faces, heading_size
from gristmill.collect._pdf_words import HYPHEN
from gristmill.records.prose import Prose

_BULLETS = ("•", "◦", "▪", "‣", "●", "○", "■", "–", "—", "-", "∗", "*", "·")
_REFERENCES = frozenset(
    ("references", "bibliography", "works cited", "literature", "literature cited", "literatur", "références",
     "bibliographie", "referencias", "bibliografía", "riferimenti bibliografici", "referências", "список литературы")
)  # fmt: skip
_CAPTIONS = frozenset(
    ("table", "figure", "fig", "algorithm", "listing", "tabelle", "abbildung", "abb", "tab", "tableau")
)
_ENDS = (".", "!", "?", ":", ";", "”", '"', ")", "。", "．", "！", "？", "」", "）", "؟")
_LEADER = " . . . . "
_SHORT = 120  # characters of a heading at most


class _Column(NamedTuple):
    """Where the lines of a column lie, and how far they usually stand apart."""

    left: float
    right: float
    usual: float


class PageProse:
    """Takes pages in order and writes them; a paragraph goes on over columns and pages, notes wait for its end."""

    def __init__(self, prose: Prose, faces: Faces, *, references: bool) -> None:
        self._prose = prose
        self._references = references
        self._faces = faces
        self._size = faces.body
        self._code = Listing()
        self._open: list[str] = []
        self._notes: list[str] = []
        self._in_references = False

    def page(self, lines: Sequence[Line]) -> None:
        if self._faces.typed:
            lines = [replace(line, pitch=0.0) for line in lines]
        if self._faces.bold:
            lines = [replace(line, bold=False) for line in lines]
        self._code.turn()
        columns = _columns(lines, self._size)
        at = 0
        while at < len(lines):
            rows = _table(lines, at)
            if rows:
                self._end()
                if self._wanted():
                    self._prose.table([[joined([cell.text]) for cell in line.cells] for line in lines[at : at + rows]])
                at += rows
                continue
            stop = _paragraph_end(lines, at, columns[lines[at].column])
            self._block(lines[at:stop])
            at = stop

    def end(self) -> None:
        self._end()

    def _block(self, block: Sequence[Line]) -> None:
        first = block[0]
        if all(line.pitch for line in block) and heading_size(first.size) not in self._faces.levels:
            self._end_text()
            self._code.add(block)
            return
        self._end_code()
        text = joined([line.text for line in block])
        level = self._heading_level(block, text)
        if level:
            self._end()
            named = text.lower().lstrip("0123456789. ").rstrip(". :")
            self._in_references = named in _REFERENCES
            if self._wanted():
                self._prose.heading(level, text)
        elif (
            first.size < 0.93 * self._size
            and self._open
            and not self._code
            and not self._open[-1].rstrip().endswith(_ENDS)
        ):
            self._notes.append(text)  # a footnote or caption in the middle of a paragraph
        elif self._open and _goes_on(self._open[-1], text, first, self._size):
            self._open.append(text)
        else:
            self._end()
            self._open = [text]

    def _heading_level(self, block: Sequence[Line], text: str) -> int:
        if len(text) > _SHORT or len(block) > 3 or not _has_words(text):
            return 0
        if _is_caption(text) or text.partition(" ")[0] in _BULLETS or "@" in text:
            return 0
        size = heading_size(median(line.size for line in block))
        if size in self._faces.levels:
            return self._faces.levels[size]
        strong = all(line.bold for line in block) and not text.endswith((".", ",", ";", "-"))
        return min(len(self._faces.levels) + 1, 4) if strong or text.lower().strip() in _REFERENCES else 0

    def _wanted(self) -> bool:
        return self._references or not self._in_references

    def _end(self) -> None:
        self._end_text()
        self._end_code()

    def _end_code(self) -> None:
        code = self._code.text()
        if code and self._wanted():
            self._prose.code(code)

    def _end_text(self) -> None:
        for text in [joined(self._open), *self._notes]:
            if text and self._wanted():
                mark, _, rest = text.partition(" ")
                number = _item_number(text)
                if number is not None:
                    self._prose.item(rest, number=number)
                elif mark in _BULLETS and rest:
                    self._prose.item(rest)
                else:
                    self._prose.paragraph(text)
        self._open, self._notes = [], []


def _goes_on(before: str, text: str, first: Line, size: float) -> bool:
    if before.endswith(HYPHEN):
        return True
    alike = abs(first.size - size) < 0.1 * size
    return alike and not before.rstrip().endswith(_ENDS) and text[:1].islower()


def _columns(lines: Sequence[Line], body: float) -> dict[int, _Column]:
    """The columns of a page by their numbers."""
    grouped: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        grouped[line.column].append(line)
    return {number: _column(column, body) for number, column in grouped.items()}


def _column(lines: Sequence[Line], body: float) -> _Column:
    gaps = [below.top - above.top for above, below in pairwise(lines)]
    usual = median([gap for gap in gaps if 0.8 * body < gap < 2.2 * body] or [1.2 * body])
    return _Column(min(line.left for line in lines), max(line.right for line in lines), usual)


def _paragraph_end(lines: Sequence[Line], at: int, column: _Column) -> int:
    """The line after the paragraph that begins at `at`."""
    stop = at + 1
    while stop < len(lines) and not _breaks(lines[stop - 1], lines[stop], column, stop - at):
        stop += 1
    return stop


def _breaks(above: Line, line: Line, column: _Column, count: int) -> bool:
    apart = line.top - above.top
    if above.pitch and line.pitch:
        return line.column != above.column or apart > 1.8 * column.usual
    moved = abs(line.left - above.left) > 0.3 * line.size or apart > 1.1 * column.usual
    if moved and bool(above.pitch) != bool(line.pitch):
        return True
    if line.column != above.column or abs(line.size - above.size) > 0.08 * above.size:
        return True
    if apart > max(1.3 * column.usual, 1.4 * line.size) or line.bold != above.bold:
        return True
    if _LEADER in above.text or _LEADER in line.text:  # lists of contents
        return True
    ended = above.text.endswith(_ENDS)
    if line.text.partition(" ")[0] in _BULLETS or _numbered(line.text):
        return True
    if _item_number(line.text) and (ended or _item_number(above.text) or _is_short(above, column)):
        return True
    indent = line.left - above.left
    if count > 1 and 0.7 * line.size < indent < 4 * line.size and above.left - column.left < 0.5 * line.size:
        return True  # the first line of the next paragraph
    return _is_short(above, column) and ended


def _is_short(line: Line, column: _Column) -> bool:
    return column.right - line.right > 0.25 * (column.right - column.left)


def _item_number(text: str) -> int | None:
    """That of an item of a list: `2. ...`."""
    mark, _, rest = text.partition(" ")
    digits = mark[:-1]
    is_mark = mark.endswith(".") and digits.isascii() and digits.isdigit() and len(digits) < 3
    return int(digits) if is_mark and rest else None


def _has_words(text: str) -> bool:
    """Whether there is a word of three letters, or one in Chinese or Japanese: formulas are often set large."""
    return any(sum(map(str.isalpha, word)) >= 3 or is_unspaced(word[0]) for word in text.split())


def _is_caption(text: str) -> bool:
    """`Table 2: ...`, `Fig. 3`."""
    mark, _, rest = text.partition(" ")
    return mark.lower().rstrip(".") in _CAPTIONS and rest[:1].isdigit()


def _numbered(text: str) -> bool:
    """`[12] ...`: an entry of a list of references."""
    mark = text.partition(" ")[0]
    return mark.startswith("[") and mark.endswith("]") and len(mark) < 8 and mark[1:-1].isalnum()


def _table(lines: Sequence[Line], at: int) -> int:
    """How many lines from here are rows of a table: at least three, equally many cells, begun at the same places."""
    cells = len(lines[at].cells)
    if cells < 2:
        return 0
    stop = at + 1
    while stop < len(lines) and _same_row(lines[at], lines[stop]):
        stop += 1
    return stop - at if stop - at >= 3 else 0


def _same_row(one: Line, other: Line) -> bool:
    return (
        one.column == other.column
        and len(one.cells) == len(other.cells)
        and all(_aligned(a, b, one.size) for a, b in zip(one.cells, other.cells, strict=True))
    )


def _aligned(one: Cell, other: Cell, size: float) -> bool:
    """Whether cells of one column: they begin, end or have their middle at one place."""
    left, right = abs(one.left - other.left), abs(one.right - other.right)
    return min(left, right) < 2 * size or abs(one.left + one.right - other.left - other.right) < 2 * size
