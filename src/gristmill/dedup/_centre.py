"""The middle of a model's vectors, as measured on a file of them: what all of them have in common says nothing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from gristmill.contracts.list_files import ListFile, find_lists
from gristmill.contracts.vectors import in_fields, is_numbers, unit_lists
from gristmill.errors import InputError
from gristmill.text.cross_polytopes import Centre

MOST_VECTORS = 20_000
"""So many of a file are looked at, the first ones."""

_AT_ONCE = 1000


def find_centre(root: Path, name: str) -> ListFile:
    """The file as it is now; InputError where it is not there."""
    found = find_lists(root, (name,), None, None)
    if found.faults:
        raise InputError(name, found.faults[0])
    return found.files[0]


@lru_cache(maxsize=4)
def centre_of(file: ListFile, column: str) -> Centre:
    """The mean of a file's first vectors, each of length 1: sums of whole numbers, so that it is the same anywhere.

    The file is Parquet or JSON Lines, and has them in `column`. InputError where it has none, or of several lengths.
    """
    total: Centre | None = None
    count = 0
    try:
        for lists in _parquet(file, column) if file.path.endswith(".parquet") else _lines(file, column):
            for _, vectors in unit_lists(lists[: MOST_VECTORS - count]):
                added = vectors.sum(axis=0, dtype=np.int64)
                if total is not None and len(total) != len(added):
                    raise InputError(
                        file.name, f"has vectors of {len(total)} and of {len(added)} numbers in {column!r}"
                    )
                total = added if total is None else total + added
                count += len(vectors)
            if count >= MOST_VECTORS:
                break
    except (OSError, pa.ArrowException) as error:
        raise InputError(file.name, f"cannot be read: {error}") from error
    if total is None:
        raise InputError(file.name, f"has no vector in {column!r}, as Parquet or JSON Lines")
    centre: Centre = np.rint(total / count).astype(np.int64)
    centre.flags.writeable = False
    return centre


def _parquet(file: ListFile, column: str) -> Iterator[pa.Array]:
    with pq.ParquetFile(file.path) as parquet:
        if column in parquet.schema_arrow.names and is_numbers(parquet.schema_arrow.field(column).type):
            for batch in parquet.iter_batches(_AT_ONCE, columns=[column]):
                yield batch.column(0)
        elif "metadata" in parquet.schema_arrow.names:
            for batch in parquet.iter_batches(_AT_ONCE, columns=["metadata"]):
                yield in_fields(batch.column(0).to_pylist(), column)


def _lines(file: ListFile, column: str) -> Iterator[pa.Array]:
    with Path(file.path).open("rb") as lines:
        while some := list(islice(lines, _AT_ONCE)):
            yield in_fields(some, column)
