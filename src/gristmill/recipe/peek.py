"""What lies in a folder, and which columns hold texts, ids, urls and times: enough to draft a recipe."""

from __future__ import annotations

import csv
import io
import lzma
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import fsspec
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from zstandard import ZstdError

from gristmill.collect._git_places import Place, place_of
from gristmill.collect._rows import JSON, head_rows
from gristmill.contracts import catalog
from gristmill.contracts.reader import Reader
from gristmill.errors import InputError
from gristmill.recipe.entries import classes
from gristmill.records.formats import detect

HEAD_BYTES = 256 << 10
HEAD_ROWS = 20
_ROOT_BYTES = 16 << 10
MAX_FILES = 10_000
"""Files looked at in a folder; a larger one is judged by these."""

_OFTEN: dict[str, tuple[str, ...]] = {
    "text": ("text", "content", "raw_content", "body", "page_content", "document", "article", "contents", "markdown"),
    "id": ("id", "doc_id", "docid", "uuid", "uid", "_id", "warc_record_id", "identifier", "key"),
    "url": ("url", "uri", "link", "source_url", "page_url", "href", "warc_target_uri"),
    "time": ("time", "date", "timestamp", "datetime", "created", "created_at", "published", "crawl_date", "fetch_time"),
}
"""Names that columns of each meaning often have, likeliest first."""


_JSON = "json"
"""What stands for files of JSON values until it is known which reader takes them."""

_CODE = "git"
_DEEPEST_REPOSITORY = 3

_OF_ROWS = frozenset((_JSON, "jsonl", "parquet", "csv"))

_UNREADABLE = (OSError, ValueError, EOFError, csv.Error, pa.ArrowException, zlib.error, lzma.LZMAError, ZstdError)


@dataclass(frozen=True, slots=True)
class Found:
    """Files of one kind in a folder, and the columns of the first of them by meaning, where names differ."""

    reader: str
    paths: tuple[str, ...]  # as a recipe in that folder has them: sub-folders, and patterns for files beside it
    files: int
    columns: Mapping[str, str] = field(default_factory=dict)


def peek(folder: Path) -> list[Found]:
    """The kinds of input in a folder, the largest in bytes first; builds and hidden files are passed over."""
    readers = {name: cast(type[Reader], cls) for name, cls in classes("readers").items()}
    endings = {name: cls.suffixes for name, cls in readers.items()}
    of_documents = {name: endings[name] for name, cls in readers.items() if cls.gives == "document"} | {_JSON: JSON}
    by_ending: dict[str, list[Path]] = {}
    repositories = _repositories(folder)
    by_ending.update({_CODE: [place.own / "HEAD" for place in repositories.values()]} if repositories else {})
    for path in _files(folder, frozenset(repositories)):
        reader = _reader_of(path, of_documents, readers)
        if reader:
            by_ending.setdefault(reader, []).append(path)
    by_reader: dict[str, list[Path]] = {}
    for reader, paths in by_ending.items():
        name = _adapted(reader, paths[0], readers) or reader
        if name != _JSON:
            by_reader[name] = sorted([*by_reader.get(name, ()), *paths])
    ranked = sorted(by_reader.items(), key=lambda one: (-sum(path.stat().st_size for path in one[1]), one[0]))
    return [
        Found(name, _paths(folder, paths, endings[name]), len(paths), _columns(name, paths[0]))
        for name, paths in ranked
    ]


def _adapted(reader: str, path: Path, readers: Mapping[str, type[Reader]]) -> str | None:
    """The reader of records of several texts that takes such files, where their rows are of a known format of these.

    Rows with a column that usually holds a text are documents.
    """
    if reader not in _OF_ROWS:
        return None
    try:
        rows = head_rows(str(path.absolute()), HEAD_ROWS) if reader == _JSON else _rows(path)
    except (*_UNREADABLE, InputError):
        return None
    if any(_choose_often("text", rows)):
        return None
    found = detect(rows).format
    return next((name for name, cls in readers.items() if found and cls.gives == found.kind), None)


def _paths(folder: Path, files: list[Path], endings: tuple[str, ...]) -> tuple[str, ...]:
    places = set()
    for path in files:
        first, *rest = path.relative_to(folder).parts
        places.add(f"{first}/" if rest else f"*{_ending(first, endings)}")
    return tuple(sorted(places))


