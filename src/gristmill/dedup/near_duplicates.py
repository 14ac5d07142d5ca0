"""Keep one text of every cluster of near-copies, by MinHash and banding, each pair verified."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from gristmill.contracts.step import CorpusStep, Evidence, Keys, Nodes, Settled, Sketch, threshold
from gristmill.contracts.view import View
from gristmill.text.clusters import components, distinct, led, to_lowest, to_next
from gristmill.text.jaccard import similarities, sorted_sets
from gristmill.text.minhash import band_keys, meeting_chance, shingles
from gristmill.text.simplify import simplified

_MOST_LEADERS = 64
"""Kept texts of one cluster that a further text is compared with, beside those of its own ties."""


class NearDuplicates(CorpusStep):
    """Drops texts that are nearly another one: Jaccard similarity of their sets of shingles.

    Texts are simplified as datatrove does (lower case, numbers as 0, no punctuation, no marks). With `verify`,
    every text that goes is at least `similarity` alike to the one it goes in favour of; without, all that share
    a band go together, as in datatrove, and how alike they are is not known.
    """

    reason: ClassVar[str] = "near_duplicate"

    shingle: Literal["words", "characters"] = Field("words", description="What a shingle is a run of.")
    shingle_size: int = Field(5, ge=1, le=100, description="Words or characters in a shingle.")
    bands: int = Field(14, ge=1, le=1000, description="Bands of minima; texts that share one are compared.")
    rows: int = Field(8, ge=1, le=100, description="Minima in a band; more ask for more similarity.")
    seed: int = Field(1, ge=0, lt=1 << 63, description="Of the permutations.")
    short_texts: Literal["whole", "leave"] = Field(
        "whole", description="Texts shorter than a shingle: one shingle by themselves, or left alone as in datatrove."
    )
    verify: bool = Field(True, description="Compare the sets themselves, and go by that.")
    similarity: float = threshold(0.75, gt=0, le=1, description="Least Jaccard similarity of a near-copy, if verified.")

    def sketch(self, view: View) -> Sketch:
        hashes, bounds = self._shingles(view)
        keys = band_keys(hashes, bounds, self.bands, self.rows, self.seed)
        some = np.diff(bounds) > 0
        return Sketch(np.repeat(view.rows[some], self.bands), keys[some].ravel())

    def link(self, keys: Keys, rows: Nodes) -> tuple[Nodes, Nodes]:
        first, others = to_lowest(keys, rows)
        if not self.verify:
            return first, others
        one, after = to_next(keys, rows)
        return np.concatenate([first, one]), np.concatenate([others, after])

    def evidence(self, view: View) -> tuple[Keys, Nodes]:
        if not self.verify:
            return np.empty(0, np.uint64), np.zeros(len(view) + 1, np.int64)
        return sorted_sets(*self._shingles(view))

    def settle(self, a: Nodes, b: Nodes, rank: Nodes, evidence: Evidence) -> Settled:
        a, b = distinct(len(rank), a, b)
        if self.verify:
            values, offsets = _seen(evidence.values), _seen(evidence.offsets)
            tied = similarities(values, offsets, a, b, self.similarity) >= self.similarity
            leaders, alike = led(a[tied], b[tied], rank, values, offsets, self.similarity, _MOST_LEADERS)
        else:
            leaders = _best(components(len(rank), a, b), rank)
            alike = np.full(len(rank), np.nan)
        nodes = np.arange(len(rank))
        lost = np.flatnonzero(leaders != nodes)
        lowest = np.full(len(rank), len(rank), np.int64)
        np.minimum.at(lowest, leaders, nodes)
        return Settled(lost, leaders[lost], alike[lost], lowest[leaders])

    def about(self) -> str:
        chances = "  ".join(
            f"{s:.2f}: {meeting_chance(s, self.bands, self.rows):.0%}" for s in np.arange(0.5, 0.96, 0.05)
        )
        midpoint = (1 / self.bands) ** (1 / self.rows)
        below = f"; those under {self.similarity:g} stay" if self.verify else ""
        return f"chance that two texts are compared, by similarity: {chances} (steepest near {midpoint:.2f}){below}"

    def _shingles(self, view: View) -> tuple[Keys, Nodes]:
        text = view.text
        tokens, bounds = simplified(text.data, text.offsets, view.rows, self.shingle == "characters")
        return shingles(tokens, bounds, self.shingle_size, self.short_texts == "whole")


def _seen(array: np.ndarray) -> np.ndarray:
    """The same memory, mapped or not, as the one type that kernels are compiled for."""
    seen = np.asarray(array).view()
    seen.flags.writeable = False
    return seen


def _best(component: Nodes, rank: Nodes) -> Nodes:
    """For each node the node of its component that ranks best."""
    best = np.empty(len(rank), np.int64)
    by_rank = np.argsort(rank, kind="stable")[::-1]
    best[component[by_rank]] = by_rank  # where a component comes again, the last one written is the best
    return best[component]
