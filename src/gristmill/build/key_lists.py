"""Keys and pieces of the rows of a chunk as columns: one list a row."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gristmill.contracts.pieces import Pieces
from gristmill.contracts.step import Sketch

KEYS = "_keys"
PIECE_STARTS, PIECE_SIZES = "_starts", "_sizes"
"""Where pieces begin in their texts, and their bytes."""


def key_lists(length: int, sketches: list[Sketch]) -> pa.Array:
    """One list of keys a row."""
    rows = np.concatenate([sketch.rows for sketch in sketches]) if sketches else np.empty(0, np.int64)
    keys = np.concatenate([sketch.keys for sketch in sketches]) if sketches else np.empty(0, np.uint64)
    return _lists(length, rows, pa.array(keys, pa.uint64()))


def piece_lists(length: int, found: list[Pieces]) -> dict[str, pa.Array]:
    """The pieces of each row, as one list of each of their columns."""
    rows = np.concatenate([pieces.rows for pieces in found]) if found else np.empty(0, np.int64)
    columns = {
        KEYS: [pa.array(pieces.keys, pa.uint64()) for pieces in found] or [pa.array([], pa.uint64())],
        PIECE_STARTS: [pa.array(pieces.starts, pa.int32()) for pieces in found] or [pa.array([], pa.int32())],
        PIECE_SIZES: [pa.array(pieces.stops - pieces.starts, pa.int32()) for pieces in found]
        or [pa.array([], pa.int32())],
    }
    return {name: _lists(length, rows, pa.concat_arrays(values)) for name, values in columns.items()}


def _lists(length: int, rows: npt.NDArray[np.int64], values: pa.Array) -> pa.Array:
    """One list a row; the order of values is kept within a row."""
    offsets = np.zeros(length + 1, np.int64)
    np.cumsum(np.bincount(rows, minlength=length), out=offsets[1:])
    if np.any(rows[1:] < rows[:-1]):
        values = values.take(pa.array(np.argsort(rows, kind="stable")))
    return pa.LargeListArray.from_arrays(pa.array(offsets), values)
