"""What was read and what is left of it: by language, domain, length and year."""

from __future__ import annotations

# ruff: noqa: S608 - names of columns are quoted
from collections.abc import Sequence

from gristmill.build.finished import Finished, identifier
from gristmill.document import figures
from gristmill.document.charts import Column, Tick, bar, columns
from gristmill.document.markup import Html, join, tag
from gristmill.document.section import Section
from gristmill.document.visible import shown

MOST_ROWS = 20
HOST = r"^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?(?:www\.)?([^/:?#]+)"
_LENGTHS = (0, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 1_000_000)
_YEARS = range(1000, 2100)
"""Years that a text may be of. Others are slips: a clock that knew two digits wrote 102 for 2002."""

Row = tuple[str, int, int]
"""A group, and how many of it were read and kept."""


def section(build: Finished) -> Section:
    parts = [
        _languages(build),
        _domains(build),
        _lengths(build),
        _years(build),
    ]
    legend = tag("p", "legend", tag("span", "read", "read"), tag("span", "kept", "kept"))
    lead = "The shares of what was kept beside the shares of what was read: what the recipe favours shows here."
    return Section("mixture", "What is in it", lead, join([legend, tag("div", "cards", *(p for p in parts if p))]))


def _languages(build: Finished) -> Html | None:
    for step in build.manifest.steps:
        column = step.column("language")
        if step.step == "language" and column in build.signal_columns:
            rows = build.query(
                f"""
                SELECT coalesce({identifier(column)}, 'not measured') AS language, count(*) AS read,
                       count(*) FILTER (fate = 'kept') AS kept
                FROM measured GROUP BY ALL ORDER BY read DESC, language
                """
            )
            return _block("Languages", "As the language step labelled them.", _bars(rows))
    return None


def _domains(build: Finished) -> Html | None:
    host = f"lower(regexp_extract(url, '{HOST}', 1))"
    rows = build.query(
        f"""
        SELECT host, count(*) AS read, count(*) FILTER (fate = 'kept') AS kept
        FROM (SELECT {host} AS host, fate FROM records WHERE url IS NOT NULL)
        WHERE host <> '' GROUP BY host ORDER BY read DESC, host LIMIT {MOST_ROWS}
        """
    )
    if not rows:
        return None
    return _block("Domains", f"The {len(rows)} with most records read." if len(rows) > 1 else "", _bars(rows))


def _lengths(build: Finished) -> Html:
    counted = dict.fromkeys(range(len(_LENGTHS)), (0, 0))
    cases = " ".join(f"WHEN words >= {low} THEN {at}" for at, low in reversed(list(enumerate(_LENGTHS))))
    for at, read, kept in build.query(
        f"""
        SELECT CASE {cases} END AS bin, count(*), count(*) FILTER (fate = 'kept')
        FROM records WHERE words IS NOT NULL GROUP BY ALL
        """
    ):
        counted[at] = (read, kept)
    last = max((at for at, (read, _) in counted.items() if read), default=0)
    about = "Words between white space, of a text where its way ended; a column begins at its label."
    lengths = [(figures.short(_LENGTHS[at]), *counted[at]) for at in range(last + 1)]
    return _block("Lengths", about, _columns(lengths, " words and more"))


def _years(build: Finished) -> Html | None:
    rows = build.query(
        """
        SELECT year(make_timestamp(epoch_us(time))) AS year, count(*), count(*) FILTER (fate = 'kept')
        FROM records GROUP BY ALL ORDER BY year
        """
    )
    counted = {year: (read, kept) for year, read, kept in rows if year in _YEARS}
    if not counted:
        return None
    undated = sum(read for year, read, _ in rows if year is None)
    unusable = sum(read for year, read, _ in rows if year is not None and year not in _YEARS)
    about = f"{_bear(undated)} no time" if undated else "Every record bears a time"
    if unusable:
        about += f", {_bear(unusable)} a wrong one: before {_YEARS.start} or after {_YEARS.stop - 1}"
    # A handful of wrong dates must not stretch the axis over centuries.
    years = range(min(counted), max(counted) + 1) if max(counted) - min(counted) < 80 else sorted(counted)
    return _block("Years", f"{about}.", _columns([(str(year), *counted.get(year, (0, 0))) for year in years], ""))


def _bear(number: int) -> str:
    return "1 record bears" if number == 1 else f"{figures.count(number)} records bear"


def _block(title: str, about: str, body: Html) -> Html:
    return tag("article", "card", tag("h4", None, title, tag("span", None, about)), body)


def _bars(rows: Sequence[Row]) -> Html:
    """A line a group: a pale bar for what was read, a full one inside it for what was kept."""
    most = max((read for _, read, _ in rows), default=1)
    shown_rows = rows[:MOST_ROWS]
    lines = [
        tag(
            "div",
            "mix",
            tag("span", None, shown(name, 60)),
            bar(100 * read / most, [("kept", 100 * kept / most)]),
            tag("span", "n", figures.count(read)),
            tag("span", "n", figures.count(kept)),
            tag("span", "n", tag("small", None, figures.percent(kept, read))),
        )
        for name, read, kept in shown_rows
    ]
    head = tag("div", "mix head", *(tag("span", None, text) for text in ("", "", "read", "kept", "of it")))
    rest = rows[MOST_ROWS:]
    more = (
        tag("p", "note", f"and {len(rest)} more with {figures.count(sum(row[1] for row in rest))} records")
        if rest
        else ""
    )
    return join([head, *lines, more])


def _columns(rows: Sequence[Row], unit: str) -> Html:
    width = 100 / max(len(rows), 1)
    bars = [
        Column(width * at + width * 0.08, width * 0.84, read, kept, f"{label}{unit}: {read:,} read, {kept:,} kept")
        for at, (label, read, kept) in enumerate(rows)
    ]
    ticks = [Tick(width * (at + 0.5), label) for at, (label, *_) in enumerate(rows)]
    return columns(bars, ticks, name="share", label=f"records read and kept by{unit or ' year'}")
