"""Prints what became of a record: a sentence, then each step with its values and its edits, then the twin."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from gristmill.build.explanation import Cut, Explanation, Reading, Station, Twin
from gristmill.build.spoken import Spoken
from gristmill.build.textdiff import Diff, Piece, Skip
from gristmill.document import figures
from gristmill.document.visible import plain
from gristmill.records.turns import MARK

PLAIN_WIDTH = 160
MOST_ROWS = 60
MOST_CUTS = 10
LONGEST_LINE = 400
LONGEST_TEXT = 1_200
MOST_TURNS = 12
_ANSWERS = ("assistant", "chosen", "target")
_COLOURS = {"kept": "green", "dropped": "red", "merged": "yellow", "quarantined": "magenta"}


def show(explanation: Explanation) -> None:
    """Print it, coloured on a terminal and plain anywhere else."""
    console = Console(
        width=None if sys.stdout.isatty() else PLAIN_WIDTH,
        no_color=bool(os.environ.get("NO_COLOR")),
        highlight=False,
        soft_wrap=not sys.stdout.isatty(),
    )
    for line in account(explanation):
        console.print(line)


def account(explanation: Explanation) -> Iterable[Text]:
    """The lines of it; nothing in them has power over the terminal."""
    yield Text(plain(explanation.sentence), style=f"bold {_COLOURS.get(explanation.fate, '')}")
    yield from _identity(explanation)
    for note in explanation.notes:
        yield Text(plain(note), style="italic dim")
    for station in explanation.stations:
        yield from _station(station)
    if explanation.twin is not None:
        yield from _twin(explanation.twin, _of_twin(explanation))
    if explanation.turns:
        yield from _turns(explanation.turns)
    elif explanation.text is not None:
        yield from _text(explanation.text)


def _identity(explanation: Explanation) -> Iterable[Text]:
    facts = [
        ("rid", explanation.rid),
        ("id", None if explanation.id == explanation.rid else explanation.id),
        ("url", explanation.url),
        ("time", explanation.time and explanation.time.isoformat()),
        ("source", f"{explanation.source} at {explanation.position}"),
        *(("ranked", told) for told in explanation.selection),
        ("split", explanation.split),
        ("lies in", explanation.file and f"{explanation.file}, row {explanation.row}"),
        ("size", _size(explanation)),
        ("merged", _merged(explanation)),
        (
            "cluster",
            explanation.cluster and f"{explanation.cluster}, {figures.count(explanation.cluster_size or 0)} records",
        ),
    ]
    for name, value in facts:
        if value:
            yield Text.assemble((f"  {name:<8}", "dim"), plain(_cut(value, LONGEST_LINE)))


def _size(explanation: Explanation) -> str | None:
    if explanation.bytes is None or explanation.bytes_read is None:
        return None
    words = "" if explanation.words is None else f", {figures.count(explanation.words)} words by white space"
    return f"{figures.size(explanation.bytes_read)} read; {figures.size(explanation.bytes)} of text at the end{words}"


def _merged(explanation: Explanation) -> str | None:
    if not explanation.merged_into_it:
        return None
    more = explanation.merged_into_it - len(explanation.merged_rids)
    rids = ", ".join(rid[:12] for rid in explanation.merged_rids)
    return f"{figures.count(explanation.merged_into_it)} into it: {rids}" + (f" and {more} more" if more else "")


def _station(station: Station) -> Iterable[Text]:
    broken = any(bound.broken for reading in station.readings for bound in reading.bounds)
    mark = ("✗ ", "bold red") if station.ended else ("· ", "dim")
    end = " its way ended here" if station.ended else ""
    yield Text()
    yield Text.assemble(mark, (plain(station.step), "bold red" if broken else "bold"), (end, "dim"))
    if (change := station.change) is not None:
        sizes = f"{figures.size(change.bytes_before)} to {figures.size(change.bytes_after)}"
        yield Text.assemble(("  edited the text: ", "dim"), sizes)
        if change.diff is not None:
            yield from _diff(change.diff)
        yield from _cuts(change.cuts)
    told = [reading for reading in station.readings if not reading.found_nothing]
    width = max((len(plain(reading.signal)) for reading in told), default=0)
    for reading in told:
        yield from _reading(reading, width)
    if quiet := len(station.readings) - len(told):
        yield Text(f"  {quiet} checks found nothing", style="dim")


def _cuts(cuts: tuple[Cut, ...]) -> Iterable[Text]:
    """Where the same as was cut still stands."""
    for cut in cuts[:MOST_CUTS]:
        where = (
            "and stays nowhere" if cut.twin is None else f"and stands in {cut.twin[:12]} from byte {cut.twin_start} on"
        )
        begin = plain(_cut(" ".join(cut.text.split()), 60))
        yield Text.assemble(("    cut ", "dim"), f"bytes {cut.start} to {cut.stop}, {where}: ", (begin, "dim"))
    if len(cuts) > MOST_CUTS:
        yield Text(f"    … {figures.count(len(cuts) - MOST_CUTS)} more cuts", style="dim")


def _reading(reading: Reading, width: int) -> Iterable[Text]:
    value = _value(reading.value)
    line = Text.assemble("  ", (plain(reading.signal).ljust(width), ""), "  ", (value.rjust(12), "cyan"))
    if not reading.bounds:
        yield line
    for at, bound in enumerate(reading.bounds):
        start = line if at == 0 else Text(" " * (width + 16))
        # A label stays because it is listed; by how much is a question to numbers alone.
        margin = "" if bound.margin is None else f"  margin {_value(bound.margin)}"
        verdict = (f"  ✗ {plain(bound.reason)}", "bold red") if bound.broken else ("  ✓", "green")
        asked = plain(_cut(bound.bound, 60))
        yield Text.assemble(start, (f"  asked is {asked}", "dim"), (margin, "red" if bound.broken else "dim"), verdict)


def _value(value: float | int | str | None) -> str:
    if value is None:
        return "not measured"
    return plain(_cut(value, 80)) if isinstance(value, str) else figures.value(value)


def _of_twin(explanation: Explanation) -> str:
    if explanation.fate == "dropped":
        return "The record that was selected in its place"
    return "The twin it was merged into" if explanation.fate == "merged" else "The twin it is a copy of"


def _twin(twin: Twin, heading: str) -> Iterable[Text]:
    alike = "" if twin.similarity is None else f", similarity {twin.similarity:.3f}"
    yield Text()
    yield Text.assemble((heading, "bold yellow"), alike)
    yield Text.assemble(("  rid     ", "dim"), twin.rid)
    if twin.url:
        yield Text.assemble(("  url     ", "dim"), plain(_cut(twin.url, LONGEST_LINE)))
    yield Text.assemble(("  source  ", "dim"), plain(f"{twin.source} at {twin.position}"))
    if twin.file:
        yield Text.assemble(("  lies in ", "dim"), f"{plain(twin.file)}, row {twin.row}")
    if twin.diff is None:
        yield Text("  The two cannot be compared: one of the texts was not kept.", style="italic dim")
    elif all(row.kind == "same" for row in twin.diff.rows):
        yield Text("  The two texts are the same.", style="dim")
    else:
        yield Text("  - only in the record, + only in the twin", style="dim")
        yield from _diff(twin.diff)


def _diff(diff: Diff) -> Iterable[Text]:
    rows = diff.hunks()
    for row in rows[:MOST_ROWS]:
        if isinstance(row, Skip):
            yield Text(f"    … {figures.count(row.lines)} equal lines", style="dim")
        elif row.kind == "same":
            same = _between_turns(row.left[0].text)
            yield Text.assemble("      ", (plain(_cut(same, LONGEST_LINE)), "dim"))
        else:
            if row.left:
                yield _side("    - ", row.left, "red")
            if row.right:
                yield _side("    + ", row.right, "green")
    if len(rows) > MOST_ROWS:
        yield Text(f"    … {figures.count(len(rows) - MOST_ROWS)} more rows", style="dim")
    if diff.omitted:
        yield Text(f"    … {figures.count(diff.omitted)} further characters were not compared", style="dim")


def _side(sign: str, pieces: tuple[Piece, ...], colour: str) -> Text:
    line = Text(sign, style=colour)
    left = LONGEST_LINE
    for piece in pieces:
        line.append(
            plain(_cut(_between_turns(piece.text), left)), f"bold {colour} reverse" if piece.changed else colour
        )
        left -= len(piece.text)
        if left <= 0:
            break
    return line


def _between_turns(text: str) -> str:
    """What parts turns, as a person sees it."""
    return text.replace(MARK, "┄┄ next turn ┄┄")


def _turns(turns: tuple[Spoken, ...]) -> Iterable[Text]:
    """Who says what, the first and last turns of a long record, with what the checks found in each."""
    yield Text()
    yield Text("What is said", style="bold")
    for at, turn in enumerate(turns):
        if MOST_TURNS // 2 <= at < len(turns) - MOST_TURNS // 2:
            if at == MOST_TURNS // 2:
                yield Text(f"  … {figures.count(len(turns) - MOST_TURNS)} more turns", style="dim")
            continue
        yield Text(f"  {turn.role}", style="bold cyan" if turn.role in _ANSWERS else "bold")
        for line in _cut(turn.text, LONGEST_TEXT).split("\n"):
            yield Text(f"    {plain(line)}")
        for finding in turn.findings:
            yield Text(f"    ↑ {plain(_cut(finding, LONGEST_LINE))}", style="yellow")


def _text(text: str) -> Iterable[Text]:
    yield Text()
    yield Text("Its text", style="bold")
    for line in _cut(text, LONGEST_TEXT).split("\n"):
        yield Text(f"  {plain(line)}")


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: max(longest, 1) - 1] + "…"
