"""Parquet files, by row groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from gristmill.collect._columns import ColumnReader
from gristmill.collect._files import opened
from gristmill.collect._table import check, converted, text_sizes
from gristmill.contracts.reader import Member, Unit
from gristmill.errors import InputError
from gristmill.records.chunk import CHUNK_BYTES, CHUNK_ROWS, Chunk, Problem
from gristmill.records.document import DOCUMENT

UNIT_BYTES = 64 << 20

_BATCH_BYTES = 4 * CHUNK_BYTES


class Parquet(ColumnReader):
    """Parquet files. A record's position is its row in the file; columns that are not mapped become metadata."""

    suffixes = (".parquet", ".pq")

    def units_of(self, files: Sequence[Member]) -> list[Unit]:
        return [unit for member in files for unit in self._units(member)]

    def _units(self, member: Member) -> list[Unit]:
        return group_units(member, lambda schema: check(self, schema, member.source))

    def pieces(self, unit: Unit, count: int, size: int) -> list[Unit]:
        groups = 1 if unit.stop is None else unit.stop - unit.start
        if unit.size <= count * size or groups == 1:
            return [unit]
        member = unit.members[0]
        starts = sorted({unit.start + (2 * at + 1) * groups // (2 * count) for at in range(count)})
        part = replace(member, size=unit.size // groups)
        return [Unit((part,), start, start + 1) for start in starts]

    def read(self, unit: Unit, skip: int = 0) -> Iterator[Chunk]:
        source = unit.members[0].source
        with opened(unit.members[0]) as file:
            parquet = parquet_file(file, source)
            metadata = parquet.metadata
            rows = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
            first_rows = [*accumulate(rows, initial=0)]
            begin = first_rows[unit.start]
            resume = begin + skip
            for group in range(unit.start, len(rows) if unit.stop is None else unit.stop):
                row = first_rows[group]
                if row + rows[group] <= resume:
                    continue
                raw_a_row = raw_size(metadata, group) / rows[group]
                for found in groups_of(parquet, group):
                    if isinstance(found, str):
                        if row >= resume:
                            yield Chunk(_EMPTY, (Problem(source, row, found),), row + 1 - begin, 0)
                        return
                    for batch in cut(found, self.text):
                        row += len(batch)
                        if row > resume:
                            fresh = batch.slice(max(resume - (row - len(batch)), 0))
                            positions = np.arange(row - len(fresh), row)
                            records, problems = converted(fresh, self, source, positions)
                            yield Chunk(records, tuple(problems), row - begin, round(raw_a_row * len(fresh)))


def group_units(member: Member, check: Callable[[pa.Schema], None] = lambda _: None) -> list[Unit]:
    """A file as units of row groups; `check` may refuse its schema."""
    if not member.size:
        return []
    with opened(member, checked=False) as file:
        parquet = parquet_file(file, member.source)
        check(parquet.schema_arrow)
        sizes = [raw_size(parquet.metadata, group) for group in range(parquet.num_row_groups)]
    starts = [0]
    for group in range(1, len(sizes)):
        if sum(sizes[starts[-1] : group + 1]) > UNIT_BYTES and not member.checksum:
            starts.append(group)
    pieces = zip(starts, [*starts[1:], len(sizes)], strict=True)
    return [Unit((replace(member, size=sum(sizes[a:b])),), a, b) for a, b in pieces]


_EMPTY = pa.RecordBatch.from_pylist([], DOCUMENT)


def parquet_file(file: BinaryIO, source: str) -> pq.ParquetFile:
    """An open file; InputError where it is no Parquet file."""
    try:
        return pq.ParquetFile(file)
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno:
            raise
        raise InputError(source, f"it is not a Parquet file, or a part of one ({_brief(error)})") from error


def raw_size(metadata: pq.FileMetaData, group: int) -> int:
    """Compressed bytes of a row group; its own `total_byte_size` is uncompressed."""
    columns = metadata.row_group(group)
    return sum(columns.column(i).total_compressed_size for i in range(columns.num_columns))


def groups_of(parquet: pq.ParquetFile, group: int) -> Iterator[pa.RecordBatch | str]:
    """The batches of a row group, then a sentence where the rest of it cannot be read."""
    found = parquet.metadata.row_group(group)
    fitting = _BATCH_BYTES * found.num_rows // max(found.total_byte_size, 1)
    batches = parquet.iter_batches(min(max(fitting, 1), CHUNK_ROWS), row_groups=[group], use_threads=False)
    while True:
        try:
            batch = next(batches, None)
        except (pa.ArrowException, OSError) as error:
            if isinstance(error, OSError) and error.errno:
                raise
            yield f"from this row on, {found.num_rows} rows or fewer of a row group cannot be read ({_brief(error)})"
            return
        if batch is None:
            return
        yield batch


def cut(batch: pa.RecordBatch, text: str) -> Iterator[pa.RecordBatch]:
    """Pieces that end where the text reaches the size of a chunk."""
    reach = np.cumsum(text_sizes(batch, text))
    start = 0
    while start < len(batch):
        before = reach[start - 1] if start else 0
        stop = min(int(np.searchsorted(reach, before + CHUNK_BYTES)) + 1, len(batch))
        yield batch.slice(start, stop - start)
        start = stop


def _brief(error: Exception) -> str:
    """The first line of what Arrow says, which may be long."""
    return str(error).partition("\n")[0][:200]
