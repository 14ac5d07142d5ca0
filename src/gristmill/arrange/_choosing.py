"""Who is selected: records are ranked, strata get places, and a way to spread them takes them in turn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from gristmill.contracts.selecting import (
    COVERED,
    NO_SCORE,
    NO_VECTOR,
    OUTRANKED,
    SELECTED,
    TOO_NEAR,
    Choice,
    Codes,
    Scores,
)
from gristmill.contracts.step import Nodes
from gristmill.text.cosines import cosines
from gristmill.text.cross_polytopes import Vectors
from gristmill.text.spreading import apart, farthest_first


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates with a score (and a vector, where one is needed), the best first, and the stratum of each."""

    order: Nodes  # candidates
    strata: Nodes  # numbers of strata, in that order


class Outcome:
    """What becomes of each candidate, filled in as it is decided."""

    def __init__(self, score: Scores) -> None:
        count = len(score)
        self.score = score
        self.outcome: Codes = np.full(count, OUTRANKED, np.int8)
        self.outcome[np.isnan(score)] = NO_SCORE
        self.rank = np.zeros(count, np.int64)
        self.last = np.zeros(count, np.int64)
        self.cut_off = np.full(count, np.nan)
        self.neighbour = np.full(count, -1, np.int64)
        self.distance = np.full(count, np.nan)
        self.reach = np.full(count, np.nan)

    def without_vector(self, candidates: Nodes) -> None:
        self.outcome[candidates] = NO_VECTOR

    def choice(self, ranking: Ranking, stratum: pa.Array) -> Choice:
        """With ranks in strata, and the last one selected of each."""
        order, strata = ranking.order, ranking.strata
        count = int(strata.max(initial=-1)) + 1
        by = np.argsort(strata, kind="stable")
        sizes = np.bincount(strata, minlength=count)
        self.rank[order[by]] = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes) + 1
        chosen = self.outcome[order] == SELECTED
        last = np.full(count, -1, np.int64)
        last[strata[chosen]] = order[chosen]  # the last written stays, which is the last in rank
        some = last[strata] >= 0
        self.last[order[some]] = self.rank[last[strata[some]]]
        self.cut_off[order[some]] = self.score[last[strata[some]]]
        return Choice(
            self.outcome,
            self.score,
            self.rank,
            stratum,
            self.last,
            self.cut_off,
            self.neighbour,
            self.distance,
            self.reach,
        )


def ranked(score: Scores, ids: Nodes, strata: Nodes, highest: bool) -> Ranking:
    """The best first, ties by the lowest record id; without those that have no score."""
    order = np.lexsort((ids, -score if highest else score))
    order = order[~np.isnan(score[order])]
    return Ranking(order, strata[order])


def take_best(out: Outcome, ranking: Ranking, room: Nodes) -> None:
    """The best of each stratum, as many as it has places."""
    by = np.argsort(ranking.strata, kind="stable")
    sizes = np.bincount(ranking.strata, minlength=len(room))
    place = np.arange(len(by)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    out.outcome[ranking.order[by[place < room[ranking.strata[by]]]]] = SELECTED


def take_apart(out: Outcome, ranking: Ranking, room: Nodes, vectors: Vectors, distance: float) -> None:
    """Down the ranks, whoever is farther than a distance from all who were taken. `vectors` are in order of rank."""
    spread = apart(vectors, ranking.strata, room, distance)
    order = ranking.order
    out.outcome[order[spread.taken]] = SELECTED
    held = spread.nearest >= 0
    out.neighbour[order[held]] = order[spread.nearest[held]]
    out.distance[order[held]] = 1 - spread.cosine[held]
    refused = held & ~spread.taken
    out.outcome[order[refused]] = TOO_NEAR
    out.reach[order[refused]] = distance


def take_far(out: Outcome, ranking: Ranking, places: int, vectors: Vectors) -> None:
    """The best one, then always the one farthest from all who were taken."""
    spread, reach = farthest_first(vectors, places)
    order = ranking.order
    out.outcome[order] = np.where(spread.taken, SELECTED, COVERED)
    held = spread.nearest >= 0
    out.neighbour[order[held]] = order[spread.nearest[held]]
    out.distance[order[held]] = 1 - spread.cosine[held]
    out.reach[order[~spread.taken]] = reach


def clustered(vectors: Vectors, clusters: int) -> Nodes:
    """The cluster of each vector, in order of rank: centres lie far apart, and each record goes to the nearest."""
    spread, _ = farthest_first(vectors, clusters)
    own = np.where(spread.taken, np.arange(len(vectors)), spread.nearest)
    return np.searchsorted(np.flatnonzero(spread.taken), own)


def point_to_best(out: Outcome, ranking: Ranking, vectors: Vectors) -> None:
    """Whoever stays behind in a cluster is held against the best of it, where that one was selected."""
    best = np.full(int(ranking.strata.max(initial=-1)) + 1, -1, np.int64)
    best[ranking.strata[::-1]] = np.arange(len(ranking.order))[::-1]
    leader = best[ranking.strata]
    behind = np.flatnonzero(
        (out.outcome[ranking.order] == OUTRANKED) & (out.outcome[ranking.order[leader]] == SELECTED)
    )
    offsets = np.arange(len(vectors) + 1) * vectors.shape[1]
    alike = cosines(vectors.ravel(), offsets, behind, leader[behind])
    out.neighbour[ranking.order[behind]] = ranking.order[leader[behind]]
    out.distance[ranking.order[behind]] = np.maximum(1 - alike, 0.0)
