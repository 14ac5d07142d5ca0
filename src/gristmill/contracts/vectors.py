"""Vectors as records bring them: a column of lists of numbers, or such a list in a field of their metadata."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.contracts.metadata import field_of, json_object
from gristmill.contracts.view import View
from gristmill.text.cross_polytopes import Vectors, unit_vectors

Rows = npt.NDArray[np.int64]

LISTS = pa.list_(pa.float64())


def vectors_of(view: View, column: str) -> Iterator[tuple[Rows, Vectors]]:
    """Which of the asked rows have a vector of a length, and these; once for each length there is."""
    found = view.column(column)
    if found is None or not is_numbers(found.type):
        metadata = view.column("metadata")
        none = pa.nulls(len(view), LISTS)
        found = none if metadata is None else in_fields(metadata.to_pylist(), column)
    return unit_lists(found)


def unit_lists(found: pa.Array) -> Iterator[tuple[Rows, Vectors]]:
    """The same of an array of lists. One with a hole, or without a direction, is no vector."""
    lengths = pc.fill_null(pc.list_value_length(found), 0).to_numpy()
    for length in np.unique(lengths[lengths > 0]).tolist():
        some = np.flatnonzero(lengths == length)
        values = found.take(pa.array(some)).flatten().cast(pa.float64()).fill_null(np.nan)
        rows = values.to_numpy().reshape(len(some), length)
        sound = np.isfinite(rows).all(axis=1) & (rows != 0).any(axis=1)
        if sound.any():
            yield some[sound], unit_vectors(rows[sound])


def is_numbers(kind: pa.DataType) -> bool:
    """Whether a column of this type has lists of numbers."""
    lists = pa.types.is_list(kind) or pa.types.is_large_list(kind)
    return lists and bool(pa.types.is_floating(kind.value_type) or pa.types.is_integer(kind.value_type))


def in_fields(objects: Sequence[str | bytes | None], name: str) -> pa.Array:
    """A field of each JSON object, where it is a list of numbers."""
    return pa.array([_numbers(field_of(json_object(one), name)) for one in objects], LISTS)


def _numbers(value: object) -> list[Any] | None:
    if not isinstance(value, list):
        return None
    sound = all(isinstance(one, int | float) and not isinstance(one, bool) for one in value)
    return [float(one) for one in value] if sound else None
