"""MinHash signatures of sets of shingles, folded into keys of bands (Broder 1997; Leskovec et al., MMDS, 3.4)."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from gristmill.text.flat import Offsets
from gristmill.text.jit import kernel, part, small_part
from gristmill.text.mixing import GOLDEN, Hashes, mixed

Shares = npt.NDArray[np.float64]
Words32 = npt.NDArray[np.uint32]
Halves = npt.NDArray[np.bool_]

STEP = np.uint64(0xD1342543DE82EF95)
_TOP = np.uint32(0xFFFFFFFF)
_BLOCK = 8
_RUNS = 512
_DRAWN = np.uint64(0xA0761D6478BD642F)


@part
def _shingle(tokens: Hashes, start: int, stop: int, size: int, out: Hashes, found: int) -> int:
    """The hashes of runs of `size` tokens; a shorter text is one run.

    One token of each run after the other, of so many runs that they stay in the first cache: loops that are vectorised.
    """
    if start == stop:
        return found
    run = min(size, stop - start)
    last = stop - run + 1
    for begin in range(start, last, _RUNS):
        many = min(_RUNS, last - begin)
        first, to = np.uint64(begin), np.uint64(found + begin - start)
        for at in range(np.uint64(many)):
            out[to + at] = tokens[first + at]
        for k in range(np.uint64(1), np.uint64(run)):
            for at in range(np.uint64(many)):
                out[to + at] = out[to + at] * STEP + tokens[first + k + at]
        for at in range(np.uint64(many)):
            out[to + at] = mixed(out[to + at])
    return int(found + last - start)


@kernel
def _shingles(tokens: Hashes, bounds: Offsets, size: int, whole: bool, out: Hashes, out_bounds: Offsets) -> None:
    found = out_bounds[0]  # a plain 0 would have Numba compile the callee once more, for the constant
    for k in range(len(bounds) - 1):
        if whole or bounds[k + 1] - bounds[k] >= size:
            found = _shingle(tokens, bounds[k], bounds[k + 1], size, out, found)
        out_bounds[k + 1] = found


def shingles(tokens: Hashes, bounds: Offsets, size: int, whole: bool) -> tuple[Hashes, Offsets]:
    """For each text the hashes of its runs of `size` tokens, in order.

    A text with fewer tokens is one shingle by itself where `whole` is true, and has none where it is not.
    """
    out = np.empty(len(tokens), np.uint64)
    out_bounds = np.zeros(len(bounds), np.int64)
    _shingles(tokens, bounds, size, whole, out, out_bounds)
    return out[: out_bounds[-1]], out_bounds


@kernel
def _weighed_shingles(
    tokens: Hashes, bounds: Offsets, halves: Halves, size: int, whole: bool, out: Hashes, out_bounds: Offsets
) -> None:
    found = out_bounds[0]
    for k in range(len(bounds) - 1):
        begin = found
        stop = bounds[k + 1]
        end = bounds[k]  # of the run that begins at `at`
        weight = 0
        for at in range(bounds[k], stop):
            while end < stop and weight < 2 * size:
                weight += 1 if halves[end] else 2
                end += 1
            if weight < 2 * size and (found > begin or not whole):
                break
            state = np.uint64(0)
            for token in range(at, end):
                state = state * STEP + tokens[token]
            out[found] = mixed(state)
            found += 1
            weight -= 1 if halves[at] else 2
        out_bounds[k + 1] = found


def weighed_shingles(tokens: Hashes, bounds: Offsets, halves: Halves, size: int, whole: bool) -> tuple[Hashes, Offsets]:
    """As `shingles`, a run having `size` tokens of which those in `halves` count as half a one.

    From every token a run begins that reaches the size or, where a half is missing, goes beyond it by a half.
    """
    out = np.empty(len(tokens), np.uint64)
    out_bounds = np.zeros(len(bounds), np.int64)
    _weighed_shingles(tokens, bounds, halves, size, whole, out, out_bounds)
    return out[: out_bounds[-1]], out_bounds


@kernel
def _draws(hashes: Hashes, bounds: Offsets, out: Hashes) -> None:
    for k in range(len(bounds) - 1):
        least = ~np.uint64(0)
        for at in range(bounds[k], bounds[k + 1]):
            least = min(least, mixed(hashes[at] ^ _DRAWN))
        out[k] = mixed(least + GOLDEN)


def drawn_numbers(hashes: Hashes, bounds: Offsets) -> Hashes:
    """For each set of shingles a number, evenly spread, that two sets share with a chance of their Jaccard similarity.

    It is the hash of the least value of one more permutation, and has nothing to do with the keys of bands. That of
    an empty set means nothing.
    """
    out = np.zeros(len(bounds) - 1, np.uint64)
    if len(hashes):
        _draws(hashes, bounds, out)
    return out


@small_part
def _permuted(shingle: np.uint32, seed: np.uint32, factor: np.uint32) -> np.uint32:
    """A bijection of 32 bits. It need not mix, for shingles are well mixed: any bijection of them is least anywhere."""
    return np.uint32(np.uint32(shingle ^ seed) * factor)


@part
def _signature(hashes: Hashes, start: int, stop: int, seeds: Words32, factors: Words32, least: Words32) -> None:
    """The least value of each permutation over the shingles. The inner loop has no branch, so it is vectorised."""
    for k in range(len(least)):
        least[k] = _TOP
    at = start
    while at + _BLOCK <= stop:
        first = np.uint64(at)
        one, two = np.uint32(hashes[first]), np.uint32(hashes[first + np.uint64(1)])
        three, four = np.uint32(hashes[first + np.uint64(2)]), np.uint32(hashes[first + np.uint64(3)])
        five, six = np.uint32(hashes[first + np.uint64(4)]), np.uint32(hashes[first + np.uint64(5)])
        seven, eight = np.uint32(hashes[first + np.uint64(6)]), np.uint32(hashes[first + np.uint64(7)])
        for k in range(np.uint64(len(least))):
            seed = seeds[k]
            factor = factors[k]
            some = min(_permuted(one, seed, factor), _permuted(two, seed, factor))
            some = min(some, min(_permuted(three, seed, factor), _permuted(four, seed, factor)))
            more = min(_permuted(five, seed, factor), _permuted(six, seed, factor))
            more = min(more, min(_permuted(seven, seed, factor), _permuted(eight, seed, factor)))
            least[k] = min(least[k], min(some, more))
        at += _BLOCK
    while at < stop:
        one = np.uint32(hashes[at])
        for k in range(len(least)):
            least[k] = min(least[k], _permuted(one, seeds[k], factors[k]))
        at += 1


@kernel
def _band_keys(hashes: Hashes, bounds: Offsets, seeds: Words32, factors: Words32, out: npt.NDArray[np.uint64]) -> None:
    bands = out.shape[1]
    rows = len(seeds) // bands
    least = np.empty(len(seeds), np.uint32)
    for k in range(len(bounds) - 1):
        if bounds[k] == bounds[k + 1]:
            continue
        _signature(hashes, bounds[k], bounds[k + 1], seeds, factors, least)
        for band in range(bands):
            key = mixed(np.uint64(band) + GOLDEN)
            for at in range(band * rows, (band + 1) * rows):
                key = mixed(key ^ np.uint64(least[at])) * GOLDEN
            out[k, band] = key


@cache
def permutations(count: int, seed: int) -> tuple[Words32, Words32]:
    """Seeds and odd factors of `count` permutations, drawn by SplitMix64 and so the same on every machine."""
    with np.errstate(over="ignore"):
        draws = np.arange(1, 2 * count + 1, dtype=np.uint64) * GOLDEN + np.uint64(seed)
        draws = (draws ^ (draws >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        draws = (draws ^ (draws >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    drawn = (draws >> np.uint64(32)).astype(np.uint32)
    return drawn[:count].copy(), drawn[count:] | np.uint32(1)


def band_keys(hashes: Hashes, bounds: Offsets, bands: int, rows: int, seed: int = 1) -> npt.NDArray[np.uint64]:
    """For each set of shingles a key for each band of `rows` minima.

    Two sets of Jaccard similarity s share the key of a band with chance s^rows. Minima have 32 bits, which adds
    less than n / 2^32 to the similarity of two sets of n shingles. The keys of an empty set mean nothing.
    """
    out = np.zeros((len(bounds) - 1, bands), np.uint64)
    if len(hashes):
        _band_keys(hashes, bounds, *permutations(bands * rows, seed), out)
    return out


def meeting_chance(similarity: Shares, bands: int, rows: int) -> Shares:
    """The chance that two sets of each Jaccard similarity share a band: 1 - (1 - s^r)^b."""
    chance: Shares = 1 - (1 - similarity**rows) ** bands
    return chance
