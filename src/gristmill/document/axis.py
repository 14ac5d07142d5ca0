"""Chooses the bins of a histogram: round edges, linear or logarithmic, with the thresholds in view."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

BINS = 44
_LOG_FROM = 30
"""A count is drawn on a logarithmic axis where its range is this many medians wide."""

_LEAST = 1e-290  # what is less cannot be divided into bins
_NARROWEST = 1e-6
"""An axis is at least so wide, as a share of its values: edges must differ in digits that hold."""


@dataclass(frozen=True, slots=True)
class Axis:
    edges: tuple[float, ...]
    log: bool

    def at(self, value: float) -> float:
        """Where a value lies, in percent of the width."""
        first, last = self._scaled(self.edges[0]), self._scaled(self.edges[-1])
        return 100 * (self._scaled(value) - first) / (last - first)

    def shows(self, value: float) -> bool:
        return self.edges[0] <= value <= self.edges[-1]

    def ticks(self) -> list[float]:
        """Round values to label."""
        first, last = self.edges[0], self.edges[-1]
        if self.log:
            decades = [10**power for power in range(16)]
            return [tick for tick in [0, *decades] if first <= tick <= last]
        step = _nice((last - first) / 5)
        start = math.ceil(first / step - 1e-9)
        return [_rounded(step * n) for n in range(start, math.floor(last / step + 1e-9) + 1)]

    def _scaled(self, value: float) -> float:
        return math.log1p(max(value, 0.0)) if self.log else value


def choose(kind: str, spread: Sequence[float], thresholds: Sequence[float]) -> Axis:
    """An axis for values whose low, middle and high quantiles are `spread`."""
    low, middle, high = spread
    if kind == "share":
        low = 0.0
    far = max([high, *thresholds])
    if kind == "count" and low >= 0 and far > _LOG_FROM * max(middle, 1.0):
        return Axis(_log_edges(low, far), True)
    span = max(high - low, abs(high), 1e-9)
    near = [bound for bound in thresholds if low - 1.5 * span <= bound <= high + 1.5 * span]
    low = min([low, *(bound - 0.25 * abs(bound) for bound in near)])
    high = max([high, *(bound * 1.25 for bound in near)])
    if kind == "share":
        low, high = max(low, 0.0), min(high, 1.0)
    return Axis(_linear_edges(low, high, whole=kind == "count"), False)


def _linear_edges(low: float, high: float, *, whole: bool) -> tuple[float, ...]:
    largest = max(abs(low), abs(high))
    if high - low <= max(_NARROWEST * largest, _LEAST):
        high = low + (_NARROWEST * 10 * largest if largest > _LEAST / _NARROWEST else 1.0)
    step = _nice((high - low) / BINS)
    if whole:
        step = max(round(step), 1)
    first = math.floor(low / step + 1e-9)
    last = max(math.ceil(high / step - 1e-9), first + 1)
    return tuple(_rounded(step * n) for n in range(first, last + 1))


def _log_edges(low: float, high: float) -> tuple[float, ...]:
    first, last = math.log1p(low), math.log1p(max(high * 1.1, low + 10))
    edges = {round(math.expm1(first + (last - first) * n / BINS)) for n in range(BINS + 1)}
    return tuple(float(edge) for edge in sorted(edges))


def _rounded(value: float) -> float:
    """Without the last digits, which multiplication blurs."""
    return float(f"{value:.12g}")


def _nice(step: float) -> float:
    """The smallest of 1, 2, 2.5, 5 times a power of ten that is no less than `step`."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= step * (1 - 1e-9))
