"""How many of the pairs that a corpus step should find it finds, measured by comparing every pair of a sample.

Records are drawn by a number that two of them share with a chance of their similarity (`Sketch.draws`), so that the
copies of a record come into the sample with it: of a random percent of a corpus only one pair in ten thousand would be
whole. What is drawn has nothing to do with the keys that records met by, so the share of its pairs that met is that of
all. A pair as alike as s is drawn with a chance of s times the share of numbers taken, and so counts 1 / s (Horvitz and
Thompson, 1952). A small corpus is taken as a whole and nothing is estimated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.contracts.step import NO_DRAW, CorpusStep, Evidence, TruePairs

Refs = npt.NDArray[np.int64]
Draws = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.float64]

_SHARE, _LEAST, _MOST = 0.01, 4 << 20, 64 << 20
"""The sample is a hundredth of the bytes of text, but no less and no more than these."""

_LONGEST = 1 << 20
"""Longer texts stay out of it: one would be all of a small sample."""

_MOST_IN_GROUP = 64
"""Records of one number that are compared, each with each: a million copies of a page have all the same."""

_BESIDE = 64  # bytes that a record counts beside its text, so that there are not too many of them
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_NORMAL = 1.959964  # of a 95 % interval


@dataclass(frozen=True, slots=True)
class Recall:
    """What was measured. Shares are of pairs of records that differ and are as alike as the step asks."""

    records: int  # compared, of those that had anything to compare
    of: int
    whole: bool  # all were compared, each with each: the shares are exact
    pairs: int
    met: float | None = None  # the share of pairs that were brought together; null where there was no pair
    low: float | None = None  # 95 % interval of it
    high: float | None = None
    expected: float | None = None  # the share by theory, of pairs as alike as these
    settled: float | None = None  # the share of pairs of which one went, or would have


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows in order, and the group of each: rows of one draw. `members` counts those of each group in the corpus."""

    rows: Refs
    group: Refs
    members: Refs
    whole: bool
    of: int


class _Rows(NamedTuple):
    draws: Draws
    rows: Refs
    sizes: Refs
    more: Refs  # at the first row of a draw: further rows of it that are only counted

    @classmethod
    def of(cls, pieces: Sequence[_Rows]) -> _Rows:
        none = np.empty(0, np.int64)
        nothing = cls(np.empty(0, np.uint64), none, none, none)
        return cls(*(np.concatenate(column) for column in zip(nothing, *pieces, strict=True)))

    def take(self, order: Refs) -> _Rows:
        return _Rows(self.draws[order], self.rows[order], self.sizes[order], self.more[order])


class Drawing:
    """Takes rows as they come and holds those of the lowest draws, as many as the sample has room for."""

    def __init__(self) -> None:
        self._held: list[_Rows] = []
        self._room_taken = 0
        self._below = NO_DRAW  # draws from here on are left out
        self._whole = True
        self._seen = self._bytes = 0

    def add(self, draws: Draws, rows: Refs, sizes: Refs) -> None:
        """Rows of the corpus, each once, with their draws and the bytes of their texts."""
        takes_part = draws != NO_DRAW
        self._seen += int(takes_part.sum())
        self._bytes += int(sizes[takes_part].sum())
        self._whole &= not (takes_part & (sizes > _LONGEST)).any()
        fit = (draws < self._below) & (sizes <= _LONGEST)
        if fit.any():
            taken = _Rows(draws[fit], rows[fit], sizes[fit] + _BESIDE, np.zeros(int(fit.sum()), np.int64))
            self._held.append(taken)
            self._room_taken += int(taken.sizes.sum())
            if self._room_taken > 2 * _MOST:
                self._cut(_MOST)

    def sample(self) -> Sample:
        """What was drawn."""
        room = min(max(int(self._bytes * _SHARE), _LEAST), _MOST)
        if self._room_taken > room:
            self._cut(room)
        held = _Rows.of(self._held)
        held = held.take(np.argsort(held.rows))
        _, group = np.unique(held.draws, return_inverse=True)
        members = np.bincount(group) + np.bincount(group, held.more).astype(np.int64)
        return Sample(held.rows, group.astype(np.int64), members, self._whole, self._seen)

    def _cut(self, room: int) -> None:
        """Hold no more than there is room for: whole groups, and of each the rows that come first by a hash."""
        held = _Rows.of(self._held)
        held = held.take(np.lexsort((held.rows.astype(np.uint64) * _SPREAD, held.draws)))
        starts = np.flatnonzero(np.concatenate([[True], held.draws[1:] != held.draws[:-1]]))
        lengths = np.diff(starts, append=len(held.draws))
        stay = np.arange(len(held.draws)) - np.repeat(starts, lengths) < _MOST_IN_GROUP
        more = np.zeros(len(held.draws), np.int64)
        more[starts] = np.add.reduceat(held.more + ~stay, starts)
        taken = np.cumsum(np.where(stay, held.sizes, 0))
        too_much = np.flatnonzero(taken[starts + lengths - 1] > room)
        if len(too_much):
            self._below = held.draws[starts[too_much[0]]]
            stay &= held.draws < self._below
        held = _Rows(held.draws, held.rows, held.sizes, more).take(np.flatnonzero(stay))
        self._held, self._room_taken, self._whole = [held], int(held.sizes.sum()), False


