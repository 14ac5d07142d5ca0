"""Charts as inline SVG whose width follows the page: x in percent, y in pixels, colours by class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gristmill.document.markup import Html, join, tag

HEIGHT = 132
_TOP = 14
_FLOOR = 110
_TICK_SHARE = 9.0
"""Percent of the width that a tick label needs to itself on a phone."""


@dataclass(frozen=True, slots=True)
class Column:
    """A bar of a chart: the part is drawn inside the whole."""

    left: float  # percent of the width
    width: float
    whole: int
    part: int
    title: str


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """A threshold; `ident` lets the page's script move it."""

    at: float
    label: str
    ident: str = ""


def columns(
    bars: Sequence[Column], ticks: Sequence[Tick], lines: Sequence[Line] = (), *, name: str = "", label: str = ""
) -> Html:
    """Bars over an axis. Heights are linear and begin at zero; what is there at all is at least a pixel high."""
    highest = max((bar.whole for bar in bars), default=0) or 1
    drawn: list[Html] = []
    for bar in bars:
        rects = [_rect(bar, bar.whole, highest, "whole")]
        if bar.part:
            rects.append(_rect(bar, bar.part, highest, "part"))
        drawn.append(tag("g", None, tag("title", None, bar.title), *rects))
    axis = tag("line", {"class": "axis", "x1": "0", "x2": "100%", "y1": _FLOOR + 0.5, "y2": _FLOOR + 0.5})
    return tag(
        "svg",
        {
            "class": f"chart {name}".strip(),
            "width": "100%",
            "height": HEIGHT,
            "role": "img",
            "aria-label": label or None,
        },
        *drawn,
        axis,
        *(_tick(tick) for tick in _apart(ticks)),
        *(_threshold(line) for line in lines),
    )


def bar(whole: float, parts: Sequence[tuple[str, float]], *, height: int = 10) -> Html:
    """One bar of `whole` percent of the width, with named parts (class, percent of the width) laid over it."""
    segments = [tag("rect", {"class": "whole", "width": _percent(whole), "height": height, "rx": 1.5})] if whole else []
    left = 0.0
    for name, width in parts:
        if width > 0:
            size = {"x": _percent(left), "width": _percent(max(width, 0.3)), "height": height}
            segments.append(tag("rect", {"class": name, **size}))
        left += width
    return tag("svg", {"class": "bar", "width": "100%", "height": height, "aria-hidden": "true"}, *segments)


def _rect(bar: Column, value: int, highest: int, name: str) -> Html:
    height = max((_FLOOR - _TOP) * value / highest, 1.0 if value else 0.0)
    place = {"x": _percent(bar.left), "width": _percent(bar.width)}
    return tag("rect", {"class": name, **place, "y": f"{_FLOOR - height:.1f}", "height": f"{height:.1f}"})


def _tick(tick: Tick) -> Html:
    return tag("text", {"x": _percent(tick.at), "y": HEIGHT - 7, "text-anchor": _anchor(tick)}, tick.label)


def _anchor(tick: Tick) -> str:
    """What of its label stands at the tick: at the edges it would stand out of the chart."""
    return "start" if tick.at < 3 else "end" if tick.at > 97 else "middle"


def _middle(tick: Tick) -> float:
    """Where the middle of its label is."""
    return tick.at + {"start": _TICK_SHARE / 2, "middle": 0.0, "end": -_TICK_SHARE / 2}[_anchor(tick)]


def _apart(ticks: Sequence[Tick]) -> list[Tick]:
    """The ticks, without those whose labels would run into the one before."""
    shown: list[Tick] = []
    for tick in ticks:
        if not shown or _middle(tick) - _middle(shown[-1]) >= _TICK_SHARE:
            shown.append(tick)
    return shown


def _threshold(line: Line) -> Html:
    at = _percent(min(max(line.at, 0.0), 100.0))
    anchor = "end" if line.at > 70 else "start"
    rule = tag("line", {"class": "threshold", "x1": at, "x2": at, "y1": 2, "y2": _FLOOR})
    moved = tag("line", {"class": "moved", "id": line.ident, "x1": at, "x2": at, "y1": 2, "y2": _FLOOR, "opacity": 0})
    offset = -5 if anchor == "end" else 5
    label = tag("text", {"class": "bound", "x": at, "dx": offset, "y": 11, "text-anchor": anchor}, line.label)
    return join([rule, *([moved] if line.ident else []), label])


def _percent(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".") + "%"
