"""The files of one part as they are written: what holds how many records, and the digests of all."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from gristmill.build.store import sha256
from gristmill.contracts.sink import DigestingWriter, Sink, Writer
from gristmill.deliver.parquet import Parquet

LEDGER = Parquet(compression="zstd", level=1)  # ids and hashes for the most part, of which higher levels make no less
DROPPED = Parquet(compression="zstd", level=1)  # kept to be looked at, hardly ever read as a whole


class PartFiles:
    """Files in a folder, each opened by the first batch that goes to it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writers: dict[str, Writer] = {}
        self.rows: dict[str, int] = {}
        self._bytes: dict[str, int] = {}

    def write(self, name: str, sink: Sink, batch: pa.RecordBatch) -> None:
        """Add a batch to the file of that name, which is a path below the folder."""
        if name not in self._writers:
            path = self._folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writers[name] = sink.open(path, batch.schema)
            self.rows[name] = self._bytes[name] = 0
        self._writers[name].write(batch)
        self.rows[name] += len(batch)
        if "text" in batch.schema.names and not name.startswith("ledger/"):
            self._bytes[name] += int(pc.sum(pc.binary_length(batch.column("text"))).as_py() or 0)

    def close(self) -> dict[str, dict[str, int]]:
        """End all files; what their writers tell of them."""
        told = {name: dict(writer.close() or {}) for name, writer in self._writers.items()}
        return {name: counts for name, counts in told.items() if counts}

    def counted(self) -> dict[str, object]:
        """Rows, bytes of text and digest of each file, once all are closed."""
        digests = {name: self._digest(name, writer) for name, writer in self._writers.items()}
        return {"rows": self.rows, "bytes": self._bytes, "sha256": digests}

    def _digest(self, name: str, writer: Writer) -> str:
        return writer.sha256 if isinstance(writer, DigestingWriter) else sha256(self._folder / name)
