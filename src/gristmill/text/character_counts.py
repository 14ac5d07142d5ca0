"""How many characters long stretches have, counted sixty-four bytes at a time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part
from gristmill.text.many_bytes import WIDE, bits_of, block_of, how_many_set, where_of, wide_enough

Counts = npt.NDArray[np.int64]


@part
def characters_in(data: Bytes, start: int, stop: int) -> int:
    """Code points in `data[start:stop]`: its bytes but those of the form 10xxxxxx. `data` is `wide_enough`."""
    found = stop - start
    for at in range(start, stop, WIDE):
        block = block_of(data, at)
        found -= how_many_set(bits_of(where_of(data, block, 0x80, 0x40), block, at, stop))
    return found


@kernel
def _characters_of(data: Bytes, offsets: Offsets, rows: Offsets) -> Counts:
    counts = np.empty(len(rows), np.int64)
    for k in range(len(rows)):
        counts[k] = characters_in(data, offsets[rows[k]], offsets[rows[k] + 1])
    return counts


def characters_of(data: Bytes, offsets: Offsets, rows: Offsets) -> Counts:
    """The code points of each asked row."""
    return _characters_of(wide_enough(data), offsets, rows)
