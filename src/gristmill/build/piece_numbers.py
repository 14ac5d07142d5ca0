"""Pieces of texts as numbers: which part and row each is of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from gristmill.build.parts import PartRef
from gristmill.engine.protocol import Refs

ROW_BITS = 17
"""Rows of a part have as many bits, twice as many as 64 chunks of 1,024 rows need. Above are 21 for its ordinal."""

ROW_MASK = (1 << ROW_BITS) - 1


_NUMBER_BITS = 63
_START_BITS = 31


def bits_for_starts(ordinal: int) -> int:
    """A place is (its row << these bits | where in its text it is), where no part has a higher ordinal.

    Any text has room, up to 32,768 parts; of two million parts none may have more than 32 MB.
    """
    return min(_START_BITS, _NUMBER_BITS - ROW_BITS - ordinal.bit_length())


def group_of(rows: Refs, ordinals: Sequence[int]) -> Refs:
    """The group that the part of each row is in."""
    if not len(rows):
        return np.empty(0, np.int64)
    parts = rows >> ROW_BITS
    of_part = np.searchsorted(np.array(ordinals), np.arange(parts.max() + 1), side="right") - 1
    groups: Refs = of_part[parts]
    return groups


def by_part(parts: Sequence[PartRef], rows: Refs) -> Iterator[tuple[PartRef, int, int]]:
    """The parts that have any of the rows, which are in the order of parts, and where theirs begin and end."""
    for part in parts:
        first, last = np.searchsorted(rows, [part.ordinal << ROW_BITS, (part.ordinal + 1) << ROW_BITS])
        if first < last:
            yield part, int(first), int(last)
