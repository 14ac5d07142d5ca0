"""JSON Lines files, plain or compressed, one object a record with `metadata` as an object in it."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import IO, Any, ClassVar, Literal, cast

import pyarrow as pa
import zstandard
from pydantic import Field

from gristmill.contracts.sink import Sink
from gristmill.deliver._digested import DigestedFile
from gristmill.deliver._json_lines import json_lines

_SUFFIX = {"none": ".jsonl", "gzip": ".jsonl.gz", "zstd": ".jsonl.zst"}


class Jsonl(Sink):
    """Write records as JSON Lines: one object a record, every column a key, `metadata` an object in it."""

    keeps_records: ClassVar[bool] = True

    compression: Literal["zstd", "gzip", "none"] = Field("zstd", description="Codec of the whole file.")
    level: int = Field(3, ge=1, le=19, description="Level of zstd: 1 is fastest, 19 smallest. gzip has its own.")

    @property
    def suffix(self) -> str:
        return _SUFFIX[self.compression]

    def open(self, path: Path, schema: pa.Schema) -> JsonlWriter:
        return JsonlWriter(path, self.compression, self.level)


class JsonlWriter:
    """Bytes depend on the records alone: no time stamp in the gzip header, keys in column order."""

    def __init__(self, path: Path, compression: str, level: int) -> None:
        self._raw = DigestedFile(path)
        self._out: Any = self._raw
        if compression == "gzip":
            self._out = gzip.GzipFile(filename="", mode="wb", fileobj=self._raw, compresslevel=6, mtime=0)
        elif compression == "zstd":
            to = cast(IO[bytes], self._raw)
            self._out = zstandard.ZstdCompressor(level=level).stream_writer(to, closefd=False)

    def write(self, batch: pa.RecordBatch) -> None:
        if len(batch):
            self._out.write(json_lines(batch))

    def close(self) -> None:
        if self._out is not self._raw:
            self._out.close()
        self._raw.close()

    @property
    def sha256(self) -> str:
        return self._raw.sha256
