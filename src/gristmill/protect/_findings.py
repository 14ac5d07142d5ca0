"""What is found against the use of each record: counts for rules, and the evidence in words."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa

_LONGEST = 500  # characters of the evidence of a record
_MOST_NAMED = 4


class Findings:
    """Of a batch of records. A count is null until somebody looked: `looked`, or `add`."""

    def __init__(self, rows: int, names: Iterable[str]) -> None:
        self._counts = {name: np.full(rows, -1, np.int64) for name in names}
        self._said: dict[int, list[str]] = {}
        self._rows = rows

    def looked(self, name: str, rows: Iterable[int]) -> None:
        """There was something that could have said it."""
        at = np.fromiter(rows, np.int64)
        counts = self._counts[name]
        counts[at] = np.maximum(counts[at], 0)

    def add(self, name: str, row: int, count: int, said: str) -> None:
        """It was said so often."""
        counts = self._counts[name]
        counts[row] = max(counts[row], 0) + count
        sayings = self._said.setdefault(row, [])
        if said not in sayings:  # one tag may say two things
            sayings.append(said)

    def counts(self) -> dict[str, pa.Array]:
        """By name."""
        return {name: pa.array(counts, mask=counts < 0) for name, counts in self._counts.items()}

    def evidence(self) -> pa.Array:
        """In words, null where nothing was found."""
        labels = {row: printable("; ".join(said)) for row, said in self._said.items()}
        return pa.array([labels.get(row) for row in range(self._rows)], pa.string())


def named(agents: list[str]) -> str:
    """Some names, not too many."""
    more = len(agents) - _MOST_NAMED
    return ", ".join(agents[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def printable(text: str) -> str:
    """Shortened, without what no one should print."""
    short = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return "".join(c if c.isprintable() else "\ufffd" for c in short)
