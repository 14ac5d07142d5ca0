"""The measured part of docs/deduplication.md and its curve: prints it, or puts both in place with --write."""

from __future__ import annotations

import sys
from pathlib import Path

from quote import rows

from gristmill.document.markup import Html, join, tag

DOCS = Path(__file__).parents[1] / "docs"
PAGE, CURVE = DOCS / "deduplication.md", DOCS / "deduplication.svg"
BEGIN, END = "<!-- bench -->\n", "<!-- /bench -->"

PERCENTS = (1, 2, 5, 10, 20, 30, 50)
COLOURS = {
    "gristmill": "#2f6f5e",
    "gristmill, 40 bands of 5": "#7fb7a6",
    "datatrove": "#b5661f",
    "text-dedup": "#6a4fa3",
    "rensa": "#b03a5b",
}
LEFT, TOP, WIDTH, HEIGHT = 52, 16, 560, 300

Row = dict[str, object]


def _share(value: object) -> str:
    return f"{100 * float(str(value)):.0f} %"


def _systems(found: list[Row]) -> list[str]:
    return list(dict.fromkeys(str(row["system"]) for row in found))


def _value(found: list[Row], system: str, case: str, what: str) -> str:
    return next((_share(row[what]) for row in found if (row["system"], row["case"]) == (system, case)), "–")


def _table(heads: list[str], body: list[list[str]]) -> list[str]:
    lines = [f"| {' | '.join(heads)} |", "|---|" + "---:|" * (len(heads) - 1)]
    return lines + [f"| {' | '.join(row)} |" for row in body]


def _help(found: list[Row]) -> list[str]:
    least = ("0.75", "0.8", "0.9")
    heads = ["help pages", *(f"found, at least {s}" for s in least), *(f"removed right, {s}" for s in ("0.5", "0.75"))]
    body = []
    for system in _systems(found):
        told = [_value(found, system, f"at least {s}", "recall") for s in least]
        body.append([system, *told, *(_value(found, system, f"at least {s}", "precision") for s in ("0.5", "0.75"))])
    return _table(heads, body)


def _planted(found: list[Row]) -> list[str]:
    kinds = list(dict.fromkeys(str(row["case"]).split()[0] for row in found if " to " not in str(row["case"])))
    body = [
        [f"{kind}: {system}", *(_value(found, system, f"{kind} {percent} %", "recall") for percent in PERCENTS)]
        for kind in kinds
        for system in _systems(found)
        if "," not in system
    ]
    return _table(["planted edits found", *(f"{percent} %" for percent in PERCENTS)], body)


def _graded(found: list[Row]) -> list[str]:
    case = "graded 2 or 3"
    told = [[s, _value(found, s, case, "recall"), _value(found, s, case, "precision")] for s in _systems(found)]
    return _table(["graded pairs", "found", "right of those found"], told)


def quoted() -> str:
    """The tables, as they were measured last."""
    measured = rows("dedup_quality")
    parts = {
        name: [row for row in measured if row["set"] == name] for name in dict.fromkeys(r["set"] for r in measured)
    }
    lines = [*_help(parts["help pages"]), "", *_planted(parts["planted edits"]), ""]
    lines += _graded(parts["graded pairs"]) if "graded pairs" in parts else []
    return "\n".join(lines) + "\n"


def _at(similarity: float, share: float) -> str:
    return f"{LEFT + (similarity - 0.3) / 0.7 * WIDTH:.1f},{TOP + (1 - share) * HEIGHT:.1f}"


def _line(points: list[tuple[float, float]], colour: str, dashes: str | None = None) -> Html:
    spelt = " ".join(_at(*point) for point in points)
    shape = {"points": spelt, "fill": "none", "stroke": colour, "stroke-width": 2, "stroke-dasharray": dashes}
    return tag("polyline", shape)


def _text(x: float, y: float, text: str, colour: str = "#444", anchor: str = "start") -> Html:
    return tag("text", {"x": f"{x:.0f}", "y": f"{y:.0f}", "fill": colour, "text-anchor": anchor}, text)


def curve() -> str:
    """The share of planted copies that each system found, by their true similarity, as SVG."""
    found = [row for row in rows("dedup_quality") if row["set"] == "planted edits" and " to " in str(row["case"])]
    parts = [tag("rect", {"width": LEFT + WIDTH + 200, "height": TOP + HEIGHT + 46, "fill": "#fff"})]
    for tick in range(0, 101, 25):
        y = TOP + (1 - tick / 100) * HEIGHT
        parts.append(tag("line", {"x1": LEFT, "x2": LEFT + WIDTH, "y1": y, "y2": y, "stroke": "#ddd"}))
        parts.append(_text(LEFT - 8, y + 4, f"{tick} %", anchor="end"))
    below = TOP + HEIGHT + 18
    parts += [_text(LEFT + (tick - 3) / 7 * WIDTH, below, f"{tick / 10:g}", anchor="middle") for tick in range(3, 11)]
    parts.append(_text(LEFT + WIDTH / 2, below + 20, "Jaccard similarity of 5-word shingles", anchor="middle"))
    theory = [(s / 200, 1 - (1 - (s / 200) ** 8) ** 14) for s in range(60, 201)]
    parts.append(_line(theory, "#999", "3 4"))
    shown = [(name, next(system for system in _systems(found) if system.startswith(name))) for name in COLOURS]
    for at, (name, system) in enumerate(shown):
        mine = [row for row in found if row["system"] == system]
        points = [(float(str(row["similarity"])), float(str(row["recall"]))) for row in mine]
        parts += [_line(points, COLOURS[name]), _text(LEFT + WIDTH + 14, TOP + 20 + 20 * at, system, COLOURS[name])]
    parts.append(_text(LEFT + WIDTH + 14, TOP + 20 + 20 * len(shown), "14 bands of 8, theory", "#777"))
    box = f"0 0 {LEFT + WIDTH + 200} {TOP + HEIGHT + 46}"
    head = {"xmlns": "http://www.w3.org/2000/svg", "viewBox": box, "font-family": "sans-serif", "font-size": 13}
    return str(tag("svg", head, tag("title", None, "Pairs found, by similarity"), join(parts))) + "\n"


def in_place(text: str) -> str:
    """The page with the figures as they are now."""
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + quoted() + END + rest.partition(END)[2]


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        PAGE.write_text(in_place(PAGE.read_text("utf-8")), "utf-8")
        CURVE.write_text(curve(), "utf-8")
    else:
        print(quoted(), end="")
