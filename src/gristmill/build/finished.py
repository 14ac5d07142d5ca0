"""A finished build opened for questions: its manifest as objects, its ledger in DuckDB under a memory limit."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import duckdb
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, ValidationError

from gristmill.build.layout import Layout
from gristmill.build.ledger import CUT_PIECES, RECORDS, SELECTION, SPANS_FOUND, SPLIT_OF
from gristmill.errors import InputError

MEMORY = "256MB"
"""What DuckDB may hold; what does not fit is spilled to a temporary folder."""

_NO_SIGNALS = pa.schema([pa.field("rid", pa.string(), nullable=False)])
_FILENAME = pa.field("filename", pa.string())


class _Read(BaseModel):
    """A manifest of a later version may say more; what is not known here is left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class SignalEntry(_Read):
    name: str
    kind: Literal["share", "count", "number", "label", "spans"]
    description: str = ""


class RuleEntry(_Read):
    reason: str
    signal: str
    low: float | None = None
    high: float | None = None
    open_low: bool = False
    open_high: bool = False
    values: tuple[str, ...] | None = None
    bound: str = ""
    source: str = ""
    option: str = ""
    seen: int = 0  # records whose signal it was asked of
    hits: int = 0  # those that broke it

    @property
    def found_nothing_forbidden(self) -> bool:
        """Whether it forbids what it counts altogether, and nothing was there: no sign of a wrong threshold."""
        return self.high == 0 and self.low is None and not self.hits


class RecallEntry(_Read):
    """How many of the pairs that a step should have brought together it did: `Recall` in `build/recall.py`."""

    records: int
    of: int
    whole: bool
    pairs: int
    met: float | None = None
    low: float | None = None
    high: float | None = None
    expected: float | None = None
    settled: float | None = None


class StepEntry(_Read):
    name: str
    step: str
    kind: Literal["row", "corpus", "select", "split"] = "row"
    settings: dict[str, Any] = {}
    signals: tuple[SignalEntry, ...] = ()
    rules: tuple[RuleEntry, ...] = ()
    recall: RecallEntry | None = None

    def column(self, signal: str) -> str:
        """The name that a signal of this step has in the ledger."""
        return signal if signal.startswith(f"{self.name}.") else f"{self.name}.{signal}"


class FunnelEntry(_Read):
    step: str
    records_in: int
    records_out: int
    bytes_in: int = 0
    bytes_out: int = 0
    words_in: int = 0
    words_out: int = 0
    dropped: int = 0
    merged: int = 0
    quarantined: int = 0


class Counts(_Read):
    read: int
    kept: int
    dropped: int = 0
    merged: int = 0
    quarantined: int = 0


class OutputEntry(_Read):
    path: str
    records: int = 0
    bytes: int = 0
    sha256: str = ""
    told: dict[str, int] = {}  # what its writer tells of it: records left out, tokens


class ShapeEntry(_Read):
    """How the delivered records of several texts are built (`build/shape.py`)."""

    orders: dict[str, int]
    turns: dict[int, int]
    lengths: dict[str, dict[int, int]]
    characters: dict[str, int]


class DeliveredEntry(_Read):
    """An output of the recipe, all its files together."""

    output: str
    records: int
    files: int
    told: dict[str, int] = {}


class Manifest(_Read):
    """`manifest.json`: what the build is."""

    gristmill: str = ""
    name: str
    recipe: str = ""
    kind: str = "document"
    steps: tuple[StepEntry, ...] = ()
    funnel: tuple[FunnelEntry, ...] = ()
    counts: Counts
    skipped: dict[str, int] = {}
    warnings: tuple[str, ...] = ()
    versions: dict[str, str] = {}
    pinned: tuple[str, ...] = ()  # commits that names in the recipe stood for
    outputs: tuple[OutputEntry, ...] = ()
    delivered: tuple[DeliveredEntry, ...] = ()
    ready: tuple[OutputEntry, ...] = ()  # files of folders as other programs take them
    certificate: dict[str, Any] | None = None  # of splits: `build/certificate.py`
    shape: ShapeEntry | None = None
    digest: str = ""


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
        self.manifest = _manifest(self.layout)
        self.run: dict[str, Any] = _json(self.layout.run) if self.layout.run.is_file() else {}
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


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text("utf-8"))
    except (ValueError, OSError) as error:
        raise InputError(str(path), f"cannot be read ({error}); build it again") from error
    if not isinstance(content, dict):
        raise InputError(str(path), "is no JSON object; build it again")
    return content


def _manifest(layout: Layout) -> Manifest:
    if not layout.manifest.is_file():
        raise InputError(str(layout.root), "is no finished build, it has no manifest.json; run `gristmill build` first")
    try:
        return Manifest.model_validate(_json(layout.manifest))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(str(layout.manifest), f"is no manifest: {where}: {first['msg']}") from error
