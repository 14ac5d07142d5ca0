"""The funnel from read to kept: what goes into each line and what comes out, in records, bytes and words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

READ_STEP = "read"


@dataclass(slots=True)
class Funnel:
    """Counts by line, in order; two funnels over the same lines can be added."""

    steps: dict[str, dict[str, int]] = field(default_factory=dict)

    def read(self, records: int, size: int, words: int, quarantined: int) -> None:
        """What was read; `words` are those of records that came as texts, for those of pages are not known yet."""
        self._add(
            READ_STEP,
            records_in=records,
            bytes_in=size,
            words_in=words,
            records_out=records - quarantined,
            words_out=words,
            quarantined=quarantined,
        )

    def line(
        self, name: str, records: int, size: int, words: int, *, dropped: int, merged: int, quarantined: int
    ) -> None:
        self._add(
            name,
            records_out=records,
            bytes_out=size,
            words_out=words,
            dropped=dropped,
            merged=merged,
            quarantined=quarantined,
        )

    def add(self, other: list[tuple[str, dict[str, int]]]) -> None:
        """Add the counts of a part, as `as_json` gave them."""
        for name, counts in other:
            self._add(name, **counts)

    def as_json(self) -> list[tuple[str, dict[str, int]]]:
        """The counts by line in order, which an object with sorted keys would lose."""
        return list(self.steps.items())

    def entries(self) -> list[dict[str, Any]]:
        """One entry a line for the manifest, what comes in filled from what came out before."""
        out: list[dict[str, Any]] = []
        for name, counts in self.steps.items():
            entry = {"step": name, **dict.fromkeys(_COUNTS, 0), **counts}
            if out:
                for unit in ("records", "bytes", "words"):
                    entry[f"{unit}_in"] = out[-1][f"{unit}_out"]
            else:
                entry["bytes_out"] = entry["bytes_in"]
            out.append(entry)
        return out

    def totals(self) -> dict[str, int]:
        """The books: read = kept + dropped + merged + quarantined."""
        entries = list(self.steps.values())
        counts = {what: sum(entry.get(what, 0) for entry in entries) for what in ("dropped", "merged", "quarantined")}
        read = self.steps.get(READ_STEP, {}).get("records_in", 0)
        kept = entries[-1].get("records_out", 0) if entries else 0
        return {"read": read, "kept": kept, **counts}

    def _add(self, name: str, **counts: int) -> None:
        mine = self.steps.setdefault(name, {})
        for what, count in counts.items():
            mine[what] = mine.get(what, 0) + count


_COUNTS = (
    "records_in",
    "bytes_in",
    "words_in",
    "records_out",
    "bytes_out",
    "words_out",
    "dropped",
    "merged",
    "quarantined",
)
