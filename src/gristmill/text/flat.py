"""Arrow strings as two flat arrays, which is all a kernel needs. Nothing is copied but narrow offsets."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

T = TypeVar("T", bound=np.generic)

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
        return Flat(unwritten(np.empty(0, np.uint8)), unwritten(np.zeros(1, np.int64)))
    _, offsets, data = array.buffers()
    view = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(array) + 1]
    return Flat(unwritten(np.frombuffer(data or b"", np.uint8)), unwritten(view))


def unwritten(array: npt.NDArray[T]) -> npt.NDArray[T]:
    """The same memory, which nobody may write to: a kernel is compiled once for such arrays and once for others."""
    view = array.view()
    view.flags.writeable = False
    return view
