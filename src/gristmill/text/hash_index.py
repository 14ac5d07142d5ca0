"""A set of hashes in which a kernel looks things up: millions of them cost a look at a few neighbours."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gristmill.text.affixes import FNV_OFFSET, FNV_PRIME
from gristmill.text.flat import Offsets
from gristmill.text.jit import small_part
from gristmill.text.mixing import Hashes

BEGIN = np.uint64(FNV_OFFSET)
"""The state of a hash that has taken in no byte yet."""

_PRIME = np.uint64(FNV_PRIME)
_SPARSE = 2  # 2^2 to 2^3 hashes for each value of the leading bits: one line of a processor's cache


class HashIndex(NamedTuple):
    """`hashes` ascend; those whose leading bits are `b` are `hashes[first[b]:first[b + 1]]`, `b = hash >> shift`."""

    hashes: Hashes
    first: Offsets
    shift: np.uint64


def hash_index(hashes: Hashes) -> HashIndex:
    """Make distinct, ascending hashes ready for `place`."""
    bits = max(len(hashes).bit_length() - _SPARSE, 1)
    shift = np.uint64(64 - bits)
    leading = np.arange(1 << bits, dtype=np.uint64) << shift
    return HashIndex(hashes, np.append(np.searchsorted(hashes, leading), len(hashes)), shift)


@small_part
def taken_in(state: np.uint64, byte: int) -> np.uint64:
    """The state of a hash after one more byte (FNV-1a); `mixed` makes the hash of it."""
    return (state ^ np.uint64(byte)) * _PRIME


@small_part
def place(value: np.uint64, hashes: Hashes, first: Offsets, shift: np.uint64) -> int:
    """The place of a hash in an index, -1 where it is not in it."""
    leading = value >> shift
    for k in range(first[leading], first[leading + np.uint64(1)]):
        if hashes[k] == value:
            return k
    return -1
