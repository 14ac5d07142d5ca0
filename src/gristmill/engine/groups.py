"""Rows of equal key brought together in one partition, in bounded memory however many have the same key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gristmill.engine.protocol import Keys, Refs
from gristmill.text.radix import shared_keys

_FINE = 1 << 16
_MIX = np.uint64(0xBF58476D1CE4E5B9)  # of SplitMix64; another one than brought the keys into this partition


def whole_groups(batches: Sequence[pa.RecordBatch], most: int) -> Iterator[tuple[Keys, Refs]]:
    """Groups of two rows or more, keys ascending and rows ascending in a key. `most` rows are sorted at a time, a
    quarter of them is given at once.

    The rows of a key ascend in the batches as they come. A key with more rows than are given at once comes in pieces,
    and each piece but the first begins with the first row of the group and the last one of the piece before.
    """
    total = sum(map(len, batches))
    if total <= most:
        yield from _cut(*_met(*_columns(batches)), most)
        return
    counts = np.zeros(_FINE, np.int64)
    for batch in batches:
        counts += np.bincount(_fine(_keys(batch)), minlength=_FINE)
    for first, last in _ranges(counts, most):
        chosen = [batch.filter(pa.array(_within(batch, first, last))) for batch in batches]
        if counts[first:last].sum() <= most:
            yield from _cut(*_met(*_columns(chosen)), most)
        else:
            yield from _heavy(chosen, most)


def _columns(batches: Sequence[pa.RecordBatch]) -> tuple[Keys, Refs]:
    if not batches:
        return np.empty(0, np.uint64), np.empty(0, np.int64)
    return np.concatenate([_keys(one) for one in batches]), np.concatenate([_rows(one) for one in batches])


def _keys(batch: pa.RecordBatch) -> Keys:
    keys: Keys = batch.column(0).to_numpy()
    return keys


def _rows(batch: pa.RecordBatch) -> Refs:
    rows: Refs = batch.column(1).to_numpy()
    return rows


def _met(keys: Keys, rows: Refs) -> tuple[Keys, Refs]:
    """Those of the rows whose key another one has, sorted."""
    keys, places = shared_keys(keys)
    return keys, rows[places]


def _cut(keys: Keys, rows: Refs, most: int) -> Iterator[tuple[Keys, Refs]]:
    """Sorted rows in pieces, between groups where that is possible."""
    at_once = _at_once(most)
    first = 0
    begin = np.empty(0, np.int64)
    while first < len(keys):
        last = min(first + at_once, len(keys))
        group = int(np.searchsorted(keys, keys[last - 1]))  # where the last group of the piece begins
        inside = last < len(keys) and keys[last] == keys[last - 1]
        if inside and group > first:
            last, inside = group, False
        given = np.concatenate([begin, rows[first:last]])
        yield np.concatenate([np.repeat(keys[first], len(begin)), keys[first:last]]), given
        begin = rows[[group, last - 1]] if inside else begin[:0]
        first = last


def _at_once(most: int) -> int:
    """What is given at once: what is made of it takes several times its memory."""
    return max(2, most // 4)


def _fine(keys: Keys) -> npt.NDArray[np.int64]:
    """A number below `_FINE` for each key."""
    return ((keys * _MIX) >> np.uint64(48)).astype(np.int64)


def _within(batch: pa.RecordBatch, first: int, last: int) -> npt.NDArray[np.bool_]:
    fine = _fine(_keys(batch))
    within: npt.NDArray[np.bool_] = (fine >= first) & (fine < last)
    return within


def _ranges(counts: npt.NDArray[np.int64], most: int) -> Iterator[tuple[int, int]]:
    """Runs of numbers with `most` rows together, or single ones that have more."""
    before = np.concatenate([[0], np.cumsum(counts)])
    first = 0
    while first < len(counts):
        last = max(first + 1, int(np.searchsorted(before, before[first] + most, side="right")) - 1)
        if before[last] > before[first]:
            yield first, last
        first = last


def _heavy(batches: Sequence[pa.RecordBatch], most: int) -> Iterator[tuple[Keys, Refs]]:
    """Few keys and more rows than are held at a time: one key at least has many."""
    keys, counts = _counted(batches)
    for first, last in _ranges(counts, most):
        low, high = keys[first], keys[last - 1]
        chosen = (_rows_of(batch, low, high) for batch in batches)
        if counts[first:last].sum() <= most:
            yield from _cut(*_met(*_columns(list(chosen))), most)
        else:
            yield from _pieces(low, chosen, most)


def _counted(batches: Sequence[pa.RecordBatch]) -> tuple[Keys, npt.NDArray[np.int64]]:
    """The keys, ascending, and how many rows have each."""
    keys, counts = np.empty(0, np.uint64), np.empty(0, np.int64)
    for batch in batches:
        here, times = np.unique(_keys(batch), return_counts=True)
        keys, place = np.unique(np.concatenate([keys, here]), return_inverse=True)
        before, counts = np.concatenate([counts, times]), np.zeros(len(keys), np.int64)
        np.add.at(counts, place, before)
    return keys, counts


def _rows_of(batch: pa.RecordBatch, low: np.uint64, high: np.uint64) -> pa.RecordBatch:
    keys = _keys(batch)
    return batch.filter(pa.array((keys >= low) & (keys <= high)))


def _pieces(key: np.uint64, batches: Iterable[pa.RecordBatch], most: int) -> Iterator[tuple[Keys, Refs]]:
    """The rows of one key in pieces; what a piece begins with ties it to those before."""
    at_once = _at_once(most)
    held = np.empty(0, np.int64)
    begin = np.empty(0, np.int64)
    for batch in batches:
        held = np.concatenate([held, _rows(batch)])
        while len(held) >= at_once:
            rows = np.concatenate([begin, held[:at_once]])
            yield np.full(len(rows), key), rows
            begin, held = rows[[0, -1]], held[at_once:]
    if len(held):
        rows = np.concatenate([begin, held])
        yield np.full(len(rows), key), rows
