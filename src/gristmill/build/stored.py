"""The texts a build holds, found again by the file and row that the ledger gives."""

from __future__ import annotations

import gzip
import io
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import zstandard

from gristmill.build.finished import Finished
from gristmill.records.turns import OF_TURNS, text_of

LONGEST = 1 << 20
"""Characters of one text that are ever fetched, unless less is asked for."""

_ROWS = 64

Row = Mapping[str, Any]


class Spot(NamedTuple):
    """A row of a file of the build."""

    file: str
    row: int


def texts(
    build: Finished, spots: Iterable[Spot], longest: int = LONGEST, *, of_turns: Callable[[Row], str] = text_of
) -> dict[Spot, str]:
    """The texts at some spots, each cut to `longest` characters; what is gone from the build is left out.

    `of_turns` makes one text of a record of several.
    """
    by_file: dict[str, list[int]] = {}
    for spot in sorted(set(spots)):
        by_file.setdefault(spot.file, []).append(spot.row)
    found = {}
    for file, rows in by_file.items():
        path = _inside(build.root, file)
        if path is None:
            continue
        read = (_parquet if path.suffix == ".parquet" else _lines)(path, rows, longest, of_turns)
        found.update({Spot(file, row): text for row, text in read})
    return found


def _inside(root: Path, file: str) -> Path | None:
    path = root / file
    return path if path.is_file() and path.resolve().is_relative_to(root.resolve()) else None


def _parquet(path: Path, rows: list[int], longest: int, of_turns: Callable[[Row], str]) -> Iterator[tuple[int, str]]:
    """Row group by row group, a few rows at a time: a text may be longer than all that DuckDB may hold."""
    with pq.ParquetFile(path) as file:
        start = 0
        for group in range(file.num_row_groups):
            stop = start + file.metadata.row_group(group).num_rows
            if any(start <= row < stop for row in rows):
                wanted = [row - start for row in rows if start <= row < stop]
                for row, text in _of_group(file, group, wanted, longest, of_turns):
                    yield start + row, text
            start = stop


def _of_group(
    file: pq.ParquetFile, group: int, rows: list[int], longest: int, of_turns: Callable[[Row], str]
) -> Iterator[tuple[int, str]]:
    at = 0
    columns = [name for name in ("text", *OF_TURNS) if name in file.schema_arrow.names]
    for batch in file.iter_batches(_ROWS, row_groups=[group], columns=columns, use_threads=False):
        here = [row - at for row in rows if at <= row < at + len(batch)]
        if here:
            found = batch.take(pa.array(here))
            for row, text in zip(here, _texts(found, longest, of_turns), strict=True):
                if text is not None:
                    yield at + row, text
        at += len(batch)
        if at > rows[-1]:
            return  # what comes after the last one need not be decompressed


def _texts(batch: pa.RecordBatch, longest: int, of_turns: Callable[[Row], str]) -> list[str | None]:
    if "text" in batch.schema.names:
        cut: list[str | None] = pc.utf8_slice_codeunits(batch.column("text"), 0, longest).to_pylist()
        return cut
    return [of_turns(row)[:longest] for row in batch.to_pylist()]


def _lines(path: Path, rows: list[int], longest: int, of_turns: Callable[[Row], str]) -> Iterator[tuple[int, str]]:
    with _opened(path) as file:
        at = 0
        for row in rows:
            line = next(itertools.islice(file, row - at, None), None)
            if line is None:
                return
            at = row + 1
            record = orjson.loads(line)
            text = record.get("text") if "text" in record else of_turns(record)
            if isinstance(text, str):
                yield row, text[:longest]


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    with path.open("rb") as raw:
        if path.suffix == ".gz":
            with gzip.open(raw) as file:
                yield io.BufferedReader(file)
        elif path.suffix == ".zst":
            with zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True) as stream:
                yield io.BufferedReader(stream)
        else:
            yield raw
