"""What another threshold would keep: a slider over exact counts, and the same counts as a table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from gristmill.document import figures
from gristmill.document.markup import Html, tag
from gristmill.document.section import folded, table
from gristmill.document.tallies import Side, Tally

_EACH_WAY = 3
"""Thresholds that the table shows on either side of the one in force."""


@dataclass(frozen=True, slots=True)
class Counts:
    """For each threshold that can be tried: how many records the rule would break, and the step pass on."""

    side: Side
    bounds: tuple[float, ...]
    broken: tuple[int, ...]
    kept: tuple[int, ...]
    seen: int

    @property
    def now(self) -> int:
        """The index of the threshold in force."""
        return self.bounds.index(self.side.bound)

    def spelt(self, index: int) -> str:
        return f"{self.side.sign} {figures.value(self.bounds[index])}"


def counts(tally: Tally, at: int, kept: int) -> Counts:
    """The counts of one side of a signal's rules; `kept` is what the step passed on.

    Only records that break no other rule of the step come back, or go, when this threshold moves.
    """
    side, alone = tally.sides[at], tally.alone[at]
    bounds = tuple(sorted({*tally.axis.edges, side.bound}))
    lost = side.broken(alone, side.bound)
    return Counts(
        side,
        bounds,
        tuple(side.broken(tally.all, bound) for bound in bounds),
        tuple(kept + lost - side.broken(alone, bound) for bound in bounds),
        tally.all.total,
    )


def control(tally: Tally, found: Counts, ident: str) -> Html:
    """The slider, which moves the line `ident` of the chart, and the table for paper and without script."""
    data = {
        "bounds": [figures.value(bound) for bound in found.bounds],
        "broken": found.broken,
        "kept": found.kept,
        "seen": found.seen,
        "at": [round(tally.axis.at(bound), 2) for bound in found.bounds],
    }
    box = {
        "class": "whatif",
        "data-line": ident,
        "data-sign": found.side.sign,
        "data-now": found.now,
        "data-counts": json.dumps(data, separators=(",", ":")),
    }
    slider = {"type": "range", "min": 0, "max": len(found.bounds) - 1, "value": found.now, "disabled": True}
    name = tag("span", None, found.side.rule.reason)
    return tag(
        "div",
        box,
        tag("label", None, name, tag("output", {"title": "back to the recipe's threshold"}, found.spelt(found.now))),
        tag("input", {**slider, "aria-label": f"threshold of {tally.signal.name}"}),
        tag("p", "told", _told(found)),
        folded("as a table", _table(found)),
    )


def _told(found: Counts) -> str:
    broken = found.broken[found.now]
    share = figures.percent(broken, found.seen)
    return f"broken by {figures.count(broken)} ({share}); the step keeps {figures.count(found.kept[found.now])}"


def _table(found: Counts) -> Html:
    rows = [
        [
            tag("b" if index == found.now else "span", None, found.spelt(index)),
            figures.count(found.broken[index]),
            figures.percent(found.broken[index], found.seen),
            figures.count(found.kept[index]),
        ]
        for index in _near(found.now, found.broken)
    ]
    return table(("threshold", "broken by", "of all", "step keeps"), rows, numbers=(1, 2, 3))


def _near(now: int, broken: Sequence[int]) -> list[int]:
    """The threshold in force and a few around it, each the nearest that another number of records breaks."""
    chosen = [now]
    for way in (-1, 1):
        last, index = now, now + way
        found = 0
        while found < _EACH_WAY and 0 <= index < len(broken):
            if broken[index] != broken[last]:
                chosen.append(index)
                last = index
                found += 1
            index += way
    return sorted(chosen)
