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
    with _told() as watched, tempfile.TemporaryDirectory(dir=spill, prefix="exchange-") as folder:
        config = {
            "memory_limit": f"{memory_mb}MB",
            "temp_directory": folder,
            "threads": 2,
            "preserve_insertion_order": False,
        }
        with duckdb.connect(f"{folder}/exchange.duckdb", config=config) as db:
            incoming = pa.RecordBatchReader.from_batches(_ROWS, watched(rows))
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


Watched = Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]


@contextmanager
def _told() -> Iterator[Watched]:
    """What went wrong as what it was: DuckDB makes errors of its own of the disk's, of the rows' and of Ctrl-C."""
    failed: list[BaseException] = []

    def watched(rows: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        try:
            yield from rows
        except Exception as error:
            failed.append(error)
            raise
        except KeyboardInterrupt as stop:
            failed.append(stop)
            raise

    try:
        yield watched
    except (duckdb.Error, RuntimeError) as error:
        if failed:
            raise failed[0] from None
        if "interrupted" in str(error).lower():
            raise KeyboardInterrupt from None
        if (number := _number(error)) is not None:
            raise OSError(number, str(error).partition("\n")[0]) from error
        raise


def _number(error: Exception) -> int | None:
    """The system's number for an error of the disk."""
    if "No space left" in str(error) or "max_temp_directory_size" in str(error):
        return errno.ENOSPC
    return errno.EIO if isinstance(error, duckdb.IOException) else None


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
