"""Keys and pieces of the rows of a chunk as columns: one list a row."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gristmill.contracts.pieces import Pieces
from gristmill.contracts.step import Sketch

N = TypeVar("N", np.int64, np.uint64)

KEYS = "_keys"
PIECE_STARTS, PIECE_SIZES = "_starts", "_sizes"
"""Where pieces begin in their texts, and their bytes; these are known of no piece whose text is compared."""


def key_lists(length: int, sketches: list[Sketch]) -> pa.Array:
    """One list of keys a row."""
    rows = _together([sketch.rows for sketch in sketches], np.int64)
    keys = _together([sketch.keys for sketch in sketches], np.uint64)
    return _lists(length, rows, [pa.array(keys)])[0]


def piece_lists(length: int, found: list[Pieces], *, sized: bool) -> dict[str, pa.Array]:
    """The pieces of each row, as one list of each of their columns; of their bytes only where they are asked for."""
    rows = _together([pieces.rows for pieces in found], np.int64)
    starts = _together([pieces.starts for pieces in found], np.int64)
    columns = {
        KEYS: pa.array(_together([pieces.keys for pieces in found], np.uint64)),
        PIECE_STARTS: pa.array(starts, pa.int32()),
    }
    if sized:
        columns[PIECE_SIZES] = pa.array(_together([pieces.stops for pieces in found], np.int64) - starts, pa.int32())
    return dict(zip(columns, _lists(length, rows, list(columns.values())), strict=True))


def _together(arrays: list[npt.NDArray[N]], kind: type[N]) -> npt.NDArray[N]:
    if len(arrays) == 1:
        return arrays[0]
    return np.concatenate(arrays) if arrays else np.empty(0, kind)


def _lists(length: int, rows: npt.NDArray[np.int64], columns: list[pa.Array]) -> list[pa.Array]:
    """One list a row of each column; the order of values is kept within a row."""
    offsets = np.zeros(length + 1, np.int64)
    np.cumsum(np.bincount(rows, minlength=length), out=offsets[1:])
    if np.any(rows[1:] < rows[:-1]):
        order = pa.array(np.argsort(rows, kind="stable"))
        columns = [values.take(order) for values in columns]
    return [pa.LargeListArray.from_arrays(pa.array(offsets), values) for values in columns]
