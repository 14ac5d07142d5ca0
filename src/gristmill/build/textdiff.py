"""What changed between two texts: lines first, then the words inside changed lines, with bounded work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest
from typing import Literal

MOST_CHARACTERS = 400_000
MOST_LINES = 5_000
MOST_LINE_EDITS = 500
MOST_WORD_EDITS = 120
LIKE = 0.3
"""Two lines are shown as one that changed when this share of their characters is the same."""


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A line beside what became of it; a side is empty where there is nothing on it."""

    kind: Literal["same", "gone", "new", "changed"]
    left: tuple[Piece, ...]
    right: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Skip:
    """A run of equal lines that is not shown."""

    lines: int


@dataclass(frozen=True, slots=True)
class Diff:
    rows: tuple[Row, ...]
    omitted: int
    """Characters of the longer text that were not compared."""

    def hunks(self, context: int = 2) -> list[Row | Skip]:
        """The rows, without the equal lines farther than `context` lines from a change."""
        changes = [index for index, row in enumerate(self.rows) if row.kind != "same"]
        near = {at for index in changes for at in range(index - context, index + context + 1)}
        out: list[Row | Skip] = []
        for shown, run in groupby(enumerate(self.rows), lambda item: item[0] in near):
            rows = [row for _, row in run]
            out += rows if shown or len(rows) == 1 else [Skip(len(rows))]
        return out


def compare(before: str, after: str) -> Diff:
    """The difference of two texts by line; beyond the bounds above only their beginnings are compared."""
    old, old_rest = _lines(before)
    new, new_rest = _lines(after)
    rows: list[Row] = []
    x = y = 0
    for i, j in [*(_common(old, new, MOST_LINE_EDITS) or []), (len(old), len(new))]:
        rows += _replaced(old[x:i], new[y:j])
        if i < len(old) and j < len(new):
            rows.append(Row("same", (Piece(old[i], False),), (Piece(new[j], False),)))
        x, y = i + 1, j + 1
    return Diff(tuple(rows), max(old_rest, new_rest))


def _lines(text: str) -> tuple[list[str], int]:
    lines = text[:MOST_CHARACTERS].split("\n")
    shown = lines[:MOST_LINES]
    return shown, len(text) - sum(map(len, shown)) - len(shown) + 1


def _replaced(gone: Sequence[str], new: Sequence[str]) -> list[Row]:
    rows = []
    for left, right in zip_longest(gone, new):
        if right is None:
            rows.append(Row("gone", (Piece(left, True),), ()))
        elif left is None:
            rows.append(Row("new", (), (Piece(right, True),)))
        else:
            rows.append(Row("changed", *_words(left, right)))
    return rows


def _words(left: str, right: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    a, b = _tokens(left), _tokens(right)
    pairs = _common(a, b, MOST_WORD_EDITS) or []
    if 2 * sum(len(a[i]) for i, _ in pairs) < LIKE * (len(left) + len(right)):
        return (Piece(left, True),), (Piece(right, True),)
    return _pieces(a, {i for i, _ in pairs}), _pieces(b, {j for _, j in pairs})


def _tokens(line: str) -> list[str]:
    return ["".join(run) for _, run in groupby(line, str.isspace)]


def _pieces(tokens: Sequence[str], same: set[int]) -> tuple[Piece, ...]:
    runs = groupby(enumerate(tokens), lambda item: item[0] not in same)
    return tuple(Piece("".join(token for _, token in run), changed) for changed, run in runs)


def _common(a: Sequence[str], b: Sequence[str], most_edits: int) -> list[tuple[int, int]] | None:
    """Index pairs of a longest common subsequence; None where it takes more edits (E. W. Myers, 1986)."""
    ends = {1: 0}
    trace = []
    for edits in range(min(len(a) + len(b), most_edits) + 1):
        trace.append(ends.copy())
        for k in range(-edits, edits + 1, 2):
            x = ends[k + 1] if _down(ends, k, edits) else ends[k - 1] + 1
            while x < len(a) and x - k < len(b) and a[x] == b[x - k]:
                x += 1
            ends[k] = x
            if x >= len(a) and x - k >= len(b):
                return _walked_back(trace, len(a), len(b))
    return None


def _down(ends: dict[int, int], k: int, edits: int) -> bool:
    return k == -edits or (k != edits and ends[k - 1] < ends[k + 1])


def _walked_back(trace: list[dict[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    pairs = []
    for edits in range(len(trace) - 1, -1, -1):
        k = x - y
        from_k = k + 1 if _down(trace[edits], k, edits) else k - 1
        from_x = trace[edits][from_k]
        from_y = from_x - from_k
        while x > from_x and y > from_y:
            x, y = x - 1, y - 1
            pairs.append((x, y))
        x, y = from_x, from_y
    return pairs[::-1]
