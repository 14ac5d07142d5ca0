"""What a finished build says of benchmark items: how much of each stands in what was read, and in what was kept."""

from __future__ import annotations

# ruff: noqa: S608 - names of columns are quoted, and bounds are constants of this module
from collections.abc import Mapping
from dataclasses import dataclass

from gristmill.build.finished import Finished, identifier
from gristmill.build.manifest import StepEntry

STEP = "decontaminate"

CLEAN, DIRTY = 0.2, 0.8
"""Shares of an item: below the first it is clean, from the second on dirty (Touvron et al. 2023, app. A.6)."""

_EVIDENCE = (
    '[{"benchmark": "VARCHAR", "item": "VARCHAR", "share": "DOUBLE", "near": "DOUBLE", "answered": "BOOLEAN", '
    '"start": "BIGINT", "stop": "BIGINT", "excerpt": "VARCHAR"}]'
)


@dataclass(frozen=True, slots=True)
class Standing:
    """A benchmark: its items, and how many of them are dirty or in part in records read, and in records kept."""

    benchmark: str
    items: int
    dirty_read: int
    part_read: int
    dirty_kept: int
    part_kept: int

    @property
    def clean(self) -> int:
        """Items of which at most a fifth stands in what was kept."""
        return self.items - self.dirty_kept - self.part_kept


@dataclass(frozen=True, slots=True)
class Exposed:
    """An item, how much of it stands in the record that has most of it, and where it stands there."""

    benchmark: str
    item: str
    share: float
    near: float
    answered: bool
    records: int
    kept: int
    rid: str
    source: str
    fate: str
    excerpt: str | None


def steps(build: Finished) -> list[StepEntry]:
    """The lines of the recipe that looked for benchmarks and left their evidence."""
    return [
        step for step in build.manifest.steps if step.step == STEP and step.column("evidence") in build.signal_columns
    ]


def items_of(step: StepEntry) -> Mapping[str, int]:
    """How many items each benchmark has that the step looked for."""
    known = step.settings.get("benchmarks")
    return known if isinstance(known, dict) else {}


def found(step: StepEntry) -> str:
    """SQL for a row for each record and item of which something stands in it."""
    column = identifier(step.column("evidence"))
    return f"""
        SELECT rid, source, fate, most.*,
               CASE WHEN most.answered THEN 1.0 ELSE greatest(most.share, most.near) END AS much
        FROM (
            SELECT rid, source, fate, unnest(from_json({column}, '{_EVIDENCE}')) AS most
            FROM measured WHERE {column} IS NOT NULL
        )
    """


def standings(build: Finished, step: StepEntry) -> list[Standing]:
    """Every benchmark of the step's packs, found or not."""
    counted = {
        benchmark: counts
        for benchmark, *counts in build.query(
            f"""
            SELECT benchmark, count(*) FILTER (everywhere >= {DIRTY}),
                   count(*) FILTER (everywhere >= {CLEAN} AND everywhere < {DIRTY}),
                   count(*) FILTER (kept >= {DIRTY}), count(*) FILTER (kept >= {CLEAN} AND kept < {DIRTY})
            FROM ({per_item(step)}) GROUP BY benchmark
            """
        )
    }
    return [Standing(name, items, *counted.get(name, (0, 0, 0, 0))) for name, items in items_of(step).items()]


def per_item(step: StepEntry) -> str:
    """SQL for a row for each item of which something was found, and the most of it in a record read or kept."""
    return f"""
        SELECT benchmark, item, max(much) AS everywhere, coalesce(max(much) FILTER (fate = 'kept'), 0.0) AS kept,
               count(*) AS records, count(*) FILTER (fate = 'kept') AS records_kept
        FROM ({found(step)}) GROUP BY benchmark, item
    """


def items_found(build: Finished, step: StepEntry) -> list[tuple[str, str, float, float, int, int]]:
    """Items of which something was found: benchmark, id, the most of it read and kept, and in how many records each."""
    return [
        (benchmark, item, everywhere, kept, records, records_kept)
        for benchmark, item, everywhere, kept, records, records_kept in build.query(
            f"FROM ({per_item(step)}) ORDER BY benchmark, item"
        )
    ]


def state(share: float) -> str:
    """What a share of an item makes of it."""
    return "dirty" if share >= DIRTY else "in part" if share >= CLEAN else "clean"


def by_source(build: Finished, step: StepEntry) -> dict[tuple[str, str], int]:
    """By benchmark and source, how many items are dirty or in part in its records."""
    rows = build.query(
        f"SELECT benchmark, source, count(DISTINCT item) FROM ({found(step)}) WHERE much >= {CLEAN} GROUP BY ALL"
    )
    return {(benchmark, source): items for benchmark, source, items in rows}


def most_exposed(build: Finished, step: StepEntry, each: int) -> list[Exposed]:
    """A few items of each benchmark: of which a record holds most, and among those, that stand in most records."""
    rows = build.query(
        f"""
        SELECT benchmark, item, best.share, best.near, best.answered, records, kept,
               best.rid, best.source, best.fate, best.excerpt
        FROM (
            SELECT benchmark, item, max(much) AS much, count(*) AS records, count(*) FILTER (fate = 'kept') AS kept,
                   arg_max(
                       {{share: share, near: near, answered: answered, rid: rid, source: source, fate: fate,
                         excerpt: excerpt}},
                       (excerpt IS NOT NULL, much, rid)
                   ) AS best
            FROM ({found(step)}) GROUP BY benchmark, item
        )
        QUALIFY row_number() OVER (PARTITION BY benchmark ORDER BY much DESC, records DESC, item) <= {each}
        ORDER BY benchmark, much DESC, records DESC, item
        """
    )
    return [Exposed(*row) for row in rows]
