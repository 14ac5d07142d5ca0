"""A finished build opened for questions: its manifest, and its ledger in DuckDB under a memory limit."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import pyarrow as pa

from gristmill.build.layout import Layout
from gristmill.build.ledger import CUT_PIECES, RECORDS, SELECTION, SPANS_FOUND, SPLIT_OF
from gristmill.build.manifest import json_object, manifest_of

MEMORY = "256MB"
"""What DuckDB may hold; what does not fit is spilled to a temporary folder."""

_NO_SIGNALS = pa.schema([pa.field("rid", pa.string(), nullable=False)])
_FILENAME = pa.field("filename", pa.string())


class Tables:
    """The ledger of a build, or of one that is being put together, opened for questions; close it, or use `with`.

    It is in the views `records`, `signals`, `cuts`, `spans`, `splits` and `selection`; `measured` has the columns of
    `records` and `signals` side by side.

    Their further column `filename` is the part a row is in; a record has the same part name in both.
    """

    def __init__(self, layout: Layout, *, threads: int = 2) -> None:
        self._spill = tempfile.TemporaryDirectory(prefix="gristmill-")
        self._duckdb = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": MEMORY,
                "threads": threads,
                "temp_directory": self._spill.name,
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
            },
        )
        records = self._view("records", layout.records, RECORDS)
        self._signals = self._view("signals", layout.signals, _NO_SIGNALS)
        self._join(aligned=list(map(_name, records)) == list(map(_name, self._signals)))
        self._view("cuts", layout.cuts, CUT_PIECES)
        self._view("spans", layout.spans, SPANS_FOUND)
        self._view("splits", layout.splits, SPLIT_OF)
        self._view("selection", layout.selection, SELECTION)
        self.signal_columns = frozenset(name for name, *_ in self.query("DESCRIBE signals")) - {"rid", "filename"}

    def query(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """All rows of an answer; ask for few."""
        with _ctrl_c():
            rows: list[tuple[Any, ...]] = self._duckdb.execute(sql, list(parameters)).fetchall()
        return rows

    def row(self, sql: str, parameters: Sequence[object] = ()) -> dict[str, Any] | None:
        """The first row of an answer by the names of its columns."""
        with _ctrl_c():
            answer = self._duckdb.execute(sql, list(parameters))
            found = answer.fetchone()
        return None if found is None else dict(zip((name for name, *_ in answer.description), found, strict=True))

    def measured(self, columns: Sequence[str]) -> dict[str, int]:
        """How many records each of some columns of `signals` was measured of."""
        if not columns:
            return {}
        told = self._told_by_footers()
        unknown = [name for name in columns if name not in told]
        if unknown:
            asked = ", ".join(f"count({identifier(name)})" for name in unknown)
            told |= dict(zip(unknown, self.query(f"SELECT {asked} FROM signals")[0], strict=True))  # noqa: S608
        return {name: told[name] for name in columns}

    def _told_by_footers(self) -> dict[str, int]:
        """The same of all columns of which every file says how many values it has."""
        if not self._signals:
            return {}
        rows = self.query(
            "SELECT path_in_schema, sum(num_values - stats_null_count)::BIGINT FROM parquet_metadata(?) "
            "GROUP BY path_in_schema HAVING bool_and(stats_null_count IS NOT NULL)",
            [self._signals],
        )
        return dict(rows)

    def _view(self, name: str, folder: Path, schema: pa.Schema) -> list[str]:
        """Make the view; gives its files."""
        files = [duckdb_path(file) for file in sorted(folder.glob("*.parquet"))]
        if not files:
            self._duckdb.register(name, schema.append(_FILENAME).empty_table())
            return []
        listed = ", ".join(map(literal, files))
        self._duckdb.execute(f"CREATE VIEW {name} AS FROM read_parquet([{listed}], filename = true)")
        return files

    def _join(self, *, aligned: bool) -> None:
        """Rows of a part are the same records in the same order in both tables (`PartLedger`): no key is looked up."""
        joined = "POSITIONAL JOIN signals s" if aligned else "JOIN signals s ON s.rid = r.rid"
        columns = "r.*, s.* EXCLUDE (rid, filename)"
        self._duckdb.execute(f"CREATE VIEW measured AS SELECT {columns} FROM records r {joined}")  # noqa: S608

    def close(self) -> None:
        self._duckdb.close()
        self._spill.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class Finished(Tables):
    """A finished build: its manifest, how it went, and its ledger."""

    def __init__(self, root: Path, *, threads: int = 2) -> None:
        self.root = root
        self.layout = Layout(root)
        self.manifest = manifest_of(self.layout)
        self.run: dict[str, Any] = json_object(self.layout.run) if self.layout.run.is_file() else {}
        super().__init__(self.layout, threads=threads)


def _name(path: str) -> str:
    return Path(path).name


@contextmanager
def _ctrl_c() -> Iterator[None]:
    """Ctrl-C as such, which DuckDB calls a RuntimeError."""
    try:
        yield
    except RuntimeError as error:
        if "interrupted" in str(error).lower():
            raise KeyboardInterrupt from None
        raise


def identifier(name: str) -> str:
    """A column name as SQL spells it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A string as SQL spells it."""
    return "'" + text.replace("'", "''") + "'"


def duckdb_path(path: Path) -> str:
    """A path that DuckDB does not take for a pattern."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))