def _repositories(folder: Path) -> dict[Path, Place]:
    """Git repositories in folders below this one, not too deep; what lies in one of them is left to its reader."""
    found: dict[Path, Place] = {}
    for depth in range(1, _DEEPEST_REPOSITORY + 1):
        for path in sorted(folder.glob("/".join("*" * depth))):
            if path.is_dir() and not path.is_symlink() and found.keys().isdisjoint(path.parents):
                place = place_of(path)
                if place is not None:
                    found[path] = place
    return found


def _files(folder: Path, left: frozenset[Path]) -> Iterator[Path]:
    seen = 0
    for path in sorted(folder.rglob("*")):
        if not left.isdisjoint(path.parents):
            continue
        parts = path.relative_to(folder).parts
        if any(part.startswith((".", "_")) for part in parts) or parts[0] == "builds" or not path.is_file():
            continue
        yield path
        seen += 1
        if seen == MAX_FILES:
            return


def _reader_of(path: Path, endings: Mapping[str, tuple[str, ...]], readers: Mapping[str, type[Reader]]) -> str | None:
    """The reader with the longest ending that the name has; of several, the first that recognises the file."""
    found = {reader: len(_ending(path.name, own)) for reader, own in endings.items()}
    longest = max(found.values(), default=0)
    fitting = sorted(reader for reader, length in found.items() if length == longest > 0)
    if len(fitting) < 2:
        return fitting[0] if fitting else None
    try:
        with fsspec.open(path, "rb", compression="infer") as stream:
            head = stream.read(_ROOT_BYTES)
    except _UNREADABLE:
        return None
    return next((reader for reader in fitting if reader in readers and readers[reader].recognises(head)), None)


def _ending(name: str, endings: tuple[str, ...]) -> str:
    fitting = (suffix for suffix in endings if name.lower().endswith(suffix))
    ending = max(fitting, default="", key=len)
    return name[len(name) - len(ending) :]


def _columns(reader: str, path: Path) -> dict[str, str]:
    """The options that name columns, for a reader that has them."""
    fields = catalog.reader(reader).model_fields
    wanted = [meaning for meaning in _OFTEN if meaning in fields and fields[meaning].annotation in (str, str | None)]
    if not wanted:
        return {}
    try:
        rows = _rows(path)
    except _UNREADABLE:
        return {}  # a file that cannot be read is for `check` to report
    chosen = {meaning: _choose(meaning, rows) or fields[meaning].default for meaning in wanted}
    return {meaning: column for meaning, column in chosen.items() if column != fields[meaning].default}


def _choose(meaning: str, rows: list[dict[str, Any]]) -> str | None:
    return next(_choose_often(meaning, rows), None) or (_longest(rows) if meaning == "text" else None)


def _choose_often(meaning: str, rows: list[dict[str, Any]]) -> Iterator[str]:
    """The columns whose names often have that meaning, the likeliest first."""
    names = {name.lower(): name for row in rows for name in row}
    return (names[often] for often in _OFTEN[meaning] if often in names)


def _longest(rows: list[dict[str, Any]]) -> str | None:
    """The column with the longest texts."""
    lengths: dict[str, int] = {}
    for row in rows:
        for name, cell in row.items():
            if isinstance(cell, str):
                lengths[name] = lengths.get(name, 0) + len(cell)
    return max(lengths, key=lambda name: (lengths[name], name), default=None)


def _rows(path: Path) -> list[dict[str, Any]]:
    """The first rows of a file of rows."""
    if path.suffix == ".parquet":
        batch = next(pq.ParquetFile(path).iter_batches(HEAD_ROWS), None)
        return batch.to_pylist() if batch is not None else []
    with fsspec.open(path, "rb", compression="infer") as stream:
        head = stream.read(HEAD_BYTES).decode("utf-8", "replace")
    if ".csv" in path.name or ".tsv" in path.name:
        delimiter = "\t" if ".tsv" in path.name else max(",;|\t", key=head.partition("\n")[0].count)
        return list(csv.DictReader(io.StringIO(head), delimiter=delimiter))[:HEAD_ROWS]
    return [row for row in map(_object, head.splitlines()[:HEAD_ROWS]) if row]


def _object(line: str) -> dict[str, Any]:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        return {}
    return row if isinstance(row, dict) else {}
