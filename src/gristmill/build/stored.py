"""The texts a build holds, found again by the file and row that the ledger gives."""

# ruff: noqa: S608 - values are parameters; names of columns and files are quoted

from __future__ import annotations

import gzip
import io
import itertools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

import orjson
import zstandard

from gristmill.build.finished import Finished, duckdb_path, literal

LONGEST = 1 << 20
"""Characters of one text that are ever fetched, unless less is asked for."""


class Spot(NamedTuple):
    """A row of a file of the build."""

    file: str
    row: int


def texts(build: Finished, spots: Iterable[Spot], longest: int = LONGEST) -> dict[Spot, str]:
    """The texts at some spots, each cut to `longest` characters; what is gone from the build is left out."""
    by_file: dict[str, list[int]] = {}
    for spot in sorted(set(spots)):
        by_file.setdefault(spot.file, []).append(spot.row)
    found = {}
    for file, rows in by_file.items():
        path = _inside(build.root, file)
        if path is None:
            continue
        read = _parquet(build, path, rows, longest) if path.suffix == ".parquet" else _lines(path, rows, longest)
        found.update({Spot(file, row): text for row, text in read})
    return found


def _inside(root: Path, file: str) -> Path | None:
    path = root / file
    return path if path.is_file() and path.resolve().is_relative_to(root.resolve()) else None


def _parquet(build: Finished, path: Path, rows: list[int], longest: int) -> Iterator[tuple[int, str]]:
    asked = ", ".join(map(str, rows))
    yield from build.query(
        f"SELECT file_row_number, text[:{longest}] "
        f"FROM read_parquet({literal(duckdb_path(path))}, file_row_number = true) "
        f"WHERE file_row_number IN ({asked}) AND text IS NOT NULL"
    )


def _lines(path: Path, rows: list[int], longest: int) -> Iterator[tuple[int, str]]:
    with _opened(path) as file:
        at = 0
        for row in rows:
            line = next(itertools.islice(file, row - at, None), None)
            if line is None:
                return
            at = row + 1
            text = orjson.loads(line).get("text")
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
