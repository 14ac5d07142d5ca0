"""Counts out of a build's ledger: for each group of records, how many came to each step and rule, and how many went."""

from __future__ import annotations

# ruff: noqa: S608 - names of columns are quoted
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from gristmill.build.finished import Finished, identifier
from gristmill.build.manifest import RuleEntry, StepEntry
from gristmill.document.mixture import HOST

Counts = npt.NDArray[np.int64]
Counted = tuple[Any, ...]
"""A row: group, stratum, the step where its records ended, a further column, and how many they are."""
Family = Literal["people", "languages", "places"]
FAMILIES: tuple[Family, ...] = ("people", "languages", "places")

MOST_GROUPS = 50
"""Languages, sources and domains that are looked at: the most frequent ones."""

_SPEAKS: tuple[str, ...] = ("no counter-speech", "counter-speech")
_NO_GROUP = ("", "none", "und", "Zyyy", "Zzzz")
"""Labels of what has no group, or none that is known."""
_FOLDERS = 10
_FEW = 20
_SIZES = (50, 100, 200, 500, 1000, 5000)
_MARK = "chr(31)"
_FIRST_BYTES = 200


@dataclass(frozen=True, slots=True)
class Unit:
    """What may remove a record: a rule, or a step as a whole."""

    step: StepEntry
    index: int  # of the step in the recipe
    rule: RuleEntry | None = None

    @property
    def key(self) -> str:
        """The name of a rule among those that a record broke."""
        return "" if self.rule is None else f"{self.rule.reason}\x1f{self.step.column(self.rule.signal)}"

    @property
    def name(self) -> str:
        return self.step.name if self.rule is None else f"{self.step.name}: {self.rule.reason}"

    def bounds(self, column: str) -> bool:
        """Whether it removes by this very column: then what it removes is what was asked for."""
        rules = self.step.rules if self.rule is None else (self.rule,)
        return any(self.step.column(rule.signal) == column for rule in rules)


@dataclass(frozen=True, slots=True)
class Dimension:
    """A way to group records: `sql` gives a record's group, `column` is the signal it is of, if it is one."""

    key: str
    family: Family
    sql: str
    column: str = ""
    since: int = 0  # the first step that can be judged by it
    listed: bool = False  # whether a record may be in several groups: `sql` is a label with commas
    names: tuple[str, ...] | None = None  # of groups that are numbers
    strata: str = "0"


@dataclass(frozen=True, slots=True)
class Removals:
    """Records by group, unit and stratum (the axes, in this order), and the same of all that were measured."""

    dimension: Dimension
    groups: tuple[str, ...]
    units: tuple[Unit, ...]
    went: Counts
    came: Counts
    all_went: Counts
    all_came: Counts
    kept: Counts  # by group
    read: Counts  # by group


def removals(build: Finished) -> list[Removals]:
    """What became of every group of every dimension that the build can tell."""
    if not build.manifest.counts.read:
        return []
    units = list(_units(build.manifest.steps))
    dimensions, known_at = _prepare(build)
    found = [_count(build, dimension, units, known_at) for dimension in dimensions]
    for table in ("removals", "breaches"):
        build.query(f"DROP TABLE {table}")
    return [one for one in found if one.groups and one.units]


def mentions_of(build: Finished) -> tuple[StepEntry, int] | None:
    """The first line of the recipe that measures mentions, and its place."""
    return _line(build, "mentions", "identity_groups")


def group_of(dimension: Dimension) -> str:
    """The group of a joined row of records and signals, or the list of its groups, as SQL."""
    return f"string_split({dimension.sql}, ',')" if dimension.listed else dimension.sql


def is_group(dimension: Dimension, group: str) -> tuple[str, list[object]]:
    """Whether a row whose `group_of` has the name of the dimension is in a group, as SQL with parameters."""
    if dimension.listed:
        return f"list_contains({dimension.key}, ?)", [group]
    if dimension.key == "counter_speech":
        return f"{dimension.key} = 1", []
    if dimension.names is not None:
        return f"{dimension.key} = {dimension.names.index(group)}", []
    return f"{dimension.key} = ?", [group]


def _line(build: Finished, kind: str, signal: str) -> tuple[StepEntry, int] | None:
    for index, step in enumerate(build.manifest.steps):
        if step.step == kind and step.column(signal) in build.signal_columns:
            return step, index
    return None


def _units(steps: Sequence[StepEntry]) -> Iterator[Unit]:
    """Each step, and each of its rules where it has several, or where the only one is all it does."""
    for index, step in enumerate(steps):
        rules = [Unit(step, index, rule) for rule in step.rules if rule.hits]
        if len(step.rules) != 1:
            yield Unit(step, index)
        yield from rules


