"""The file of a pack: for each item of its benchmarks an id and hashes, and nothing of its text.

A pack is a Parquet file with a row an item. For each wording W there are three columns: `W`, by word of the item the
hash of the shingle that begins there, 0 where none does; `W_question` and `W_answer`, how many of its words, from the
first on, are the question's and how many those of question and answer; and
`W_common`, by word, how long an n-gram that begins there is still common in the corpus the pack was held against.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from gristmill.decontaminate._words import WORDINGS, Wording
from gristmill.errors import InputError
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.mixing import Hashes
from gristmill.text.shingle_index import SHINGLE

FORMAT = 1
KEY = b"gristmill.pack"
MOST_BYTES = 4 << 30
"""Of a pack, decompressed."""

_LISTS = {"paragraphs": pa.uint64(), "wholes": pa.uint64(), "answers": pa.uint64(), "answer_words": pa.uint8()}


@dataclass(frozen=True, slots=True)
class Lists:
    """A list for each item: item `i` has `values[offsets[i]:offsets[i + 1]]`."""

    values: npt.NDArray[Any]
    offsets: Offsets


@dataclass(frozen=True, slots=True)
class Worded:
    """The items in one wording: hashes of shingles and commonness by word; where question and answer end in each."""

    shingles: Hashes
    common: Bytes
    offsets: Offsets
    questions: Offsets  # words
    answers: Offsets  # words, with those of the question


@dataclass(frozen=True, slots=True)
class Pack:
    """What a pack holds. `wording` is None where none was asked for; `about` is what its maker said of it."""

    benchmarks: Sequence[str]
    items: Sequence[str]
    wording: Worded | None
    lists: Mapping[str, Lists]
    about: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PackFile:
    """A pack as it was when it was looked up: its name as the recipe spells it, and where it is."""

    name: str
    path: str
    size: int
    modified: int  # nanoseconds


def find(root: Path, name: str) -> PackFile:
    """A pack by its name; InputError where there is none."""
    path = root / name
    if not name or not path.is_file():
        raise InputError(name or "an empty path", f"there is no such pack in {path.parent}; `gristmill pack` makes one")
    status = path.stat()
    return PackFile(name, os.fspath(path), status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=64)
def digest(file: PackFile) -> str:
    """The SHA-256 of the file."""
    try:
        with Path(file.path).open("rb") as stream:
            _same(file, os.fstat(stream.fileno()))
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise InputError(file.name, f"cannot be read: {error.strerror}") from error


def _same(file: PackFile, status: os.stat_result) -> None:
    if (status.st_size, status.st_mtime_ns) != (file.size, file.modified):
        raise InputError(file.name, "has changed since the build began")


def schema(wordings: Sequence[Wording], about: Mapping[str, Any]) -> pa.Schema:
    """The columns of a pack; `about` goes into its metadata."""
    fields = [pa.field("benchmark", pa.string()), pa.field("item", pa.string())]
    for name in wordings:
        fields.append(pa.field(name, pa.large_list(pa.uint64())))
        fields.append(pa.field(f"{name}_question", pa.int64()))
        fields.append(pa.field(f"{name}_answer", pa.int64()))
        fields.append(pa.field(f"{name}_common", pa.large_list(pa.uint8())))
    fields += [pa.field(name, pa.large_list(kind)) for name, kind in _LISTS.items()]
    head = {"format": FORMAT, "shingle": SHINGLE, **about}
    return pa.schema(fields, {KEY: orjson.dumps(head, option=orjson.OPT_SORT_KEYS)})


def with_common(table: pa.Table, common: Mapping[Wording, Bytes], seen: Mapping[str, int]) -> pa.Table:
    """The same pack, saying by word how long an n-gram is common, and what it was held against."""
    about = {**orjson.loads(table.schema.metadata[KEY]), "common_in": seen}
    for wording, values in common.items():
        name = f"{wording}_common"
        offsets = table.column(wording).combine_chunks().offsets
        lists = pa.LargeListArray.from_arrays(offsets, pa.array(values))
        table = table.set_column(table.schema.get_field_index(name), name, lists)
    return table.replace_schema_metadata({KEY: orjson.dumps(about, option=orjson.OPT_SORT_KEYS)})


def write(table: pa.Table, to: Path) -> None:
    """Write a pack; equal tables give equal bytes. A reader finds every damaged page by its checksum."""
    pq.write_table(
        table, to, row_group_size=1 << 16, compression="zstd", use_dictionary=["benchmark"], write_page_checksum=True
    )


def read(file: PackFile, wording: Wording | None) -> Pack:
    """A pack's items, their shingles in one wording, or in none; InputError where it is damaged or has not got it."""
    try:
        with Path(file.path).open("rb") as stream:
            _same(file, os.fstat(stream.fileno()))
            with pq.ParquetFile(stream, page_checksum_verification=True) as parquet:
                return _read(parquet, file.name, wording)
    except InputError:
        raise
    except (OSError, pa.ArrowException, ValueError, KeyError, TypeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(file.name, f"is damaged, or no pack ({reason}); build it again by `gristmill pack`") from error


def _read(parquet: pq.ParquetFile, name: str, wording: Wording | None) -> Pack:
    about = _about(parquet.schema_arrow, name)
    groups = (parquet.metadata.row_group(at) for at in range(parquet.metadata.num_row_groups))
    if sum(group.total_byte_size for group in groups) > MOST_BYTES:
        raise InputError(name, f"is larger than {MOST_BYTES >> 30} GB, the most that a pack may be")
    columns = ["benchmark", "item", *_LISTS]
    if wording is not None:
        if wording not in parquet.schema_arrow.names:
            held = [known for known in WORDINGS if known in parquet.schema_arrow.names]
            raise InputError(name, f"was built without {wording} words; it has {', '.join(held)}")
        columns += [wording, f"{wording}_question", f"{wording}_answer", f"{wording}_common"]
    table = parquet.read(columns, use_threads=False).combine_chunks()
    table.validate(full=True)
    if any(column.null_count for column in table.columns):
        raise ValueError("a value is missing")
    if not table.num_rows:
        raise InputError(name, "is an empty pack: it has no item")
    lists = {key: _lists(table, key) for key in _LISTS}
    if not np.array_equal(lists["answers"].offsets, lists["answer_words"].offsets):
        raise ValueError("answers and their lengths do not agree")
    worded = None if wording is None else _worded(table, wording)
    return Pack(table.column("benchmark").to_pylist(), table.column("item").to_pylist(), worded, lists, about)


def _about(schema: pa.Schema, name: str) -> Mapping[str, Any]:
    if KEY not in (schema.metadata or {}):
        raise InputError(name, "is a Parquet file, but no pack; build one by `gristmill pack`")
    about: Mapping[str, Any] = orjson.loads(schema.metadata[KEY])
    if about["format"] != FORMAT or about["shingle"] != SHINGLE:
        raise InputError(name, f"is a pack of format {about['format']}, and this Gristmill reads {FORMAT}")
    return about


def _lists(table: pa.Table, name: str) -> Lists:
    column = table.column(name).chunk(0)
    offsets = np.asarray(column.offsets).astype(np.int64)
    return Lists(np.asarray(column.values)[offsets[0] : offsets[-1]], offsets - offsets[0])


def _worded(table: pa.Table, wording: Wording) -> Worded:
    shingles, common = _lists(table, wording), _lists(table, f"{wording}_common")
    questions, answers = (np.asarray(table.column(f"{wording}_{end}")) for end in ("question", "answer"))
    if not np.array_equal(common.offsets, shingles.offsets):
        raise ValueError("words and their commonness do not agree")
    if (questions < 0).any() or (questions > answers).any() or (answers > np.diff(shingles.offsets)).any():
        raise ValueError("a question or answer is longer than its item")
    return Worded(shingles.values, common.values, shingles.offsets, questions, answers)


@lru_cache(maxsize=64)
def _counts(file: PackFile) -> Mapping[str, int]:
    names = read(file, None).benchmarks
    return {name: names.count(name) for name in dict.fromkeys(names)}


def counts(files: tuple[PackFile, ...]) -> dict[str, int]:
    """How many items each benchmark has; InputError where two packs hold the same one."""
    found: dict[str, int] = {}
    for file in files:
        for name, items in _counts(file).items():
            if name in found:
                raise InputError(file.name, f"holds the benchmark {name!r}, which another pack holds too")
            found[name] = items
    return found
