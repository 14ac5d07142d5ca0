"""Parquet files, as `datasets`, DuckDB, Polars and pandas open them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pydantic import Field

from gristmill.contracts.sink import Sink
from gristmill.deliver._nested import kind_of, nested, nested_schema

_GROUP_BYTES = 32 << 20
_UNBOUNDED = ("text", "metadata", "reasons", "edits", "content", "roles")


class Parquet(Sink):
    """Write records as Parquet: typed columns, `metadata` as a JSON string, zstd-compressed."""

    keeps_records: ClassVar[bool] = True

    compression: Literal["zstd", "snappy", "gzip", "none"] = Field("zstd", description="Codec of the column chunks.")
    level: int = Field(3, ge=1, le=19, description="Level of zstd; the other codecs have their own.")

    @property
    def suffix(self) -> str:
        return ".parquet"

    def open(self, path: Path, schema: pa.Schema) -> ParquetWriter:
        level = self.level if self.compression == "zstd" else None
        return ParquetWriter(path, schema, self.compression, level)


class ParquetWriter:
    """Row groups end at about 32 MB, wherever the batches that come in were cut."""

    def __init__(self, path: Path, schema: pa.Schema, compression: str, level: int | None) -> None:
        # `text` is nearly unique per row: a dictionary would only be built and thrown away.
        dictionary = [f.name for f in schema if f.name in ("source", "language", "declared_language", "step")]
        # Nobody looks for a text by its first and last letters.
        bounded = [f.name for f in schema if f.name not in _UNBOUNDED]
        self._kind = kind_of(schema)
        self._schema = nested_schema(schema)
        self._file = pq.ParquetWriter(
            os.fspath(path),
            self._schema,
            compression=compression,
            compression_level=level,
            use_dictionary=dictionary,
            write_statistics=bounded,
        )
        self._held: list[pa.RecordBatch] = []
        self._bytes = 0

    def write(self, batch: pa.RecordBatch) -> None:
        # By rows, so that the same rows make the same row groups however they come.
        sizes = np.cumsum(_row_bytes(batch))
        start = before = 0
        while (row := int(np.searchsorted(sizes, before + _GROUP_BYTES - self._bytes))) < len(batch):
            self._held.append(batch.slice(start, row + 1 - start))
            self._flush()
            start, before = row + 1, int(sizes[row])
        if start < len(batch):
            self._held.append(batch.slice(start))
            self._bytes += int(sizes[-1]) - before

    def close(self) -> Mapping[str, int] | None:
        self._flush()
        self._file.close()
        return None

    def _flush(self) -> None:
        if self._held:
            batches = [nested(batch, self._kind) for batch in self._held]
            table = pa.Table.from_batches(batches, schema=self._schema).combine_chunks()
            self._file.write_table(table, row_group_size=max(len(table), 1))
            self._held, self._bytes = [], 0


def _row_bytes(batch: pa.RecordBatch) -> np.ndarray:
    if "text" not in batch.schema.names:
        return np.full(len(batch), 256)
    sizes: np.ndarray = pc.fill_null(pc.binary_length(batch.column("text")), 0).to_numpy()
    return sizes.astype(np.int64)
