"""The labelled texts that a classifier is trained on: sampled within bounds, without copies, split by near-duplicates.

Which texts are taken, and in which order, depends on their content and the seed alone, not on the order they came in.
"""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

from gristmill.text.clusters import components, to_lowest
from gristmill.text.flat import Flat, flat
from gristmill.text.minhash import band_keys, shingles
from gristmill.text.mixing import GOLDEN
from gristmill.text.simplify import simplified

Numbers = npt.NDArray[np.int64]

TEST, FOLDS = 0.2, 3
_OVERHEAD = 200  # bytes that a kept text costs beside its own
_SHINGLE, _BANDS, _ROWS = 5, 14, 8  # as `near_duplicates`: texts of Jaccard similarity 0.8 meet in 92 of 100 cases


@dataclass(frozen=True, slots=True)
class LabelledTexts:
    """Texts in an order by their hashes, and for each its label, source, language if known, and group."""

    labels: tuple[str, ...]
    text: Flat
    keys: npt.NDArray[np.uint64]
    label: Numbers
    source: Sequence[str]
    language: Sequence[str | None]
    group: Numbers
    counts: dict[str, dict[str, int]]

    def digest(self) -> str:
        """The SHA-256 of the hashes and labels of all texts: the same for the same training set."""
        return hashlib.sha256(self.keys.astype("<u8").tobytes() + self.label.astype("<i8").tobytes()).hexdigest()

    def side(self, seed: int) -> tuple[npt.NDArray[np.bool_], Numbers]:
        """Which texts are held out for the test, and which fold the others are in; a group is never parted."""
        drawn = scrambled(self.keys[self.group], seed)
        test = drawn < np.uint64(int(TEST * 2**64))
        return test, (scrambled(drawn, seed + 1) % np.uint64(FOLDS)).astype(np.int64)


class Sampling:
    """Takes labelled texts one by one, and keeps of each label those of the lowest hashes, up to `most_bytes`."""

    def __init__(self, text_bytes: int, most_bytes: int, seed: int) -> None:
        self._text_bytes, self._most_bytes, self._seed = text_bytes, most_bytes, seed
        self._kept: dict[str, list[tuple[int, bytes, str, str | None]]] = {}
        self._known: dict[int, str] = {}
        self._size: Counter[str] = Counter()
        self._limit: dict[str, int] = {}
        self._twice: set[int] = set()
        self.counts: dict[str, Counter[str]] = {}

    def add(self, label: str, text: str, source: str, language: str | None) -> None:
        """One text of a label; what is blank or a copy is counted, not kept."""
        counts = self.counts.setdefault(label, Counter())
        counts["read"] += 1
        cut = text[: self._text_bytes].encode("utf-8", "replace")[: self._text_bytes].decode("utf-8", "ignore")
        if not cut.strip():
            counts["blank"] += 1
            return
        data = cut.encode()
        key = xxhash.xxh3_64_intdigest(data, self._seed)
        if key >= self._limit.get(label, 1 << 64):
            counts["not sampled"] += 1
        elif (known := self._known.get(key)) is None:
            self._keep(label, (-key, data, source, language))
        elif known == label:
            counts["copies"] += 1
        else:
            self._twice.add(key)
            counts["also under another label"] += 1

    def _keep(self, label: str, entry: tuple[int, bytes, str, str | None]) -> None:
        kept = self._kept.setdefault(label, [])
        heapq.heappush(kept, entry)
        self._known[-entry[0]] = label
        self._size[label] += len(entry[1]) + _OVERHEAD
        while self._size[label] > self._most_bytes:
            key, data, _, _ = heapq.heappop(kept)
            del self._known[-key]
            self._size[label] -= len(data) + _OVERHEAD
            self._limit[label] = -key
            self.counts[label]["not sampled"] += 1

    def taken(self, labels: Sequence[str]) -> LabelledTexts:
        """What was kept, less the texts that stand under two labels, `labels` being the order of the labels."""
        entries = []
        for number, label in enumerate(labels):
            own = [entry for entry in self._kept.get(label, ()) if -entry[0] not in self._twice]
            self.counts.setdefault(label, Counter())["used"] = len(own)
            entries += [(-key, data, number, source, language) for key, data, source, language in own]
        entries.sort(key=lambda entry: entry[0])
        text = flat(pa.array([data for _, data, _, _, _ in entries], pa.large_binary()))
        return LabelledTexts(
            tuple(labels),
            text,
            np.array([key for key, _, _, _, _ in entries], np.uint64),
            np.array([number for _, _, number, _, _ in entries], np.int64),
            [source for _, _, _, source, _ in entries],
            [language for _, _, _, _, language in entries],
            _groups(text),
            {label: dict(sorted(self.counts[label].items())) for label in labels},
        )


def _groups(text: Flat) -> Numbers:
    """For each text the first of those it is nearly a copy of, through whatever others."""
    rows = np.arange(len(text), dtype=np.int64)
    tokens, bounds = simplified(text.data, text.offsets, rows, False)
    hashes, ends = shingles(tokens, bounds, _SHINGLE, True)
    keys = band_keys(hashes, ends, _BANDS, _ROWS)
    some = rows[np.diff(ends) > 0]
    ties = []
    for band in range(_BANDS):
        order = some[np.argsort(keys[some, band], kind="stable")]
        ties.append(to_lowest(keys[order, band], order))
    return components(len(text), np.concatenate([a for a, _ in ties]), np.concatenate([b for _, b in ties]))


def scrambled(values: npt.NDArray[np.uint64], seed: int) -> npt.NDArray[np.uint64]:
    """Numbers evenly spread, another one for each value: SplitMix64, the same on every machine."""
    with np.errstate(over="ignore"):
        values = (values ^ np.uint64(seed % 2**64)) + GOLDEN
        values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
