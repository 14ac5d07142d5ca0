"""The fifth shape of a step: one that keeps the best of all records, as many as are asked for."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gristmill.contracts.arranging import ArrangingStep
from gristmill.contracts.step import Evidence, Keys, Nodes, Settled, Sketch
from gristmill.contracts.view import View

Scores = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]

SELECTED, NO_SCORE, NO_VECTOR, OUTRANKED, TOO_NEAR, COVERED, LABEL_ERROR, CONTRADICTED, CIRCLE = range(9)
REASONS = (
    "", "no_score", "no_vector", "outranked", "too_near", "covered", "label_error", "contradicted", "circle",
)  # fmt: skip
"""What became of a record, and the reason that the ledger gives."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """All records that came to the step, in the order of the corpus."""

    scores: Scores  # a row for each record, a column for each of `by`; NaN where it has none
    ids: Nodes  # the place of each by its record id, which breaks ties
    strata: pa.Array  # the stratum of each, as text
    evidence: Evidence

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Choice:
    """What became of each candidate, and by what."""

    outcome: Codes  # SELECTED, or a number among REASONS
    score: Scores  # NaN where it has none
    rank: Nodes  # in its stratum, from 1; 0 where it has none
    stratum: pa.Array  # as text; null where all are one
    last: Nodes  # the rank of the last one selected of its stratum; 0 where none is
    cut_off: Scores  # and its score; NaN
    neighbour: Nodes  # the selected record that it was held against; -1 where there is none
    distance: Scores  # how far away that one is; NaN
    reach: Scores  # what would have been enough: of distance, or of score for a label; NaN where neither decides


def all_stay(candidates: Candidates) -> Choice:
    """All are selected, and nothing is said of any; a step writes over it what it has to say."""
    count = len(candidates)
    score, cut_off, distance, reach = (np.full(count, np.nan) for _ in range(4))
    return Choice(
        outcome=np.full(count, SELECTED, np.int8),
        score=score,
        rank=np.zeros(count, np.int64),
        stratum=candidates.strata,
        last=np.zeros(count, np.int64),
        cut_off=cut_off,
        neighbour=np.full(count, -1, np.int64),
        distance=distance,
        reach=reach,
    )


class SelectStep(ArrangingStep):
    """Ranks all records that come to it and keeps some of them. Nothing is compared by key, so it sketches nothing.

    The house gathers `scores`, `strata` and `evidence` of every record, asks `choose` once, and writes down what became
    of each: its score, its rank, the last one that was selected, and the neighbour that was selected instead.
    """

    reason: ClassVar[str] = "outranked"

    annotate: ClassVar[bool] = False  # type: ignore[misc]

    @property
    @abstractmethod
    def ranked_by(self) -> tuple[str, ...]:
        """Signals (step.signal) and fields that records are ranked by."""

    @abstractmethod
    def field_scores(self, view: View, name: str) -> pa.Array:
        """A field of the asked rows as numbers; null where a record has none."""

    @abstractmethod
    def strata(self, view: View) -> pa.Array:
        """The stratum of each asked row, as text; null where the step has none."""

    @abstractmethod
    def choose(self, candidates: Candidates) -> Choice:
        """Who is selected of all. ValueError, in one sentence, where that cannot be said."""

    def sketch(self, view: View) -> Sketch:
        return Sketch(np.empty(0, np.int64), np.empty(0, np.uint64))

    def link(self, keys: Keys, rows: Nodes) -> tuple[Nodes, Nodes]:
        return np.empty(0, np.int64), np.empty(0, np.int64)

    def settle(self, a: Nodes, b: Nodes, rank: Nodes, evidence: Evidence) -> Settled:
        none = np.empty(0, np.int64)
        return Settled(none, none, np.empty(0), np.arange(len(rank)))
