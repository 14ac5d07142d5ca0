"""Rows of several arrays brought to their partitions, by counting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from gristmill.text.flat import Offsets, unwritten
from gristmill.text.jit import kernel
from gristmill.text.mixing import Hashes

T = TypeVar("T", bound=np.generic)


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


@kernel
def _put_lists(values: Hashes, offsets: Offsets, to: Offsets, begins: Offsets, out: Hashes) -> None:
    """Put lists behind those that their partitions have."""
    for k in range(len(to)):
        first, at = np.uint64(offsets[k]), np.uint64(begins[to[k]])
        size = offsets[k + 1] - offsets[k]
        begins[to[k]] += size
        for place in range(np.uint64(size)):
            out[at + place] = values[first + place]


def partition_bounds(to: Sequence[Offsets], count: int) -> Offsets:
    """Partition k has the rows from `bounds[k]` to `bounds[k + 1]`, where `to` says the one of each row, in pieces."""
    bounds = np.zeros(count + 1, np.int64)
    for partitions in to:
        _count(partitions, bounds)
    return np.cumsum(bounds)


def scattered(pieces: Sequence[npt.NDArray[T]], to: Sequence[Offsets], bounds: Offsets) -> npt.NDArray[T]:
    """A column of 64 bits, given as pieces, by the partition of each row, in their order in each."""
    out, begins = np.empty(bounds[-1], np.uint64), bounds.copy()
    for piece, partitions in zip(pieces, to, strict=True):
        _put(unwritten(np.ascontiguousarray(piece).view(np.uint64)), partitions, begins, out)
    return out.view(pieces[0].dtype)


def scattered_lists(
    pieces: Sequence[tuple[Offsets, Hashes]], to: Sequence[Offsets], bounds: Offsets
) -> tuple[Offsets, Hashes]:
    """As `scattered`, of a column of lists, which are given by their offsets and values, and so returned."""
    lengths = scattered([np.diff(offsets) for offsets, _ in pieces], to, bounds)
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    out, begins = np.empty(offsets[-1], np.uint64), offsets[bounds]
    for (starts, values), partitions in zip(pieces, to, strict=True):
        _put_lists(unwritten(values), unwritten(starts), partitions, begins, out)
    return offsets, out