def _prepare(build: Finished) -> tuple[list[Dimension], int]:
    """Make the tables, records that are alike counted together; their dimensions, and since when the language is
    known."""
    language, mentions = _line(build, "language", "language"), mentions_of(build)
    columns: dict[str, str] = {}
    dimensions: list[Dimension] = []
    by_language, by_both = "0", "size"
    known_at = 0
    if language is not None:
        step, known_at = language
        spoken = _top(build, f"{identifier(step.column('language'))}[1:{_FIRST_BYTES}]", "signals", MOST_GROUPS)
        columns["language"] = _place(f"{identifier(step.column('language'))}[1:{_FIRST_BYTES}]", spoken)
        dimensions.append(
            Dimension("language", "languages", columns["language"], step.column("language"), known_at, names=spoken)
        )
        by_language = f"coalesce(language, {MOST_GROUPS})"
        by_both = f"{by_language} * {len(_SIZES) + 1} + size"
    if mentions is not None:
        step, since = mentions
        for key, signal in (
            ("counter_speech", "counter_speech"),
            ("dialect", "dialects"),
            ("identity", "identity_groups"),
        ):
            column = step.column(signal)
            counted = key == "counter_speech"
            columns[key] = f"({identifier(column)} > 0)::INTEGER" if counted else identifier(column)
            names = _SPEAKS if counted else None
            dimensions.append(Dimension(key, "people", columns[key], column, since, not counted, names, by_both))
        columns["script"] = identifier(step.column("script"))
        dimensions.append(
            Dimension("script", "languages", columns["script"], step.column("script"), since, strata=by_language)
        )
    for key, sql, names in _places(build):
        columns[key] = sql
        dimensions.append(Dimension(key, "places", sql, names=names, strata=by_language))
    _tabulate(build, columns)
    return dimensions, known_at


