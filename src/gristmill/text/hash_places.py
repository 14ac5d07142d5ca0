"""Where each of many hashes stands in an index of distinct ones, at one cache line a look."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.flat import Offsets
from gristmill.text.hash_index import HashIndex, place
from gristmill.text.jit import kernel
from gristmill.text.mixing import Hashes

Places = npt.NDArray[np.int64]


@kernel
def _places(values: Hashes, hashes: Hashes, first: Offsets, shift: np.uint64, out: Places) -> None:
    for k in range(len(values)):
        out[k] = place(values[k], hashes, first, shift)


def places(values: Hashes, index: HashIndex) -> Places:
    """For each value its place among the index's hashes, -1 where it is none of them."""
    out = np.full(len(values), -1, np.int64)
    if len(values) and len(index.hashes):
        _places(np.ascontiguousarray(values), *index, out)
    return out
