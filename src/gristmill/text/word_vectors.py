"""A vector of each text by its words, with no model: TF-IDF of sets of words, projected to a few hundred numbers.

A word weighs ln((1 + n) / (1 + df)) + 1, as in scikit-learn, where df of the n texts have it. Each word adds its weight
to eight numbers of the vector or takes it off, as its hash says (Kane and Nelson, JACM 2014), so a cosine of 256
numbers is off by about 0.06. Weights are rounded, so sums are whole numbers and the same on any machine.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.cross_polytopes import Vectors, unit_vectors
from gristmill.text.flat import Offsets
from gristmill.text.jit import kernel
from gristmill.text.mixing import GOLDEN, Hashes, mixed

SIZE = 256
_BITS = 22
_SLOTS = 1 << _BITS
"""Words are counted by the high bits of their hashes; two that share a slot share a count."""

_PLACES = 8
_EACH = SIZE // _PLACES
_SCALE = 1024
_ROWS = 4096

_Counts = npt.NDArray[np.int64]


@kernel
def _count(hashes: Hashes, counts: _Counts) -> None:
    for value in hashes:
        counts[value >> np.uint64(64 - _BITS)] += 1


@kernel
def _project(hashes: Hashes, bounds: Offsets, first: int, weights: _Counts, out: _Counts) -> None:
    for row in range(len(out)):
        for at in range(bounds[first + row], bounds[first + row + 1]):
            weight = weights[hashes[at] >> np.uint64(64 - _BITS)]
            state = mixed(hashes[at] * GOLDEN)
            for place in range(_PLACES):
                byte = (state >> np.uint64(8 * place)) & np.uint64(0xFF)
                slot = place * _EACH + np.int64(byte & np.uint64(_EACH - 1))
                out[row, slot] += weight if byte & np.uint64(0x80) else -weight


def word_vectors(words: Hashes, bounds: Offsets) -> tuple[npt.NDArray[np.bool_], Vectors]:
    """Which texts have a vector, and their vectors. Text i is the set of words `words[bounds[i]:bounds[i + 1]]`."""
    counts = np.zeros(_SLOTS, np.int64)
    words = words.view()
    words.flags.writeable = False  # mapped or not, the one type of the kernel
    some = np.zeros(len(bounds) - 1, np.bool_)
    found = [np.empty((0, SIZE), np.int16)]
    if len(words):
        _count(words, counts)
    weights = np.rint(_SCALE * (np.log((1 + len(some)) / (1 + counts)) + 1)).astype(np.int64)
    weights = np.maximum(weights, 1)
    for first in range(0, len(some), _ROWS):
        sums = np.zeros((min(_ROWS, len(some) - first), SIZE), np.int64)
        _project(words, bounds, first, weights, sums)
        mine = (sums != 0).any(axis=1)
        some[first : first + len(sums)] = mine
        if mine.any():
            found.append(unit_vectors(sums[mine].astype(np.float64)))
    return some, np.concatenate(found)