def _places(build: Finished) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Sources and domains. Small files count as one with their neighbours in the folder."""
    folder = "regexp_replace(source, '[^/]*$', '*')"
    rows = build.query(
        f"SELECT source, count(*) AS n FROM records GROUP BY ALL HAVING n >= {_FEW} "
        f"ORDER BY n DESC, source LIMIT {MOST_GROUPS - _FOLDERS}"
    )
    large = tuple(row[0] for row in rows)
    small = _top(build, folder, f"records WHERE NOT {_in('source', large)}", _FOLDERS)
    at = f"coalesce({_place('source', large)}, {len(large)} + {_place(folder, small)})"
    yield "source", at, large + small
    host = f"nullif(lower(regexp_extract(url, '{HOST}', 1))[1:{_FIRST_BYTES}], '')"
    hosts = _top(build, host, "records WHERE url IS NOT NULL", MOST_GROUPS)
    if hosts:
        yield "domain", _place(host, hosts), hosts


def _top(build: Finished, sql: str, table: str, most: int) -> tuple[str, ...]:
    """The most frequent values."""
    rows = build.query(
        f"SELECT value FROM (SELECT {sql} AS value, count(*) AS n FROM {table} GROUP BY ALL) "
        f"WHERE value IS NOT NULL ORDER BY n DESC, value LIMIT {most}"
    )
    return tuple(row[0] for row in rows)


def _listed(values: Sequence[str]) -> str:
    return "[" + ", ".join("'" + value.replace("'", "''") + "'" for value in values) + "]::VARCHAR[]"


def _in(sql: str, values: Sequence[str]) -> str:
    return f"list_contains({_listed(values)}, {sql})"


def _place(sql: str, values: Sequence[str]) -> str:
    """The place of a value in a list, null where it is not in it."""
    return f"(nullif(list_position({_listed(values)}, {sql}), 0) - 1)::INTEGER"


def _tabulate(build: Finished, columns: dict[str, str]) -> None:
    """Make the tables: `removals`, and `breaches` of those that were dropped, once for each rule that they broke."""
    steps = [step.name for step in build.manifest.steps]
    size = " ".join(f"WHEN words < {bound} THEN {at}" for at, bound in enumerate(_SIZES))
    ended = f"CASE WHEN fate = 'kept' THEN {len(steps)} ELSE {_place('step', steps)} END AS ended"
    sized = f"CASE {size} ELSE {len(_SIZES)} END AS size"
    given = f"{ended}, {sized}" + "".join(f", {sql} AS {key}" for key, sql in columns.items())
    rows = f"SELECT {given}, fate IN ('dropped', 'merged') AS went FROM measured"
    _counted_alike(build, "removals", rows)
    broken = f"SELECT {given}, {_broken_rules(build)} FROM measured WHERE fate = 'dropped'"
    _counted_alike(build, "breaches", f"SELECT * EXCLUDE (r), r.reason || {_MARK} || r.signal AS rule FROM ({broken})")


def _counted_alike(build: Finished, table: str, rows: str) -> None:
    build.query(
        f"CREATE OR REPLACE TEMP TABLE {table} AS "
        f"SELECT *, count(*) AS n FROM ({rows}) WHERE ended IS NOT NULL GROUP BY ALL"
    )


def _broken_rules(build: Finished) -> str:
    """The rules that a record broke as rows `r`, those of one name once."""
    for step in build.manifest.steps:
        if len({(rule.reason, step.column(rule.signal)) for rule in step.rules}) < len(step.rules):
            return "unnest(list_distinct([{reason: r.reason, signal: r.signal} for r in reasons])) AS r"
    return "unnest(reasons) AS r"


def _count(build: Finished, dimension: Dimension, units: Sequence[Unit], known_at: int) -> Removals:
    """The counts of one dimension, from the tables."""
    units = [unit for unit in units if unit.index >= dimension.since and not unit.bounds(dimension.column)]
    key, strata = dimension.key, dimension.strata
    split = f"unnest(string_split({key}, ','))" if dimension.listed else key
    rows, broke = _ask(build, f"{split} AS grp, {strata} AS stratum", f"{key} IS NOT NULL")
    whole, all_broke = _ask(build, f"0 AS grp, {strata} AS stratum", f"{key} IS NOT NULL")
    groups = _groups(dimension, rows)
    places: dict[object, int] = {group: at for at, group in enumerate(groups)}
    strata_at = {stratum: at for at, stratum in enumerate(sorted({row[1] for row in whole}))}
    last = len(build.manifest.steps)
    came, gone = _by_end(rows, places, strata_at, last)
    all_came, all_gone = _by_end(whole, {0: 0}, strata_at, last)
    shape = (len(groups), len(units), len(strata_at))
    out = Removals(
        dimension,
        tuple(_name(dimension, group) for group in groups),
        tuple(units),
        np.zeros(shape, np.int64),
        np.zeros(shape, np.int64),
        np.zeros((1, *shape[1:]), np.int64),
        np.zeros((1, *shape[1:]), np.int64),
        came[:, :, last].sum(1),
        came.sum((1, 2)),
    )
    at_rule = {(unit.index, unit.key): at for at, unit in enumerate(units) if unit.rule is not None}
    for at, unit in enumerate(units):
        out.came[:, at] = came[:, :, unit.index :].sum(2)
        out.all_came[:, at] = all_came[:, :, unit.index :].sum(2)
        if unit.rule is None:
            out.went[:, at], out.all_went[:, at] = gone[:, :, unit.index], all_gone[:, :, unit.index]
    for table, found, where in ((out.went, broke, places), (out.all_went, all_broke, {0: 0})):
        for group, stratum, ended, rule, number in found:
            unit_at = at_rule.get((ended, rule))
            if unit_at is not None and group in where:
                table[where[group], unit_at, strata_at[stratum]] += number
    _merge_strata(out, known_at)
    return out


def _ask(build: Finished, grouped: str, where: str) -> tuple[list[Counted], list[Counted]]:
    """Records by group, stratum, end and whether they went; and those that went by group, stratum, end and rule."""
    rows, broke = (
        build.query(
            f"SELECT grp, stratum, ended, {by}, sum(n)::BIGINT FROM "
            f"(SELECT {grouped}, ended, {by}, n FROM {table} WHERE {where}) GROUP BY ALL"
        )
        for table, by in (("removals", "went"), ("breaches", "rule"))
    )
    return rows, broke


def _groups(dimension: Dimension, rows: Sequence[Counted]) -> list[object]:
    """The most frequent groups in the order of their names, or of their numbers; those that say none left out."""
    if dimension.key == "counter_speech":
        return [1] if any(row[0] == 1 for row in rows) else []
    if dimension.names is not None:
        some = {row[0] for row in rows if isinstance(row[0], int)}
        return [*sorted(at for at in some if dimension.names[at] not in _NO_GROUP)]
    counts: Counter[str] = Counter()
    for row in rows:
        if isinstance(row[0], str) and row[0] not in _NO_GROUP:
            counts[row[0]] += row[4]
    frequent = sorted(counts, key=lambda name: (-counts[name], name))[:MOST_GROUPS]
    return [*sorted(frequent)]


def _name(dimension: Dimension, group: object) -> str:
    return dimension.names[group] if dimension.names is not None and isinstance(group, int) else str(group)


def _by_end(
    rows: Sequence[Counted],
    groups: dict[object, int],
    strata: dict[object, int],
    last: int,
) -> tuple[Counts, Counts]:
    """Records by group, stratum and the step where they ended, and those of them that were removed there."""
    ended_all = np.zeros((len(groups), len(strata), last + 1), np.int64)
    removed = np.zeros_like(ended_all)
    for group, stratum, ended, went, number in rows:
        if group in groups:
            ended_all[groups[group], strata[stratum], ended] += number
            if went:
                removed[groups[group], strata[stratum], ended] += number
    return ended_all, removed


def _merge_strata(found: Removals, known_at: int) -> None:
    """Before the language is known there is one stratum: whoever went there has none, whoever stayed has."""
    for at, unit in enumerate(found.units):
        if unit.index < known_at:
            for table in (found.went, found.came, found.all_went, found.all_came):
                table[:, at, 0] = table[:, at].sum(1)
                table[:, at, 1:] = 0
