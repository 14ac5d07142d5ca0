"""Rows of several arrays brought to their partitions, by counting."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gristmill.text.flat import Offsets, unwritten
from gristmill.text.jit import kernel
from gristmill.text.mixing import Hashes


@kernel
def _count(to: Offsets, bounds: Offsets) -> None:
    for partition in to:
        bounds[partition + 1] += 1


@kernel
def _put(values: Hashes, to: Offsets, begins: Offsets, out: Hashes) -> None:
    """Put values behind those that their partitions have."""
    for k in range(len(values)):
        at = begins[to[k]]
        begins[to[k]] = at + 1
        out[np.uint64(at)] = values[k]


def scattered(
    columns: Sequence[Sequence[npt.NDArray[np.generic]]], to: Sequence[Offsets], count: int
) -> tuple[list[npt.NDArray[np.generic]], Offsets]:
    """Columns of 64 bits, given as pieces, by the partition that `to` has for each row, in their order in each.

    Partition k has the rows from `bounds[k]` to `bounds[k + 1]` of all that is returned.
    """
    bounds = np.zeros(count + 1, np.int64)
    for partitions in to:
        _count(partitions, bounds)
    bounds = np.cumsum(bounds)
    found = []
    for pieces in columns:
        out, begins = np.empty(bounds[-1], np.uint64), bounds.copy()
        for piece, partitions in zip(pieces, to, strict=True):
            _put(unwritten(np.ascontiguousarray(piece).view(np.uint64)), partitions, begins, out)
        found.append(out.view(pieces[0].dtype))
    return found, bounds
