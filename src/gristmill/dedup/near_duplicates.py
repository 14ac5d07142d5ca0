"""Keep one text of every cluster of near-copies, by MinHash and banding, each pair verified."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from gristmill.contracts.step import (
    NO_DRAW,
    CorpusStep,
    Evidence,
    Keys,
    Nodes,
    Settled,
    Sketch,
    TruePairs,
    threshold,
)
from gristmill.contracts.view import View
from gristmill.text.all_pairs import all_pairs, pairs_in_groups
from gristmill.text.clusters import components, distinct, led, to_lowest, to_next
from gristmill.text.jaccard import similarities, sorted_sets
from gristmill.text.minhash import band_keys, drawn_numbers, meeting_chance, shingles, weighed_shingles
from gristmill.text.simplify import simplified, simplified_and_lone

_MOST_LEADERS = 64
"""Kept texts of one cluster that a further text is compared with, beside those of its own ties."""

_MOST_VALUES, _MOST_WORK = 1 << 22, 1 << 29
"""Shingles of a sample that are indexed to compare it as a whole, and how much work that may be: half a second."""


class NearDuplicates(CorpusStep):
    """Drops texts that are nearly another one: Jaccard similarity of their sets of shingles.

    Texts are simplified as datatrove does (lower case, numbers as 0, no punctuation, no marks). With `verify`,
    every text that goes is at least `similarity` alike to the one it goes in favour of; without, all that share
    a band go together, as in datatrove, and how alike they are is not known.

    Chinese, Japanese, Thai, Lao, Khmer and Burmese put no spaces between words, and each of their letters is a word of
    its own for `shingle: words`. With `auto` it is half a word, so that a shingle is about as long in every script, and
    a share of words that is edited costs as much similarity.

    Similarity may be `containment`: how much of the text that goes is in the one that stays, so that an excerpt goes
    for its whole. It wants `keep: longest`, and bands that let unlike sizes meet: see what `check` says of recall.
    """

    reason: ClassVar[str] = "near_duplicate"
    version: ClassVar[int] = 3
    draws: ClassVar[bool] = True

    shingle: Literal["words", "auto", "characters"] = Field("words", description="What a shingle is a run of.")
    shingle_size: int = Field(5, ge=1, le=100, description="Words or characters in a shingle.")
    bands: int = Field(14, ge=1, le=1000, description="Bands of minima; texts that share one are compared.")
    rows: int = Field(8, ge=1, le=100, description="Minima in a band; more ask for more similarity.")
    seed: int = Field(1, ge=0, lt=1 << 63, description="Of the permutations.")
    short_texts: Literal["whole", "leave"] = Field(
        "whole", description="Texts shorter than a shingle: one shingle by themselves, or left alone as in datatrove."
    )
    verify: bool = Field(True, description="Compare the sets themselves, and go by that.")
    measure: Literal["jaccard", "containment"] = threshold(
        "jaccard", description="What both texts share of both together, or of the one that goes."
    )
    similarity: float = threshold(0.75, gt=0, le=1, description="Least similarity of a near-copy, if verified.")
    measure_recall: bool = threshold(
        True, description="Compare every pair of a sample, to say in the report how many near-copies were found."
    )

    def sketch(self, view: View) -> Sketch:
        hashes, bounds = self._shingles(view)
        keys = band_keys(hashes, bounds, self.bands, self.rows, self.seed)
        some = np.diff(bounds) > 0
        drawn = np.where(some, drawn_numbers(hashes, bounds), NO_DRAW)
        return Sketch(np.repeat(view.rows[some], self.bands), keys[some].ravel(), drawn)

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
            sets = _seen(evidence.values), _seen(evidence.offsets)
            tied = similarities(*sets, a, b, self.similarity, self._contained) >= self.similarity
            if self._contained:
                tied |= similarities(*sets, b, a, self.similarity, True) >= self.similarity
            leaders, alike = led(a[tied], b[tied], rank, *sets, self.similarity, _MOST_LEADERS, self._contained)
        else:
            leaders = _best(components(len(rank), a, b), rank)
            alike = np.full(len(rank), np.nan)
        nodes = np.arange(len(rank))
        lost = np.flatnonzero(leaders != nodes)
        lowest = np.full(len(rank), len(rank), np.int64)
        np.minimum.at(lowest, leaders, nodes)
        return Settled(lost, leaders[lost], alike[lost], lowest[leaders])

    @property
    def _contained(self) -> bool:
        return self.measure == "containment"

    def measures_recall(self) -> bool:
        return self.verify and self.measure_recall

    def true_pairs(self, evidence: Evidence, groups: Nodes | None) -> TruePairs | None:
        sets = _seen(evidence.values), _seen(evidence.offsets)
        if groups is not None:
            a, b = pairs_in_groups(*sets, groups, self.similarity, self._contained)
        else:
            if len(evidence.values) > _MOST_VALUES:
                return None
            found = all_pairs(*sets, self.similarity, self._contained, _MOST_WORK)
            if found is None:
                return None
            a, b = found
        jaccard = similarities(*sets, a, b)
        return TruePairs(a, b, jaccard, meeting_chance(jaccard, self.bands, self.rows))

    def about(self) -> str:
        chances = "  ".join(f"{s:.2f}: {self._chance(s):.0%}" for s in np.arange(0.5, 0.96, 0.05))
        midpoint = (1 / self.bands) ** (1 / self.rows)
        below = f"; those under {self.similarity:g} stay" if self.verify and not self._contained else ""
        told = f"chance that two texts are compared, by similarity: {chances} (steepest near {midpoint:.2f}){below}"
        return f"{told}\n{self._expected()}" if self.verify else told

    def _chance(self, jaccard: float) -> float:
        return float(meeting_chance(np.array([jaccard]), self.bands, self.rows)[0])

    def _expected(self) -> str:
        """The recall that theory promises, for pairs at the threshold and for those beyond it."""
        least = self.similarity
        if not self._contained:
            beyond = meeting_chance(np.linspace(least, 1, 201), self.bands, self.rows).mean()
            return (
                f"expected recall: {self._chance(least):.0%} of pairs at {least:g}, {beyond:.0%} of pairs from it to 1"
            )
        # Of n shingles c n are in the longer one, of n times l: they share c / (1 + l - c) of both.
        chances = ", ".join(
            f"{self._chance(least / (1 + longer - least)):.0%} {told}"
            for longer, told in (
                (1, "at equal length"),
                (2, "in a text twice as long"),
                (4, "four times"),
                (10, "ten times"),
            )
        )
        return (
            f"expected recall of texts of which {least:.0%} is in another: {chances}. Bands bring together what is "
            "alike in all; for more, ask for more bands of fewer rows"
        )

    def _shingles(self, view: View) -> tuple[Keys, Nodes]:
        text, whole = view.text, self.short_texts == "whole"
        if self.shingle == "auto":
            tokens, bounds, lone = simplified_and_lone(text.data, text.offsets, view.rows)
            return weighed_shingles(tokens, bounds, lone, self.shingle_size, whole)
        tokens, bounds = simplified(text.data, text.offsets, view.rows, self.shingle == "characters")
        return shingles(tokens, bounds, self.shingle_size, whole)


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
