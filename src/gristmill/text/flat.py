"""Arrow strings as two flat arrays, which is all a kernel needs. Nothing is copied but narrow offsets."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Bytes = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.int64]


class Flat(NamedTuple):
    """Row `i` is the UTF-8 bytes `data[offsets[i]:offsets[i + 1]]`; a null row has no bytes."""

    data: Bytes
    offsets: Offsets

    def __len__(self) -> int:
        return len(self.offsets) - 1


def flat(array: pa.Array | pa.ChunkedArray) -> Flat:
    """View a string or binary array, sliced or not, 32-bit or 64-bit, as flat buffers."""
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if not (pa.types.is_large_string(array.type) or pa.types.is_large_binary(array.type)):
        array = array.cast(pa.large_binary() if pa.types.is_binary(array.type) else pa.large_string())
    if array.null_count:
        # A null may have bytes beneath it in arrays that others made.
        array = array.fill_null(b"" if pa.types.is_large_binary(array.type) else "")
    if not len(array):
        return Flat(np.empty(0, np.uint8), np.zeros(1, np.int64))
    _, offsets, data = array.buffers()
    view = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(array) + 1]
    return Flat(np.frombuffer(data, np.uint8) if data is not None else np.empty(0, np.uint8), view)
