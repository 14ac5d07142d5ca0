"""Keys of vectors: the sides of random hyperplanes that they lie on (Charikar, STOC 2002), exact in any order of sums.

Vectors are rounded to 16 bits and hyperplanes to 8, so that every sum is a whole number that a float64 holds exactly:
the same vector has the same keys whatever it is computed beside.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from gristmill.text.mixing import Hashes

Vectors = npt.NDArray[np.int16]
"""A row a vector, of length 1 once divided by SCALE, about."""

SCALE = 32_000
_MOST_BITS = 32
_ROWS = 1024  # that are multiplied at once


def unit_vectors(vectors: npt.NDArray[np.float64]) -> Vectors:
    """Rows brought to length 1 and rounded; each has a length that is neither 0 nor infinite."""
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    scaled = vectors / largest  # so that no square overflows
    lengths = np.sqrt((scaled * scaled).sum(axis=1, keepdims=True))
    out: Vectors = np.rint(scaled / lengths * SCALE).astype(np.int16)
    return out


@lru_cache(maxsize=4)
def _planes(dimensions: int, count: int, seed: int) -> npt.NDArray[np.float64]:
    # RandomState's stream is frozen for good, that of a Generator is not.
    drawn = np.random.RandomState(seed).standard_normal((dimensions, count))
    return np.clip(np.rint(drawn * 32), -127, 127)


def table_keys(vectors: Vectors, tables: int, bits: int, seed: int) -> Hashes:
    """For each vector a key in each table: equal where the vector lies on the same side of the table's planes."""
    if not 1 <= bits <= _MOST_BITS:
        raise ValueError(f"a table has 1 to {_MOST_BITS} planes, not {bits}")
    out = np.empty((len(vectors), tables), np.uint64)
    planes = _planes(vectors.shape[1], tables * bits, seed)
    weights = np.uint64(1) << np.arange(bits, dtype=np.uint64)
    numbers = (np.arange(tables, dtype=np.uint64) << np.uint64(_MOST_BITS)) + np.uint64(vectors.shape[1] << 48)
    for first in range(0, len(vectors), _ROWS):
        some = vectors[first : first + _ROWS]
        sides = (some.astype(np.float64) @ planes > 0).reshape(len(some), tables, bits)
        out[first : first + _ROWS] = _mixed((sides @ weights) | numbers)
    return out


def _mixed(values: Hashes) -> Hashes:
    """The finaliser of SplitMix64, as in `mixing.mixed`, of a whole array."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def meeting_chance(cosine: float, tables: int, bits: int) -> float:
    """The chance that two vectors share a key: each plane parts them with a chance of their angle by pi."""
    same = 1 - np.arccos(np.clip(cosine, -1, 1)) / np.pi
    return float(1 - (1 - same**bits) ** tables)
