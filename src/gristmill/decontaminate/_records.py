"""The records of benchmark files as mappings, one at a time, whatever kind of file they are in."""

from __future__ import annotations

import csv
import glob
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from gristmill.decontaminate._benchmark import Benchmark, several
from gristmill.errors import InputError, near_miss

MOST_BYTES = 1 << 30
"""Of a benchmark file, decompressed."""

_KINDS = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet", ".txt")


class Record(NamedTuple):
    """A record and where it stands: the file as it is spelled, and its number in it, from 1 on."""

    file: str
    number: int
    fields: Mapping[str, Any]

    @property
    def place(self) -> str:
        return f"{self.file}, record {self.number}"

    def field(self, name: str) -> Any:
        if name not in self.fields:
            raise InputError(self.place, f"has no field {name!r}: {near_miss(name, map(str, self.fields))}")
        return self.fields[name]


def records(benchmark: Benchmark, root: Path) -> Iterator[Record]:
    """Every record of a benchmark; InputError where a file is missing or cannot be read."""
    for spelled in several(benchmark.files):
        for path in _paths(root, spelled):
            name = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
            number = 0
            for number, fields in enumerate(_read(path, name, benchmark), 1):
                if not isinstance(fields, dict):
                    raise InputError(f"{name}, record {number}", "is no mapping of fields")
                yield Record(name, number, fields)
            if not number:
                raise InputError(name, "has no record")


def _paths(root: Path, spelled: str) -> list[Path]:
    path = root / spelled
    if path.is_file():
        return [path]
    found = sorted(Path(name) for name in glob.glob(str(path), recursive=True))  # noqa: PTH207 - a pattern may be absolute
    files = [path for path in found if path.is_file()]
    if not files:
        raise InputError(spelled, f"there is no such file in {root}")
    return files


def _read(path: Path, name: str, benchmark: Benchmark) -> Iterator[Any]:
    suffixes = [suffix for suffix in path.suffixes if suffix != ".gz"]
    kind = suffixes[-1] if suffixes else ""
    if kind not in _KINDS:
        raise InputError(name, f"is none of {', '.join(_KINDS)}, plain or with .gz")
    try:
        if kind == ".parquet":
            yield from _parquet(path)
            return
        data = _contents(path, name)
        if kind == ".txt":
            yield {"text": data.decode("utf-8-sig", "replace")}
        elif kind in (".jsonl", ".ndjson"):
            yield from _json_lines(data, name)
        elif kind == ".json":
            yield from _json(data, name, benchmark.records)
        else:
            yield from _separated(data, "\t" if kind == ".tsv" else ",", benchmark.columns)
    except OSError as error:
        raise InputError(name, f"cannot be read: {error.strerror or error}") from error
    except (EOFError, zlib.error, pa.ArrowException, csv.Error, UnicodeDecodeError) as error:
        raise InputError(name, f"is damaged, or no {kind[1:]} file: {error}") from error


def _contents(path: Path, name: str) -> bytes:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
        data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise InputError(name, f"is larger than {MOST_BYTES >> 30} GB, the most that a benchmark file may be")
    return data


def _json_lines(data: bytes, name: str) -> Iterator[Any]:
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if line.strip():
            try:
                yield orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise InputError(f"{name}, line {number}", f"is no JSON: {error}") from error


def _json(data: bytes, name: str, key: str | None) -> Iterator[Any]:
    try:
        whole = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise InputError(name, f"is no JSON: {error}") from error
    if key is not None:
        if not isinstance(whole, dict) or key not in whole:
            known = near_miss(key, whole) if isinstance(whole, dict) else "it is a list"
            raise InputError(name, f"has no key {key!r}: {known}")
        whole = whole[key]
    if not isinstance(whole, list):
        hint = f"; name the key that holds it by `records`: {', '.join(whole)}" if isinstance(whole, dict) else ""
        raise InputError(name, f"is no list of records{hint}")
    yield from whole


def _separated(data: bytes, separator: str, columns: tuple[str, ...]) -> Iterator[Any]:
    text = io.StringIO(data.decode("utf-8-sig"), newline="")
    csv.field_size_limit(MOST_BYTES)
    for fields in csv.DictReader(text, columns or None, delimiter=separator, restval=None):
        fields.pop(None, None)  # what stands behind the last column
        yield fields


def _parquet(path: Path) -> Iterator[Any]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(1024):
            yield from batch.to_pylist()
