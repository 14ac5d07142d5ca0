"""Lines of a PDF page in reading order: words into fragments, fragments into columns, columns into lines."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any, NamedTuple

from gristmill.collect._pdf_words import HYPHEN, Word

_HEBREW = "\u0590"  # the first letters that are read from the right
_MOST_COLUMNS = 3  # cuts within cuts
_LIKELY = 24  # places that are looked at closely
_WIDE_GAP = 0.95  # sizes of letters; wider than spaces of a line that is set full
_GAP_IN_CODE = 6.0
_MOST_SPACES = 120
_ALL = 0.9
_LONGEST_MARK = 12  # characters that are raised or lowered


class Cell(NamedTuple):
    """A part of a line, with wide gaps on both sides."""

    left: float
    right: float
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text. `cells` are its parts where wide gaps lie between; `column` counts columns over the page."""

    cells: tuple[Cell, ...]
    left: float
    top: float
    right: float
    bottom: float
    size: float
    bold: bool
    column: int = 0
    pitch: float = 0.0  # the width of a letter where all are of one width, else 0
    words: tuple[Word, ...] = ()  # of a fragment with letters that are read from the right

    @property
    def text(self) -> str:
        return " ".join(cell.text for cell in self.cells)


def as_row(line: Line) -> list[Any]:
    """A line as a row of JSON; numbers to a hundredth of a point."""
    cells = [[round(cell.left, 2), round(cell.right, 2), cell.text] for cell in line.cells]
    place = [round(at, 2) for at in (line.left, line.top, line.right, line.bottom, line.size)]
    return [cells, *place, line.bold, line.column, round(line.pitch, 3)]


def from_row(row: list[Any]) -> Line:
    cells, left, top, right, bottom, size, bold, column, pitch = row
    return Line(tuple(Cell(*cell) for cell in cells), left, top, right, bottom, size, bold, column, pitch)


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
    far = _GAP_IN_CODE if last.mono and word.mono else _WIDE_GAP
    return overlap > 0.3 * min(last.bottom - last.top, word.bottom - word.top) and -0.5 * size < gap < far * size


def _from_right(text: str) -> bool:
    return max(text, default="") >= _HEBREW and any(unicodedata.bidirectional(char) in ("R", "AL") for char in text[:8])


def _fragment(run: Sequence[Word]) -> Line:
    letters = sum(len(word.text) for word in run) or 1
    mono = sum(len(word.text) for word in run if word.mono) >= _ALL * letters
    pitch = median((word.right - word.left) / len(word.text) for word in run) if mono else 0.0
    text = run[0].text
    for before, word in pairwise(run):
        text += _space(word.left - before.right, pitch) + word.text
    # Marks of footnotes and exponents are small: the size is that of most letters.
    size = median(word.size for word in run for _ in range(min(len(word.text), 40)))
    bold = sum(len(word.text) for word in run if word.bold) >= _ALL * letters
    left, right = min(word.left for word in run), max(word.right for word in run)
    top, bottom = min(word.top for word in run), max(word.bottom for word in run)
    words = tuple(run) if any(_from_right(word.text) for word in run) else ()
    return Line((Cell(left, right, text),), left, top, right, bottom, size, bold, 0, pitch, words)


def _space(gap: float, pitch: float) -> str:
    """What stands in a gap between words; where letters are of one width, as many spaces as fit."""
    return " " * max(min(round(gap / pitch), _MOST_SPACES), 1) if pitch > 0 else " "


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
    """Fragments of one column on one baseline are one line, with what is raised or lowered beside them."""
    rows: list[list[Line]] = []
    for line in sorted(fragments, key=lambda line: ((line.top + line.bottom) / 2, line.left)):
        last = rows[-1] if rows else None
        if last is not None and _beside(max(last, key=_width), line):
            last.append(line)
        else:
            rows.append([line])
    return [_row(row, column) for row in rows]


def _beside(one: Line, other: Line) -> bool:
    """Whether they stand on one baseline, or one is a sign that is raised, lowered or large beside the other."""
    lower, upper = sorted((one.size, other.size))
    if abs(one.top + one.bottom - other.top - other.bottom) / 2 < 0.4 * lower:
        return True
    overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
    is_mark = lower < 0.85 * upper and len(min(one, other, key=_width).text) <= _LONGEST_MARK
    return is_mark and overlap > 0.5 * min(one.bottom - one.top, other.bottom - other.top)


def _width(part: Line) -> float:
    return part.right - part.left


def _row(row: list[Line], column: int) -> Line:
    if any(part.words for part in row):
        words = [word for part in row for word in part.words or (_as_word(part),)]
        if 2 * sum(_from_right(word.text) for word in words) > len(words):
            return _row_from_right(row, words, column)
    row.sort(key=lambda part: part.left)
    cells: list[Cell] = []
    last: Line | None = None
    for part in row:
        gap = 0.0 if last is None else part.left - last.right
        if last is not None and part.pitch and last.pitch:
            cells[-1] = _joined_cell(cells[-1], part, _space(gap, part.pitch))
        elif last is not None and gap < _WIDE_GAP * max(part.size, last.size):
            space = "" if cells[-1].text.endswith(HYPHEN) or gap < 0.12 * part.size else " "
            cells[-1] = _joined_cell(cells[-1], part, space)
        else:
            cells.append(Cell(part.left, part.right, part.text))
        last = part
    bold = sum(len(part.text) for part in row if part.bold) >= _ALL * sum(len(part.text) for part in row)
    widest = max(row, key=lambda part: (part.right - part.left) * part.size)
    left, right = min(part.left for part in row), max(part.right for part in row)
    pitch = widest.pitch if all(part.pitch for part in row) else 0.0
    return Line(tuple(cells), left, widest.top, right, widest.bottom, widest.size, bold, column, pitch)


def _joined_cell(cell: Cell, part: Line, space: str) -> Cell:
    return Cell(min(cell.left, part.left), max(cell.right, part.right), cell.text + space + part.text)


def _as_word(part: Line) -> Word:
    return Word(part.text, part.left, part.top, part.right, part.bottom, part.size, part.bold, False, False)


def _row_from_right(row: list[Line], words: list[Word], column: int) -> Line:
    """A line that is read from the right: within it, words of other letters from the left."""
    words.sort(key=lambda word: -word.right)
    ordered: list[Word] = []
    other: list[Word] = []
    for word in words:
        if _from_right(word.text):
            ordered += [*reversed(other), word]
            other = []
        else:
            other.append(word)
    ordered += reversed(other)
    text = ordered[0].text
    for before, word in pairwise(ordered):
        near = word.left - before.right if before.left < word.left else before.left - word.right
        text += ("" if near < 0.05 * word.size else " ") + word.text
    left, right = min(part.left for part in row), max(part.right for part in row)
    widest = max(row, key=lambda part: (part.right - part.left) * part.size)
    cell = Cell(left, right, text)
    return Line((cell,), left, widest.top, right, widest.bottom, widest.size, widest.bold, column)
