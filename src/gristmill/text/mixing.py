"""Hashes of 64 bits over pieces of a flat buffer. Fast and well mixed; no defence against made collisions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba.core import types
from numba.core.extending import intrinsic

from gristmill.text.eight_bytes import eight
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part, small_part

Hashes = npt.NDArray[np.uint64]

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
"""2^64 / golden ratio: an odd multiplier that spreads neighbours (Knuth, TAOCP 3, 6.4)."""
_FACTORS = np.array([0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD1342543DE82EF95], np.uint64)


@small_part
def mixed(value: np.uint64) -> np.uint64:
    """The finaliser of SplitMix64, a bijection (Steele, Lea and Flood, OOPSLA 2014)."""
    value ^= value >> np.uint64(30)
    value *= np.uint64(0xBF58476D1CE4E5B9)
    value ^= value >> np.uint64(27)
    value *= np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@intrinsic
def _folding(typing: Any, one: Any, other: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        wide = ir.IntType(128)
        product = builder.mul(*(builder.zext(word, wide) for word in arguments))
        upper = builder.trunc(builder.lshr(product, wide(64)), ir.IntType(64))
        return builder.xor(builder.trunc(product, ir.IntType(64)), upper)

    return types.uint64(types.uint64, types.uint64), generate


_folded = cast(Callable[[np.uint64, np.uint64], np.uint64], _folding)


@small_part
def folded(one: np.uint64, other: np.uint64) -> np.uint64:
    """A hash of two words: their product of 128 bits, its halves laid over each other (wyhash, Wang Yi 2019)."""
    return _folded(one ^ GOLDEN, other ^ np.uint64(0xBF58476D1CE4E5B9))


@small_part
def up_to_eight(data: Bytes, at: int, stop: int) -> np.uint64:
    """The first eight bytes of `data[at:stop]`, which has at least one, little-endian, with zeros above."""
    word = np.uint64(0)
    if at + 8 <= len(data):
        word = eight(data, at) & (~np.uint64(0) >> np.uint64(64 - 8 * min(stop - at, 8)))
    else:
        for k in range(min(stop - at, 8)):
            word |= np.uint64(data[at + k]) << np.uint64(8 * k)
    return word


@small_part
def hashed(data: Bytes, start: int, stop: int, seed: np.uint64) -> np.uint64:
    """The hash of `data[start:stop]`: eight bytes at a time, its length mixed in last."""
    state = seed
    at = start
    while at < stop:
        state = (state ^ up_to_eight(data, at, stop)) * GOLDEN
        state = (state ^ (state >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
        at += 8
    return mixed(state ^ np.uint64(stop - start))


@small_part
def _product(word: np.uint64, factor: np.uint64) -> np.uint64:
    """The upper half is mixed into the lower first: a product alone would have little of the last byte."""
    return (word ^ (word >> np.uint64(32))) * factor


@small_part
def hashed_wide(data: Bytes, start: int, stop: int) -> np.uint64:
    """Another hash of `data[start:stop]`, for long stretches: 32 bytes at a time, multiplied side by side."""
    state = np.uint64(stop - start)
    at = start
    while at + 32 <= stop:
        state = state * GOLDEN + _product(eight(data, at), _FACTORS[0]) + _product(eight(data, at + 8), _FACTORS[1])
        state += _product(eight(data, at + 16), _FACTORS[2]) + _product(eight(data, at + 24), _FACTORS[3])
        state ^= state >> np.uint64(29)
        at += 32
    while at < stop:
        state = (state ^ up_to_eight(data, at, stop)) * GOLDEN
        state ^= state >> np.uint64(29)
        at += 8
    return mixed(state)


@part
def hash_spans(data: Bytes, starts: Offsets, stops: Offsets, first: int, last: int, out: Hashes) -> None:
    """Put the hashes of spans `first` to `last` into the beginning of `out`."""
    for k in range(first, last):
        out[k - first] = hashed(data, starts[k], stops[k], GOLDEN)


@kernel
def _hash_rows(data: Bytes, offsets: Offsets, rows: Offsets, seed: np.uint64, out: Hashes) -> None:
    for k in range(len(rows)):
        out[k] = hashed(data, offsets[rows[k]], offsets[rows[k] + 1], seed)


@kernel
def _hash_lists(hashes: Hashes, bounds: Offsets, seed: np.uint64, out: Hashes) -> None:
    for k in range(len(bounds) - 1):
        state = seed
        for at in range(bounds[k], bounds[k + 1]):
            state = mixed(state ^ hashes[at]) * GOLDEN
        out[k] = mixed(state ^ np.uint64(bounds[k + 1] - bounds[k]))


def _seed(number: int) -> np.uint64:
    """Far apart for small numbers."""
    return np.uint64(number * int(GOLDEN) % (1 << 64))


def hash_rows(data: Bytes, offsets: Offsets, rows: Offsets, seed: int) -> Hashes:
    """A hash of the bytes of each row. Hashes under two seeds are as good as independent."""
    out = np.empty(len(rows), np.uint64)
    if len(rows):
        _hash_rows(data, offsets, rows, _seed(seed), out)
    return out


def hash_lists(hashes: Hashes, bounds: Offsets, seed: int) -> Hashes:
    """A hash of each list of hashes, order and length included."""
    out = np.empty(len(bounds) - 1, np.uint64)
    if len(out):
        _hash_lists(hashes, bounds, _seed(seed), out)
    return out
