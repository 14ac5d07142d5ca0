"""Code on the pages of a PDF: lines in letters of one width, with their indentation and empty lines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median, median_low

from gristmill.collect._pdf_lines import Line
from gristmill.collect._pdf_words import HYPHEN

_MOST_EMPTY = 2  # lines in a row
_MOST_INDENT = 120
_WIDEST = 1.5  # sizes of letters from line to line


class Listing:
    """Takes blocks of lines in order, over columns and pages, and gives one text."""

    def __init__(self) -> None:
        self._stretches: list[list[Line]] = []  # each of one column of one page
        self._turned = True

    def turn(self) -> None:
        """The page is turned."""
        self._turned = True

    def add(self, block: Sequence[Line]) -> None:
        if self._turned or not self._stretches or self._stretches[-1][-1].column != block[0].column:
            self._stretches.append([])
        self._stretches[-1] += block
        self._turned = False

    def text(self) -> str:
        """All that was added; it begins anew."""
        lines: list[str] = []
        for stretch in self._stretches:
            lines += _written(stretch)
        self._stretches = []
        return "\n".join(lines)


def _written(lines: Sequence[Line]) -> list[str]:
    base = min(line.left for line in lines)
    pitch = median(line.pitch for line in lines)
    down = [below.top - above.top for above, below in pairwise(lines)]
    usual = min(median_low([step for step in down if step > 0] or [0.0]), _WIDEST * lines[0].size)
    found: list[str] = []
    for at, line in enumerate(lines):
        if at and usual:
            found += [""] * max(0, min(round(down[at - 1] / usual) - 1, _MOST_EMPTY))
        text = line.text.replace(HYPHEN, "-").replace("\xad", "")
        found.append(" " * max(0, min(round((line.left - base) / pitch), _MOST_INDENT)) + text)
    return found
