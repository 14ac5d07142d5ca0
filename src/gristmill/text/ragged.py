"""Lists of numbers, one for each row and of different lengths, held end to end: list `k` is
`values[offsets[k]:offsets[k + 1]]`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gristmill.text.flat import Offsets
from gristmill.text.mixing import Hashes

Lists = tuple[Hashes, Offsets]
Numbers = npt.NDArray[np.int64]


def offsets_of(lengths: Numbers) -> Offsets:
    """Where lists of these lengths begin and end."""
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def stretches(values: Hashes, starts: Numbers, stops: Numbers) -> Lists:
    """`values[starts[k]:stops[k]]` as list `k`."""
    offsets = offsets_of(stops - starts)
    return values[np.repeat(starts - offsets[:-1], stops - starts) + np.arange(offsets[-1])], offsets


def picked(values: Hashes, offsets: Offsets, rows: Numbers) -> Lists:
    """The lists of some rows."""
    return stretches(values, offsets[rows], offsets[rows + 1])


def joined(lists: Sequence[Lists]) -> Lists:
    """Several lists of each row as one, in their order."""
    offsets: Offsets = np.sum([bounds for _, bounds in lists], axis=0)
    values = np.empty(int(offsets[-1]), np.uint64)
    begins = offsets[:-1].copy()
    for own, bounds in lists:
        lengths = np.diff(bounds)
        values[np.repeat(begins - bounds[:-1], lengths) + np.arange(len(own))] = own
        begins += lengths
    return values, offsets
