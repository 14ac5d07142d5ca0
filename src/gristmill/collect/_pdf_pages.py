"""The pages of a PDF file, kept on disk, and what only all of them tell: running heads and sizes of letters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import IO

from gristmill.collect._documents import Unreadable
from gristmill.collect._pdf_file import Page, as_page
from gristmill.collect._pdf_lines import Line

_EDGE, _OUTERMOST_EDGE = 0.12, 0.2
"""The share of a page at its top and at its bottom where furniture stands; of the outermost line alone."""

_MOST_EDGE_LINES = 64  # of a page
_MOST_SIZE = 200.0
_OFTEN = 3
_FEW_PAGES = 8


@dataclass(frozen=True, slots=True)
class Faces:
    """How the text of a file is set.

    `body` is the size of most letters, `levels` the level of a heading for each larger size, `typed` whether nearly
    all of the file is in letters of one width, so that these do not mean code; and `bold` whether most is bold, so that
    this does not mean headings.
    """

    body: float
    levels: dict[float, int]
    typed: bool
    bold: bool


class Pages:
    """Pages are added in order, as the process told them, then read back in order without their furniture."""

    def __init__(self, file: IO[bytes], most_characters: int) -> None:
        self._file = file
        self._most = most_characters
        self._written = 0
        self._count = 0
        self._places = Counter[tuple[str, int]]()
        self._sizes = Counter[float]()
        self._mono = self._bold = self._characters = 0

    def add(self, answer: bytes) -> None:
        """Raises Unreadable where the file has more text than a record may have."""
        page = as_page(answer)
        self._count += 1
        self._places.update({_key(line) for line in _at_edges(page)})
        for line in page.lines:
            length = len(line.text)
            self._sizes[_half(line.size)] += length
            self._characters += length
            self._mono += length if line.pitch else 0
            self._bold += length if line.bold else 0
        if self._characters > self._most:
            raise Unreadable(f"its text is longer than max_record_bytes ({self._most} bytes)")
        self._file.seek(self._written)
        self._written += self._file.write(answer)

    @property
    def faces(self) -> Faces:
        body = max(self._sizes, key=lambda size: (self._sizes[size], size), default=10.0)
        large = sorted((size for size in self._sizes if size > 1.1 * body), reverse=True)
        levels = {size: min(at, 3) for at, size in enumerate(large, 1)}
        return Faces(body, levels, 10 * self._mono > 8 * self._characters, 2 * self._bold > self._characters)

    def __iter__(self) -> Iterator[tuple[Page, int]]:
        """Each page without its furniture, and how many lines of it went."""
        at = 0
        while at < self._written:
            self._file.seek(at)
            answer = self._file.readline()
            at += len(answer)
            yield self._bare(as_page(answer))

    def _bare(self, page: Page) -> tuple[Page, int]:
        edges = _at_edges(page)
        gone = {id(line) for line in edges if self._times(line) >= _OFTEN}
        if 4 <= self._count <= _FEW_PAGES and edges:  # a head of every other page comes twice in a short paper
            outermost = min(edges, key=lambda line: line.top)
            gone |= {id(outermost)} if self._times(outermost) == 2 and outermost.text.strip("0123456789 ") else set()
        lines = [line for line in page.lines if id(line) not in gone]
        return replace(page, lines=lines), len(gone)

    def _times(self, line: Line) -> int:
        """On how many pages it stands at about this place."""
        text, place = _key(line)
        return sum(self._places[text, near] for near in (place - 1, place, place + 1))


def heading_size(size: float) -> float:
    """A size as `Faces.levels` has it."""
    return _half(size)


def _half(size: float) -> float:
    return round(min(size, _MOST_SIZE) * 2) / 2


def _at_edges(page: Page) -> Sequence[Line]:
    found = [line for line in page.lines if _is_near(line, page.height, _EDGE)]
    if len(found) > _MOST_EDGE_LINES:  # the outermost
        found.sort(key=lambda line: min(line.top, page.height - line.bottom))
    for line in (min(page.lines, key=_top, default=None), max(page.lines, key=_top, default=None)):
        if line is not None and line not in found and _is_near(line, page.height, _OUTERMOST_EDGE):
            found.insert(0, line)
    return found[:_MOST_EDGE_LINES]


def _top(line: Line) -> float:
    return line.top


def _is_near(line: Line, height: float, edge: float) -> bool:
    return line.bottom < edge * height or line.top > (1 - edge) * height


def _key(line: Line) -> tuple[str, int]:
    """Text with every number as one mark, and the place in steps of 6 points."""
    text = "".join("#" if char.isdigit() else char for char in line.text[:200].lower() if not char.isspace())
    while "##" in text:
        text = text.replace("##", "#")
    return ("#" if text and not text.strip("ivxlc#-–") else text), round(line.top / 6)
