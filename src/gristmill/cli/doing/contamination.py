"""`gristmill contamination`: which benchmark items stand in a build, and which are clean enough to report on."""

from __future__ import annotations

from pathlib import Path

import click
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from gristmill.build import contamination as found
from gristmill.build.finished import Finished
from gristmill.cli import terminal
from gristmill.cli.figures import count, several, share
from gristmill.decontaminate._packing import known_items
from gristmill.errors import InputError, OutputError, near_miss

COLUMNS = ("benchmark", "item", "state", "kept_share", "kept_records", "read_share", "read_records")


def contamination(build: Path, step: str | None, to: Path | None, packs: tuple[Path, ...], force: bool) -> None:
    """Say how much of the benchmarks stands in what BUILD read and kept."""
    if to is not None and to.suffix not in (".csv", ".parquet"):
        raise click.UsageError(f"--to ends in .csv or .parquet, and this is {to.name!r}")
    if to is not None and to.exists() and not force:
        raise OutputError(f"{to} is there already: name another with --to, or write over it with --force")
    with Finished(build) as finished:
        steps = {one.name: one for one in found.steps(finished)}
        if not steps:
            raise InputError(str(build), "no step of it looked for benchmarks; add `decontaminate` to its recipe")
        if step is not None and step not in steps:
            raise click.UsageError(f"no step {step!r} looked for benchmarks: {near_miss(step, steps)}")
        chosen = steps[step] if step is not None else list(steps.values())[-1]
        terminal.table(
            ("benchmark", "items", "read: dirty", "in part", "kept: dirty", "in part", "clean in what was kept"),
            [
                (
                    one.benchmark,
                    count(one.items),
                    count(one.dirty_read),
                    count(one.part_read),
                    count(one.dirty_kept),
                    count(one.part_kept),
                    share(one.clean, one.items),
                )
                for one in found.standings(finished, chosen)
            ],
            right=("items", "read: dirty", "in part", "kept: dirty", "clean in what was kept"),
        )
        if to is not None:
            rows = _rows(found.items_found(finished, chosen), packs)
            _write(pa.Table.from_pylist(rows), to)
            terminal.say()
            terminal.say(f"wrote {several(len(rows), 'item')} to {to}")


def _rows(items: list[tuple[str, str, float, float, int, int]], packs: tuple[Path, ...]) -> list[dict[str, object]]:
    rows: dict[tuple[str, str], tuple[object, ...]] = {}
    for benchmark, item, findable in known_items(packs):
        rows[benchmark, item] = ("clean" if findable else "cannot be found", 0.0, 0, 0.0, 0)
    for benchmark, item, read, kept, records, records_kept in items:
        rows[benchmark, item] = (found.state(kept), kept, records_kept, read, records)
    return [dict(zip(COLUMNS, (*key, *values), strict=True)) for key, values in rows.items()]


def _write(table: pa.Table, to: Path) -> None:
    try:
        if to.suffix == ".csv":
            pacsv.write_csv(table, to)
        else:
            pq.write_table(table, to)
    except OSError as error:
        raise OutputError(f"{to} cannot be written: {error.strerror}") from error
