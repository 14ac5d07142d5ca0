"""Benchmarks: which items stand in what was read and in what was kept, from which sources, with the evidence."""

from __future__ import annotations

from collections.abc import Sequence

from gristmill.build import contamination
from gristmill.build.contamination import Exposed, Standing
from gristmill.build.finished import Finished
from gristmill.build.manifest import StepEntry
from gristmill.document import figures
from gristmill.document.markup import Html, join, tag
from gristmill.document.section import Section, note, table
from gristmill.document.visible import collapsed, shown

MOST_SOURCES = 8
MOST_ITEMS = 4  # of a benchmark
_LONGEST = 320


def section(build: Finished) -> Section | None:
    """None where no step of the build looks for benchmarks."""
    steps = contamination.steps(build)
    if not steps:
        return None
    lead = (
        f"An item is dirty where a record holds at least {contamination.DIRTY:.0%} of it, or its question with the "
        f"short answer; in part from {contamination.CLEAN:.0%} on; else it is clean, and can be reported on."
    )
    blocks = [_of_step(build, step, titled=len(steps) > 1) for step in steps]
    return Section("benchmarks", "Benchmarks", lead, join(blocks))


def _of_step(build: Finished, step: StepEntry, *, titled: bool) -> Html:
    standings = contamination.standings(build, step)
    head = [tag("h3", None, shown(step.name, 60))] if titled else []
    if not standings:
        return join([*head, note("The step had no pack of benchmarks.")])
    body = [*head, _standings(standings)]
    if not any(one.dirty_read or one.part_read for one in standings):
        return join([*body, note("Nothing that was read holds a fifth of any item.")])
    examples = contamination.most_exposed(build, step, MOST_ITEMS)
    named = [one.benchmark for one in standings]
    return join(
        [
            *body,
            tag("h3", None, "Where they stand"),
            tag("p", "note", "How many items are dirty or in part in the records of each source."),
            _matrix(named, contamination.by_source(build, step)),
            tag("h3", None, "The items most found"),
            tag("p", "note", "A pack holds no text: beside each item stands what the record says."),
            *map(_exposed, examples),
        ]
    )


def _standings(standings: Sequence[Standing]) -> Html:
    rows = [
        [
            shown(one.benchmark, 60),
            figures.count(one.items),
            figures.count(one.dirty_read),
            figures.count(one.part_read),
            figures.count(one.dirty_kept),
            figures.count(one.part_kept),
            tag("b", None, figures.percent(one.clean, one.items)),
        ]
        for one in standings
    ]
    heads = ("benchmark", "items", "read: dirty", "in part", "kept: dirty", "in part", "clean in what was kept")
    return table(heads, rows, numbers=range(1, 7))


def _matrix(benchmarks: Sequence[str], counted: dict[tuple[str, str], int]) -> Html:
    """A row a source, those with most items first; the others are summed up in the last."""
    by_source: dict[str, int] = {}
    for (_, source), items in counted.items():
        by_source[source] = by_source.get(source, 0) + items
    sources = sorted(by_source, key=lambda source: (-by_source[source], source))
    named = [name for name in benchmarks if any((name, source) in counted for source in sources)]
    rows = [
        [shown(source, 60), *(_cell(counted.get((name, source), 0)) for name in named)]
        for source in sources[:MOST_SOURCES]
    ]
    rest = sources[MOST_SOURCES:]
    if rest:
        sums = (sum(counted.get((name, source), 0) for source in rest) for name in named)
        rows.append([f"{len(rest)} more sources", *map(_cell, sums)])
    return table(("source", *(shown(name, 40) for name in named)), rows, numbers=range(1, len(named) + 1))


def _cell(items: int) -> str:
    return figures.count(items) if items else "·"


def _exposed(one: Exposed) -> Html:
    told = [f"{one.share:.0%} in n-grams"] if one.share else []
    told += [f"{one.near:.0%} of its shingles"] if one.near else []
    told += ["with its answer"] if one.answered else []
    records = f"in {figures.count(one.records)} record{'s' if one.records != 1 else ''}, {figures.count(one.kept)} kept"
    item = tag(
        "div", None, tag("b", None, shown(one.benchmark, 60)), " ", tag("code", None, shown(one.item, 80)),
        tag("small", None, " · ".join([*told, records])),
    )  # fmt: skip
    said = shown(collapsed(one.excerpt), _LONGEST) if one.excerpt else tag("span", "note", "no excerpt was kept")
    record = tag(
        "div",
        {"dir": "auto"},
        said,
        tag("small", None, tag("code", None, one.rid[:12]), " ", shown(one.source, 80), f" · {one.fate}"),
    )
    return tag("div", "pair exposed", tag("div", "row", item, record))