def measured(step: CorpusStep, sample: Sample, evidence: Evidence, keys: Draws, lost: npt.NDArray[np.bool_]) -> Recall:
    """Compare the rows of a sample. `keys` has a row for each of them, and `lost` says which of them went."""
    pairs = step.true_pairs(evidence, None) if sample.whole else None
    whole = pairs is not None
    weight = np.ones(len(pairs.a)) if pairs is not None else np.empty(0)
    if pairs is None:
        group = _without_crowds(sample)
        found = step.true_pairs(evidence, group)
        if found is None:
            raise TypeError(f"{step.name()} finds no pairs in groups")
        held = np.bincount(group[group >= 0], minlength=len(sample.members)).astype(np.float64)
        compared = held * (held - 1) / np.maximum(sample.members * (sample.members - 1.0), 1)
        pairs, weight = found, 1 / (found.jaccard * compared[group[found.a]])
    differ = pairs.jaccard < 1
    pairs = TruePairs(pairs.a[differ], pairs.b[differ], pairs.jaccard[differ], pairs.chance[differ])
    recall = Recall(len(sample.rows), sample.of, whole, len(pairs.a))
    if not recall.pairs:
        return recall
    weight = weight[differ] / weight[differ].sum()
    together = (keys[pairs.a] == keys[pairs.b]).any(axis=1)
    met = float(weight[together].sum())
    low, high = (met, met) if whole else _interval(met, together, weight, sample.group[pairs.a])
    expected, settled = float((weight * pairs.chance).sum()), float((weight * (lost[pairs.a] | lost[pairs.b])).sum())
    return Recall(recall.records, recall.of, whole, recall.pairs, met, low, high, expected, settled)


def _without_crowds(sample: Sample) -> Refs:
    """The group of each row; -1 for those of a group beyond the number that is compared, which a hash chooses."""
    order = np.lexsort((sample.rows.astype(np.uint64) * _SPREAD, sample.group))
    lengths = np.bincount(sample.group)
    place = np.arange(len(order)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    group = sample.group.copy()
    group[order[place >= _MOST_IN_GROUP]] = -1
    return group


def _interval(share: float, met: npt.NDArray[np.bool_], weight: Numbers, group: Refs) -> tuple[float, float]:
    """The interval of a share of pairs that were drawn by groups: Wilson's (1927), of as many pairs as say as much.

    The groups vary about the share by the usual sum of squared residuals (Cochran, 1977, 6.4). Where all agree, that
    sum says nothing, and each group of equal weight counts as one pair (Kish, 1965).
    """
    per_group = np.bincount(group, weight)
    count = 1 / float((per_group**2).sum())
    if 0 < share < 1:
        varies = float((np.bincount(group, weight * (met - share)) ** 2).sum())
        count = max(count, min(share * (1 - share) / varies, len(met))) if varies else count
    return _wilson(share, count)


def _wilson(share: float, count: float) -> tuple[float, float]:
    squared = _NORMAL**2
    middle = (share + squared / (2 * count)) / (1 + squared / count)
    half = _NORMAL * sqrt(share * (1 - share) / count + squared / (4 * count**2)) / (1 + squared / count)
    return max(middle - half, 0.0), min(middle + half, 1.0)
