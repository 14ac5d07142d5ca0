"""Lines of a PDF page in reading order: words into fragments, fragments into columns, columns into lines."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from gristmill.collect._pdf_words import HYPHEN, Word

_MOST_COLUMNS = 3  # cuts within cuts
_LIKELY = 24  # places that are looked at closely


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text. `cells` are its parts where wide gaps lie between; `column` counts columns over the page."""

    cells: tuple[tuple[float, str], ...]
    left: float
    top: float
    right: float
    bottom: float
    size: float
    bold: bool
    column: int = 0
    pitch: float = 0.0  # the width of a letter where all are of one width, else 0

    @property
    def text(self) -> str:
        return " ".join(text for _, text in self.cells)


def as_row(line: Line) -> list[Any]:
    """A line as a row of JSON; numbers to a hundredth of a point."""
    cells = [[round(left, 2), text] for left, text in line.cells]
    place = [round(at, 2) for at in (line.left, line.top, line.right, line.bottom, line.size)]
    return [cells, *place, line.bold, line.column, round(line.pitch, 3)]


def from_row(row: list[Any]) -> Line:
    cells, left, top, right, bottom, size, bold, column, pitch = row
    return Line(tuple((at, text) for at, text in cells), left, top, right, bottom, size, bold, column, pitch)


def page_lines(words: Sequence[Word]) -> list[Line]:
    """The lines of a page, as they are read: down a column, then the next; what spans columns parts them."""
    ordered: list[Line] = []
    for column, fragments in enumerate(_columns(_fragments(words), 0)):
        ordered += _rows(fragments, column)
    return ordered


def _fragments(words: Sequence[Word]) -> list[Line]:
    """Words that follow each other closely in the content stream, on one baseline."""
    runs: list[list[Word]] = []
    for word in words:
        last = runs[-1][-1] if runs else None
        if last is None or last.ends_line or not _follows(last, word):
            runs.append([])
        runs[-1].append(word)
    return [_fragment(run) for run in runs]


def _follows(last: Word, word: Word) -> bool:
    size = max(last.size, word.size)
    overlap = min(last.bottom, word.bottom) - max(last.top, word.top)
    gap = last.left - word.right if _from_right(word.text) else word.left - last.right
    return overlap > 0.3 * min(last.bottom - last.top, word.bottom - word.top) and -0.5 * size < gap < 1.2 * size


def _from_right(text: str) -> bool:
    return unicodedata.bidirectional(text[0]) in ("R", "AL") if text else False


def _fragment(run: Sequence[Word]) -> Line:
    text = " ".join(word.text for word in run)
    letters = sum(len(word.text) for word in run) or 1
    # Marks of footnotes and exponents are small: the size is that of most letters.
    size = median(word.size for word in run for _ in range(min(len(word.text), 40)))
    bold = 2 * sum(len(word.text) for word in run if word.bold) > letters
    left = min(word.left for word in run)
    top, bottom = min(word.top for word in run), max(word.bottom for word in run)
    return Line(((left, text),), left, top, max(word.right for word in run), bottom, size, bold)


def _columns(fragments: list[Line], depth: int) -> list[list[Line]]:
    """Groups in reading order. A gutter that few fragments cross parts the rest into left and right."""
    gutter = _gutter(fragments) if depth < _MOST_COLUMNS else None
    if gutter is None:
        return [fragments] if fragments else []
    groups: list[list[Line]] = []
    band: list[Line] = []
    for line in sorted(fragments, key=lambda line: line.top):
        if line.left < gutter < line.right:
            groups += _sides(band, gutter, depth)
            band = []
            groups.append([line])
        else:
            band.append(line)
    return _joined(groups + _sides(band, gutter, depth), gutter)


def _sides(band: list[Line], gutter: float, depth: int) -> list[list[Line]]:
    left = [line for line in band if line.right <= gutter]
    right = [line for line in band if line.right > gutter]
    return _columns(left, depth + 1) + _columns(right, depth + 1)


def _joined(groups: list[list[Line]], gutter: float) -> list[list[Line]]:
    """Spanning lines that follow each other are one group again."""
    joined: list[list[Line]] = []
    spans_before = False
    for group in groups:
        spans = len(group) == 1 and group[0].left < gutter < group[0].right
        if spans and spans_before:
            joined[-1] += group
        else:
            joined.append(list(group))
        spans_before = spans
    return joined


def _gutter(fragments: Sequence[Line]) -> float | None:
    """The x that parts columns of running text; None where there are none (a table or a list of contents is none)."""
    if len(fragments) < 8:
        return None
    low, high = min(line.left for line in fragments), max(line.right for line in fragments)
    width = high - low
    edges = sorted({round(line.right) + 1.0 for line in fragments if 0.15 < (line.right - low) / (width or 1) < 0.85})
    begun, ended = sorted(line.left for line in fragments), sorted(line.right for line in fragments)
    crossing = {x: bisect_left(begun, x) - bisect_right(ended, x) for x in edges}
    likely = sorted((x for x in edges if crossing[x] <= 0.4 * len(fragments)), key=lambda x: (crossing[x], x))
    return next((x for x in likely[:_LIKELY] if _parts(fragments, x, low, high)), None)


def _parts(fragments: Sequence[Line], x: float, low: float, high: float) -> bool:
    left = [line for line in fragments if line.right <= x]
    right = [line for line in fragments if line.left >= x]
    if min(len(left), len(right)) < 4:
        return False
    begins = min(line.left for line in right)
    if begins - max(line.right for line in left) < 3:
        return False
    # Lines of running text fill their column; cells, and numbers of pages, do not.
    return all(
        _wide(side) > 0.75 * extent and extent > 0.18 * (high - low)
        for side, extent in ((left, max(line.right for line in left) - low), (right, high - begins))
    )


def _wide(side: Sequence[Line]) -> float:
    """A width that a quarter of the lines have at least."""
    return sorted(line.right - line.left for line in side)[3 * len(side) // 4]


def _rows(fragments: Sequence[Line], column: int) -> list[Line]:
    """Fragments of one column on one baseline are one line."""
    rows: list[list[Line]] = []
    for line in sorted(fragments, key=lambda line: ((line.top + line.bottom) / 2, line.left)):
        middle = (line.top + line.bottom) / 2
        last = rows[-1] if rows else None
        if last is not None and abs(middle - (last[0].top + last[0].bottom) / 2) < 0.4 * max(line.size, last[0].size):
            last.append(line)
        else:
            rows.append([line])
    return [_row(row, column) for row in rows]


def _row(row: list[Line], column: int) -> Line:
    from_right = sum(_from_right(part.text) for part in row) * 2 > len(row)
    row.sort(key=lambda part: -part.right if from_right else part.left)
    cells: list[tuple[float, str]] = []
    last: Line | None = None
    for part in row:
        gap = 0.0 if last is None else (last.left - part.right if from_right else part.left - last.right)
        if last is not None and gap < 1.5 * max(part.size, last.size):
            space = "" if cells[-1][1].endswith(HYPHEN) or gap < 0.12 * part.size else " "
            cells[-1] = (cells[-1][0], cells[-1][1] + space + part.text)
        else:
            cells.append((part.left, part.text))
        last = part
    widest = max(row, key=lambda part: len(part.text))
    top, bottom = min(part.top for part in row), max(part.bottom for part in row)
    left, right = min(part.left for part in row), max(part.right for part in row)
    return Line(tuple(cells), left, top, right, bottom, widest.size, widest.bold, column)
