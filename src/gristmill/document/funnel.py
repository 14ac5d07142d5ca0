"""From read to kept: a row a step, in records, bytes and words."""

from __future__ import annotations

from gristmill.build.finished import Finished
from gristmill.build.manifest import FunnelEntry
from gristmill.document import figures
from gristmill.document.charts import bar
from gristmill.document.markup import Html, join, tag
from gristmill.document.section import Section, facts, table

FATES = ("dropped", "merged", "quarantined")


def section(build: Finished) -> Section:
    entries = build.manifest.funnel
    read = build.manifest.counts.read
    texts = words_of_texts(build)
    rows = [
        _row(entry, read, entry.words_out if index or entry.words_out == texts else None)
        for index, entry in enumerate(entries)
    ]
    heads = ("step", "", "records in", "went", "of those in", "records left", "words left", "bytes left")
    body = [table(heads, rows, numbers=(2, 3, 4, 5, 6, 7), name="funnel")]
    if build.manifest.skipped:
        body.append(tag("h3", None, "Passed over by the readers"))
        body.append(
            tag("p", "note", "These are no records by the recipe's own settings, so they are not counted as read.")
        )
        body.append(facts([(what, figures.count(n)) for what, n in sorted(build.manifest.skipped.items())]))
    return Section("funnel", "From read to kept", "Each row is a step; each bar is all that was read.", join(body))


def words_of_texts(build: Finished) -> int:
    """Words of all records once they were texts: of pages, none are known as they are read."""
    return max((entry.words_out for entry in build.manifest.funnel), default=0)


def bytes_of_texts(build: Finished) -> int:
    """Bytes of the same: of what was read where there never was a word."""
    words = words_of_texts(build)
    return next((entry.bytes_out for entry in build.manifest.funnel if entry.words_out == words), 0)


def legend() -> Html:
    """What the colours of the fates mean."""
    return tag("p", "legend", *(tag("span", fate, fate) for fate in ("kept", *FATES)))


def _row(entry: FunnelEntry, read: int, words: int | None) -> list[str]:
    gone = entry.dropped + entry.merged + entry.quarantined
    parts = [("kept", entry.records_out), *((fate, getattr(entry, fate)) for fate in FATES)]
    drawn = bar(100, [(fate, 100 * number / max(read, 1)) for fate, number in parts], height=14)
    return [
        tag("b", None, entry.step),
        drawn,
        figures.count(entry.records_in),
        _went(entry) if gone else tag("span", "none", "–"),
        figures.percent(gone, entry.records_in) if gone else tag("span", "none", "–"),
        figures.count(entry.records_out),
        tag("span", "none", "–") if words is None else figures.short(words),
        figures.size(entry.bytes_out),
    ]


def _went(entry: FunnelEntry) -> Html:
    numbers = [(fate, getattr(entry, fate)) for fate in FATES]
    return join(tag("span", f"dot {fate}", figures.count(number)) for fate, number in numbers if number)
