"""Personal data and secrets: what was found by kind and source, and what a second, cruder look still finds."""

from __future__ import annotations

import re
from typing import NamedTuple

from gristmill.build.finished import Finished
from gristmill.document import figures, samples
from gristmill.document.markup import Html, join, tag
from gristmill.document.section import Section, folded, note, table
from gristmill.document.visible import shown

SAMPLE = 300
"""Kept records that are looked at again, those of the lowest rids: rids are hashes, so it is as good as drawn."""

_LOOKED_AT = 4000  # characters of each
_MOST_SOURCES, _FEW, _MOST_SHOWN, _AROUND = 12, 20, 3, 30


_NOT_COUNTED = (
    "Different values are counted by the keyed hashes that redact_personal_data leaves in ledger/spans where it has a "
    "key. Otherwise nothing is kept of a value, and one that was found twice cannot be told from two."
)


class _Look(NamedTuple):
    """What the second look calls a find: an RE2 expression, which knows nothing of checksums or words around."""

    name: str
    pattern: str
    least_digits: int = 0


_LOOKS = (
    _Look("something@something.xx", r"[^\s@<>()]{1,64}@[^\s@<>()]{1,200}\.[A-Za-z]{2,24}"),
    _Look("nine or more digits with little between", r"\+?[0-9][0-9 ()./-]{7,22}[0-9]", 9),
    _Look("four numbers with dots", r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}"),
    _Look("32 or more letters and digits in one", r"[A-Za-z0-9_+-]{32,512}", 4),
)


def section(build: Finished) -> Section | None:
    """None where no step of the build looks for spans."""
    steps = [step.name for step in build.manifest.steps if any(s.kind == "spans" for s in step.signals)]
    if not steps:
        return None
    body = [_by_kind(build), _by_source(build), _residual(build)]
    body.append(note("ledger/spans has a row for each: record, step, kind, bytes, action; never the value."))
    lead = f"{' and '.join(steps)} looked for these in every text that came to them."
    return Section("private", "Personal data and secrets", lead, join(part for part in body if part))


def _by_kind(build: Finished) -> Html:
    rows = build.query(
        """
        SELECT step, kind, count(*), count(DISTINCT rid), string_agg(DISTINCT action, ', ' ORDER BY action),
               count(DISTINCT hash)
        FROM spans GROUP BY step, kind ORDER BY step, count(*) DESC, kind
        """
    )
    if not rows:
        return note("Nothing was found.")
    lines = [
        (
            step,
            kind,
            figures.count(found),
            figures.count(records),
            action,
            figures.count(values) if values else "not counted",
        )
        for step, kind, found, records, action, values in rows
    ]
    heads = ("step", "kind", "found", "in records", "action", "different values")
    kinds = table(heads, lines, numbers=(2, 3, 5))
    if all(values for *_, values in rows):
        return kinds
    return join((kinds, note(_NOT_COUNTED)))


def _by_source(build: Finished) -> Html:
    """How many of each kind the richest sources have; files of few records are told as their folder."""
    rows = build.query(
        f"""
        WITH places AS (
            SELECT source, if(count(*) < {_FEW}, regexp_replace(source, '[^/]*$', '*'), source) AS place, count(*) AS n
            FROM records GROUP BY source),
        read AS (SELECT place, sum(n)::BIGINT AS n FROM places GROUP BY place),
        found AS (SELECT place, s.kind, count(*) AS n FROM spans s JOIN records USING (rid) JOIN places USING (source)
            GROUP BY ALL),
        richest AS (SELECT place FROM found GROUP BY place ORDER BY sum(n) DESC, place LIMIT {_MOST_SOURCES})
        SELECT f.place, read.n, f.kind, f.n FROM found f JOIN richest USING (place) JOIN read USING (place)
        ORDER BY f.place, f.n DESC, f.kind
        """  # noqa: S608 - only a number of this module goes in
    )
    by_source: dict[tuple[str, int], list[str]] = {}
    for source, read, kind, found in rows:
        by_source.setdefault((source, read), []).append(f"{kind} {figures.count(found)}")
    lines = [(shown(source, 60), figures.count(read), ", ".join(kinds)) for (source, read), kinds in by_source.items()]
    heads = ("source", "records read", "found")
    return join((tag("h3", None, "By source"), table(heads, lines, numbers=(1,)))) if lines else Html("")


def _residual(build: Finished) -> Html:
    """What crude expressions find in delivered texts."""
    rids = build.query(f"SELECT rid FROM records WHERE fate = 'kept' ORDER BY rid LIMIT {SAMPLE}")  # noqa: S608
    sampled = samples.fetch(build, [rid for (rid,) in rids])
    texts = [(sample.text or "")[:_LOOKED_AT] for sample in sampled.values()]
    lines, examples = [], []
    for look in _LOOKS:
        found = _finds(build, look, texts)
        some = [(text, values) for text, values in zip(texts, found, strict=True) if values]
        lines.append((look.name, figures.count(sum(map(len, found))), figures.count(len(some))))
        examples += [tag("p", None, tag("code", None, shown(_around(*one), 120))) for one in some[:_MOST_SHOWN]]
    text = (
        f"A second look at {figures.count(len(texts))} kept records, by expressions that know no checksum and no word "
        "around: what it finds may be an identifier that was missed, or a date, a version, a hash. Read the examples; "
        "letters are shown as x and digits as 9."
    )
    heads = ("looks like", "found", "in records")
    parts = [tag("h3", None, "What may be left"), note(text), table(heads, lines, numbers=(1, 2))]
    if examples:
        parts.append(folded("Examples, masked", *examples))
    return join(parts)


def _finds(build: Finished, look: _Look, texts: list[str]) -> list[list[str]]:
    """By DuckDB's regular expressions, which are RE2's: linear in the text, whatever it is."""
    ((found,),) = build.query("SELECT [regexp_extract_all(t, ?) FOR t IN ?::VARCHAR[]]", [look.pattern, texts])
    return [[value for value in values if sum(map(str.isdigit, value)) >= look.least_digits] for values in found]


def _around(text: str, values: list[str]) -> str:
    """The first find with a little around it, all of it masked."""
    at = text.find(values[0])
    piece = text[max(0, at - _AROUND) : at + len(values[0]) + _AROUND]
    return re.sub(r"[^\W\d_]", "x", re.sub(r"\d", "9", piece))
