"""Counts the values of bounded signals in exact bins, once for all records and once for those a rule alone breaks."""

from __future__ import annotations

# ruff: noqa: S608 - names of columns are quoted
import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from gristmill.build.finished import Finished, identifier
from gristmill.build.manifest import RuleEntry, SignalEntry, StepEntry
from gristmill.document.axis import Axis, choose

_SAMPLED = 50_000
_SPREAD = (0.005, 0.5, 0.995)

Spread = tuple[float, float, float]
Bins = dict[float, int]
"""How many values are at most a bound and above the one before."""


@dataclass(frozen=True, slots=True)
class Cumulative:
    """How many values are at most each of some bounds, and how many there are."""

    bounds: tuple[float, ...]
    sums: tuple[int, ...]
    total: int

    def at_most(self, bound: float) -> int:
        index = bisect_right(self.bounds, bound)
        return self.sums[index - 1] if index else 0

    def below(self, bound: float) -> int:
        return self.at_most(math.nextafter(bound, -math.inf))


@dataclass(frozen=True, slots=True)
class Side:
    """One end of a rule's range: the low or the high bound."""

    rule: RuleEntry
    end: Literal["low", "high"]
    bound: float
    opened: bool

    @property
    def sign(self) -> str:
        return {"low": ">≥", "high": "<≤"}[self.end][not self.opened]

    def broken(self, values: Cumulative, bound: float) -> int:
        """How many of the values this side would break if its bound were another."""
        if self.end == "low":
            return values.at_most(bound) if self.opened else values.below(bound)
        return values.total - (values.below(bound) if self.opened else values.at_most(bound))


@dataclass(frozen=True, slots=True)
class Tally:
    """A bounded signal: its range, its bins, and for each side of its rules the records no other rule breaks."""

    step: StepEntry
    signal: SignalEntry
    axis: Axis
    spread: Spread
    all: Cumulative
    sides: tuple[Side, ...]
    alone: tuple[Cumulative, ...]


def tallies(build: Finished) -> list[Tally]:
    """Every bounded number of the recipe, in its order, but for what may not be there and is not. One scan of a step's
    columns counts all its bins.
    """
    bounded = [
        (
            step,
            [
                s
                for s in step.signals
                if s.kind not in ("label", "spans") and _sides(step, s) and _measured(build, step, s)
            ],
        )
        for step in build.manifest.steps
    ]
    spreads = _spreads(build, [step.column(signal.name) for step, signals in bounded for signal in signals])
    found = []
    for step, signals in bounded:
        if signals:
            found += _of_step(build, step, signals, spreads)
    return found


def number(column: str) -> str:
    """A column as a number, null where it is none: DuckDB holds NaN to be greater than all else."""
    spelt = f"{identifier(column)}::DOUBLE"
    return f"CASE WHEN isfinite({spelt}) THEN {spelt} END"


def _measured(build: Finished, step: StepEntry, signal: SignalEntry) -> bool:
    return step.column(signal.name) in build.signal_columns


def _sides(step: StepEntry, signal: SignalEntry) -> list[Side]:
    sides = []
    for rule in step.rules:
        if step.column(rule.signal) == step.column(signal.name) and not rule.found_nothing_forbidden:
            if rule.low is not None:
                sides.append(Side(rule, "low", rule.low, rule.open_low))
            if rule.high is not None:
                sides.append(Side(rule, "high", rule.high, rule.open_high))
    return sides


def _of_step(
    build: Finished, step: StepEntry, signals: Sequence[SignalEntry], spreads: Mapping[str, Spread | None]
) -> list[Tally]:
    columns = [step.column(signal.name) for signal in signals]
    breaks = _breaks(build, step)
    place = {key: at for at, key in enumerate(breaks, 1)}
    plans = []
    for at, (signal, column) in enumerate(zip(signals, columns, strict=True)):
        spread = spreads[column]
        if spread is not None:
            sides = _sides(step, signal)
            axis = choose(signal.kind, spread, [side.bound for side in sides])
            plans.append((signal, spread, axis, sides, (f"v{at}", _bins([*axis.edges, *(s.bound for s in sides)]))))
    if not plans:
        return []
    values = "".join(f", {number(column)} AS v{at}" for at, column in enumerate(columns))
    counted = _by_broken(build, [histogram for *_, histogram in plans], values, list(breaks.values()))
    return [
        Tally(
            step,
            signal,
            axis,
            spread,
            _cumulative(histograms.values()),
            tuple(sides),
            tuple(
                _cumulative([histograms[0], histograms[place[side.rule.reason, side.rule.signal, side.end]]])
                for side in sides
            ),
        )
        for (signal, spread, axis, sides, _), histograms in zip(plans, counted, strict=True)
    ]


