"""A set of shingles, runs of five words, in which each run of a text is looked up: almost none of them is there.

Longer runs are put together of these: a text has an n-gram of the set where the n - 4 shingles that begin in it
follow each other. So one look at each word serves n-grams of every size, and near-copies too.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.flat import Offsets
from gristmill.text.hash_index import HashIndex, hash_index, place
from gristmill.text.jit import kernel
from gristmill.text.minhash import STEP
from gristmill.text.mixing import Hashes, mixed

SHINGLE = 5

Ids = npt.NDArray[np.int32]

_OLDEST = np.uint64(pow(int(STEP), SHINGLE - 1, 1 << 64))  # what the first word of a shingle was multiplied by
_LOW = np.uint64(63)
_BITS = 16  # of the filter, for each hash


class ShingleIndex(NamedTuple):
    """A filter, two bits of one word of 64 for each hash, before the hashes themselves."""

    bits: Hashes
    shift: np.uint64  # the leading bits of a hash choose the word
    known: HashIndex


class ShingleHits(NamedTuple):
    """Text `k` has the shingles `ids[h]` at its words `at[h]`, for h in `range(bounds[k], bounds[k + 1])`."""

    at: Offsets
    ids: Ids
    bounds: Offsets


def shingle_index(hashes: Hashes) -> ShingleIndex:
    """Make distinct, ascending hashes ready for `find_shingles`."""
    words = 1 << max((len(hashes) * _BITS // 64).bit_length(), 1)
    shift = np.uint64(64 - (words.bit_length() - 1))
    bits = np.zeros(words, np.uint64)
    one = np.uint64(1)
    marks = (one << (hashes & _LOW)) | (one << ((hashes >> np.uint64(6)) & _LOW))
    np.bitwise_or.at(bits, (hashes >> shift).astype(np.int64), marks)
    return ShingleIndex(bits, shift, hash_index(hashes))


@kernel
def _find(
    words: Hashes,
    bounds: Offsets,
    bits: Hashes,
    bits_shift: np.uint64,
    hashes: Hashes,
    first: Offsets,
    shift: np.uint64,
    at: Offsets,
    ids: Ids,
    found_bounds: Offsets,
) -> int:
    found = found_bounds[0]
    one = np.uint64(1)
    for k in range(len(bounds) - 1):
        start, stop = bounds[k], bounds[k + 1]
        state = np.uint64(0)
        for j in range(start, min(start + SHINGLE - 1, stop)):
            state = state * STEP + words[j]
        for j in range(start + SHINGLE - 1, stop):
            state = state * STEP + words[j]
            value = mixed(state)
            state -= words[j - SHINGLE + 1] * _OLDEST
            marks = (one << (value & _LOW)) | (one << ((value >> np.uint64(6)) & _LOW))
            if bits[value >> bits_shift] & marks == marks:
                number = place(value, hashes, first, shift)
                if number >= 0:
                    at[found] = j - start - SHINGLE + 1
                    ids[found] = number
                    found += 1
        found_bounds[k + 1] = found
    return int(found)


def find_shingles(words: Hashes, bounds: Offsets, index: ShingleIndex) -> ShingleHits:
    """Every shingle of the texts that is in the index, in order; its id is its place among the hashes."""
    # Pages that are not written to take no memory.
    at, ids = np.empty(len(words), np.int64), np.empty(len(words), np.int32)
    found_bounds = np.zeros(len(bounds), np.int64)
    found = _find(words, bounds, index.bits, index.shift, *index.known, at, ids, found_bounds)
    return ShingleHits(at[:found], ids[:found], found_bounds)
