"""Keys of vectors: the corners of randomly turned cross-polytopes that they lie nearest to.

A vector is turned at random and cut into blocks of 128 numbers; the largest of a block by size, with its sign, is one
of 256 corners (Terasawa and Tanaka, WADS 2007; Andoni et al., "Practical and Optimal LSH for Angular Distance", NIPS
2015). At an equal chance for near ones to meet, fewer far ones do than lie on the same sides of random hyperplanes.
Vectors are turned by flipped signs and a Walsh-Hadamard transform, three times, in whole numbers: the same vector has
the same keys on any machine, whatever it is computed beside.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from gristmill.text.jit import kernel, part
from gristmill.text.mixing import Hashes, mixed

Vectors = npt.NDArray[np.int16]
"""A row a vector, of length 1 once divided by SCALE, about."""

Centre = npt.NDArray[np.int64]
"""A vector of the same scale that is taken off others before they are turned."""

Shares = npt.NDArray[np.float64]
_Wide = npt.NDArray[np.int32]
_Signs = npt.NDArray[np.int32]

SCALE = 32_000
BLOCK = 128
MOST_CORNERS = 7
"""Corners of a key: 8 bits each, and 8 more bits are left."""

_TURNS = 3
_ROWS = 16  # that are turned side by side, so that all that is done to numbers is done to runs of them

_CHANCES = (
    1.0, 0.866617, 0.744787, 0.634081, 0.534158, 0.444663, 0.365228, 0.295457, 0.234919, 0.183139, 0.139582, 0.103655,
    0.074698, 0.051984, 0.034734, 0.022126, 0.013324, 0.007506, 0.003906, 0.001849, 0.000780, 0.000287, 0.000089,
    0.000022, 0.000004,
)  # fmt: skip
"""The chance that vectors 0, 5, 10 ... 120 degrees apart share a corner: 256 times that of both having their largest
number, and a positive one, at the same of 128 places, integrated over pairs of normal numbers so much correlated."""


def unit_vectors(vectors: npt.NDArray[np.float64]) -> Vectors:
    """Rows brought to length 1 and rounded; each has a length that is neither 0 nor infinite."""
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    scaled = vectors / largest  # so that no square overflows
    lengths = np.sqrt((scaled * scaled).sum(axis=1, keepdims=True))
    out: Vectors = np.rint(scaled / lengths * SCALE).astype(np.int16)
    return out


@part
def _transform(values: _Wide, size: int) -> None:
    """The Walsh-Hadamard transform of `size` numbers, of `_ROWS` vectors side by side."""
    half = _ROWS
    while half < size * _ROWS:
        for start in range(0, size * _ROWS, 2 * half):
            low, high = values[start : start + half], values[start + half : start + 2 * half]
            for at in range(half):
                one, other = low[at], high[at]
                low[at] = one + other
                high[at] = one - other
        half *= 2


@part
def _turn(values: _Wide, signs: _Signs, size: int, shift: int) -> None:
    for turn in range(_TURNS):
        for place in range(size):
            sign = signs[turn * size + place]
            some = values[place * _ROWS : (place + 1) * _ROWS]
            for row in range(_ROWS):
                some[row] *= sign
        _transform(values, size)
        if turn == 0 and shift:
            for at in range(size * _ROWS):
                values[at] >>= shift


@part
def _corners(values: _Wide, block: int, largest: _Wide, corners: _Wide) -> None:
    """For each of the vectors side by side the corner of one block."""
    for row in range(_ROWS):
        largest[row] = -1
    for place in range(BLOCK):
        at = (block * BLOCK + place) * _ROWS
        some = values[at : at + _ROWS]
        for row in range(_ROWS):
            value = some[row]
            size = max(value, np.int32(-value))
            more = size > largest[row]
            largest[row] = size if more else largest[row]
            corners[row] = np.int32(2 * place + (value < 0)) if more else corners[row]


@kernel
def _codes(vectors: Vectors, centre: Centre, signs: _Signs, shift: int, count: int, codes: Hashes) -> None:
    """The corners of each vector, one behind the other from the lowest byte of `codes[row, table]` on.

    Corners follow each other over the turns, so that those of one table come of several.
    """
    turns, size = signs.shape[0], signs.shape[1] // _TURNS
    tables = codes.shape[1]
    start, values = np.zeros(size * _ROWS, np.int32), np.empty(size * _ROWS, np.int32)
    largest, corners = np.empty(_ROWS, np.int32), np.empty(_ROWS, np.int32)
    for first in range(0, len(vectors), _ROWS):
        rows = min(_ROWS, len(vectors) - first)
        for place in range(vectors.shape[1]):
            for row in range(rows):
                start[place * _ROWS + row] = np.int32(vectors[first + row, place] - centre[place])
        for turn in range(turns):
            values[:] = start
            _turn(values, signs[turn], size, shift)
            for block in range(size // BLOCK):
                number = block * turns + turn
                if number >= tables * count:
                    break
                _corners(values, block, largest, corners)
                for row in range(rows):
                    codes[first + row, number // count] |= np.uint64(corners[row]) << np.uint64(8 * (number % count))


@kernel
def _keys(codes: Hashes, salt: np.uint64) -> None:
    for row in range(codes.shape[0]):
        for table in range(codes.shape[1]):
            codes[row, table] = mixed(codes[row, table] ^ mixed(salt + np.uint64(table)))


@lru_cache(maxsize=4)
def _signs(size: int, turns: int, seed: int) -> _Signs:
    # RandomState's stream is frozen for good, that of a Generator is not.
    drawn = np.random.RandomState(seed).randint(0, 2, (turns, _TURNS * size))
    signs: _Signs = (2 * drawn - 1).astype(np.int32)
    signs.flags.writeable = False
    return signs


def table_keys(vectors: Vectors, tables: int, corners: int, seed: int, centre: Centre | None = None) -> Hashes:
    """For each vector a key in each table: equal where all `corners` corners of the table are."""
    if not 1 <= corners <= MOST_CORNERS:
        raise ValueError(f"a key has 1 to {MOST_CORNERS} corners, not {corners}")
    count, width = vectors.shape
    size = max(BLOCK, 1 << (width - 1).bit_length())
    turns = -(-tables * corners // (size // BLOCK))
    # No number outgrows the length of its vector, which a transform makes the root of `size` times as long; that of a
    # vector less a centre is 2 at most. So all stay below 2^30.
    shift = max(0, (2 * SCALE).bit_length() + -(-3 * (size.bit_length() - 1) // 2) - 30)
    codes = np.zeros((count, tables), np.uint64)
    off = np.zeros(width, np.int64) if centre is None else centre
    _codes(np.ascontiguousarray(vectors), off, _signs(size, turns, seed), shift, corners, codes)
    _keys(codes, np.uint64(((width << 16) + corners) << 16))
    return codes


def corner_chance(cosines: Shares) -> Shares:
    """The chance that vectors so alike share a corner."""
    degrees = np.degrees(np.arccos(np.clip(cosines, -1, 1)))
    known = np.log(_CHANCES)
    chance: Shares = np.exp(np.interp(degrees, np.arange(len(known)) * 5.0, known))
    return chance


def meeting_chance(cosines: Shares, tables: int, corners: int) -> Shares:
    """The chance that vectors so alike share a key."""
    chance: Shares = 1 - (1 - corner_chance(cosines) ** corners) ** tables
    return chance
