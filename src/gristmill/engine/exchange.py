"""The exchange on one machine: DuckDB brings rows of equal key together under a memory limit."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from gristmill.engine.protocol import Keys, Refs

Link = Callable[[Keys, Refs], tuple[Refs, Refs]]

_ROWS = pa.schema([("key", pa.uint64()), ("row", pa.int64())])
_PAIRS = pa.schema([("low", pa.int64()), ("high", pa.int64())])
_BLOCK = 1 << 20


def exchange(rows: Iterator[pa.RecordBatch], link: Link, spill: Path, memory_mb: int) -> Iterator[tuple[Refs, Refs]]:
    """Rows in, pairs out: `link` sees every group of two rows or more; its pairs come back distinct, ascending."""
    spill.mkdir(parents=True, exist_ok=True)
    with _disk_errors(), tempfile.TemporaryDirectory(dir=spill, prefix="exchange-") as folder:
        config = {
            "memory_limit": f"{memory_mb}MB",
            "temp_directory": folder,
            "threads": 2,
            "preserve_insertion_order": False,
        }
        with duckdb.connect(f"{folder}/exchange.duckdb", config=config) as db:
            incoming = pa.RecordBatchReader.from_batches(_ROWS, rows)
            db.register("incoming", incoming)
            db.execute("CREATE TABLE rows AS SELECT key, row FROM incoming")
            db.execute(
                "CREATE TABLE met AS SELECT key, row FROM rows"
                " SEMI JOIN (SELECT key FROM rows GROUP BY key HAVING count(*) > 1) USING (key)"
            )
            db.execute("DROP TABLE rows")
            # Without this, Arrow output of an ORDER BY comes out of order (DuckDB 2.0, two threads).
            db.execute("SET preserve_insertion_order = true")
            db.execute("CREATE TABLE pairs (low BIGINT, high BIGINT)")
            # A cursor of its own, because one connection streams only one result.
            with db.cursor() as reading:
                stream = reading.sql("SELECT key, row FROM met ORDER BY key, row").to_arrow_reader(_BLOCK)
                for keys, members in _whole_groups(stream):
                    low, high = link(keys, members)
                    if len(low):
                        found = pa.table([pa.array(low, pa.int64()), pa.array(high, pa.int64())], schema=_PAIRS)
                        db.register("found", found)
                        db.execute("INSERT INTO pairs SELECT low, high FROM found")
                        db.unregister("found")
            answer = db.sql("SELECT DISTINCT low, high FROM pairs ORDER BY low, high")
            for batch in answer.to_arrow_reader(_BLOCK):
                yield batch.column(0).to_numpy(), batch.column(1).to_numpy()


@contextmanager
def _disk_errors() -> Iterator[None]:
    """DuckDB's errors of the disk as the system's own."""
    try:
        yield
    except (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.TransactionException) as error:
        said = str(error)
        if "No space left" in said or "max_temp_directory_size" in said:
            raise OSError(errno.ENOSPC, said) from error
        if isinstance(error, duckdb.OutOfMemoryException):
            raise
        raise OSError(errno.EIO, said.partition("\n")[0]) from error


def _whole_groups(stream: pa.RecordBatchReader) -> Iterator[tuple[Keys, Refs]]:
    """Cut a stream sorted by key so that no group of equal keys is cut in two."""
    keys = np.empty(0, np.uint64)
    members = np.empty(0, np.int64)
    for batch in stream:
        keys = np.concatenate([keys, batch.column(0).to_numpy()])
        members = np.concatenate([members, batch.column(1).to_numpy()])
        whole = int(np.searchsorted(keys, keys[-1], side="left")) if len(keys) else 0
        if whole:
            yield keys[:whole], members[:whole]
            keys, members = keys[whole:], members[whole:]
    if len(keys):
        yield keys, members