def _by_broken(
    build: Finished, histograms: Sequence[tuple[str, list[float]]], values: str, breaks: Sequence[str]
) -> list[defaultdict[int, Bins]]:
    """Each histogram (a value and its bins) of the records that nothing breaks (0), of those that one side alone does
    (its number, from 1 on), and of all others (-1): each value is looked up once."""
    flags = "".join(f", ({sql})::INTEGER AS b{at}" for at, sql in enumerate(breaks, 1))
    sides = range(1, len(breaks) + 1)
    several = " + ".join(f"b{at}" for at in sides)
    which = " + ".join(f"{at} * b{at}" for at in sides)
    alone = f"CASE WHEN {several} > 1 THEN -1 ELSE {which} END AS broken"
    rows = f"SELECT *, {alone} FROM (SELECT rid{values}{flags} FROM signals)"
    found: list[defaultdict[int, Bins]] = [defaultdict(dict) for _ in histograms]
    asked = ", ".join(f"histogram({value}, ?::DOUBLE[])" for value, _ in histograms)
    answers = build.query(f"SELECT broken, {asked} FROM ({rows}) GROUP BY broken", [bins for _, bins in histograms])
    for broken, *counts in answers:
        for mine, bins in zip(found, counts, strict=True):
            mine[broken] = bins or {}
    return found


def _spreads(build: Finished, columns: Sequence[str]) -> dict[str, Spread | None]:
    """Low, middle and high quantiles of each column over a fixed sample of the records."""
    if not columns:
        return {}
    share = _SAMPLED / max(build.manifest.counts.read, 1)
    drawn = f"right(rid, 8) <= '{min(int(share * 2**32), 2**32 - 1):08x}'" if share < 1 else "true"
    asked = ", ".join(f"quantile_cont({number(column)}, {list(_SPREAD)})" for column in columns)
    answers = build.query(f"SELECT {asked} FROM signals WHERE {drawn}")[0]
    quantiles = (None if answer is None else (answer[0], answer[1], answer[2]) for answer in answers)
    return dict(zip(columns, quantiles, strict=True))


def _breaks(build: Finished, step: StepEntry) -> dict[tuple[str, str, str], str]:
    """For each side of each rule of a step, the SQL that says whether a record breaks it."""
    found = {}
    for rule in step.rules:
        column = step.column(rule.signal)
        if column not in build.signal_columns:
            continue
        if rule.values is not None:
            listed = ", ".join("'" + value.replace("'", "''") + "'" for value in rule.values) or "NULL"
            found[rule.reason, rule.signal, "values"] = f"coalesce({identifier(column)} NOT IN ({listed}), false)"
        bounds = ((rule.low, "low", "<", rule.open_low), (rule.high, "high", ">", rule.open_high))
        for bound, end, sign, opened in bounds:
            if bound is not None:
                compared = f"{number(column)} {sign}{'=' if opened else ''} {bound!r}::DOUBLE"
                found[rule.reason, rule.signal, end] = f"coalesce({compared}, false)"
    return found


def _bins(bounds: Sequence[float]) -> list[float]:
    """Bins whose counts say how many values are at most a bound, and how many are below it."""
    return sorted({near for bound in bounds for near in (math.nextafter(bound, -math.inf), bound)})


def _cumulative(counted: Iterable[Bins]) -> Cumulative:
    items = sorted(sum((Counter(bins) for bins in counted), Counter()).items())
    sums = tuple(accumulate(count for _, count in items))
    return Cumulative(tuple(bound for bound, _ in items), sums, sums[-1] if sums else 0)
