"""Keep the best records: so many of all or of each stratum, by a score, and not too many of one kind."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, model_validator

from gristmill.arrange._choosing import (
    Outcome,
    Ranking,
    clustered,
    point_to_best,
    ranked,
    take_apart,
    take_best,
    take_far,
)
from gristmill.arrange._covering import covering, tag_sets
from gristmill.arrange._fields import LARGE, field_values
from gristmill.arrange._places import as_given, in_proportion, in_turn
from gristmill.contracts.selecting import Candidates, Choice, Scores, SelectStep
from gristmill.contracts.step import Evidence, Keys, Nodes, threshold
from gristmill.contracts.vectors import vectors_of
from gristmill.contracts.view import View
from gristmill.text.cross_polytopes import Vectors
from gristmill.text.jaccard import sorted_sets
from gristmill.text.simplify import simplified
from gristmill.text.word_vectors import word_vectors

WORDS = "words"
_NUMBER = r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$"
_LANES = 4
"""Numbers of a vector, 16 bits each, in one of those that evidence is made of."""

Name = Annotated[str, Field(min_length=1, max_length=200)]


class Select(SelectStep):
    """Ranks all records by a score and keeps `count` of them, or a `share`; what is left has its rank and the reason.

    A score is a signal of an earlier step (`step.signal`), a column, or a field of your own (`metadata.FIELD`, such as
    the score of a judge); of several the product counts, as in DEITA (Liu et al. 2023, arXiv:2312.15685). Without one,
    the lowest record ids are kept, a draw that any machine repeats. A record without the score is never selected.

    `stratify` gives every value of a field its own places: in proportion, by turns (`equal`), or as given.
    `diversity` looks at vectors. `distance` goes down the ranks and takes a record if all that were taken are farther
    away, as DEITA does; `k_centre` takes the best, then always the one farthest from all taken (Sener and Savarese
    2018, arXiv:1708.00489), whatever its score; `clusters` lets clusters take turns, the best of each first. Vectors
    are made of words, or come from `embed` or a field. `tags` takes who brings a tag that is not there yet, until none
    does, and then begins anew, as InsTag does. See docs/selecting.md.
    """

    version: ClassVar[int] = 1

    by: tuple[Name, ...] = threshold((), max_length=8, description="Scores: step.signal, a column, metadata.FIELD.")
    prefer: Literal["highest", "lowest"] = threshold("highest", description="Which end of the score is kept.")
    count: int | None = threshold(None, ge=1, description="Records that are kept.")
    share: float | None = threshold(None, gt=0, le=1, description="In place of count: this share of all that come.")
    stratify: tuple[Name, ...] = threshold(
        (), max_length=8, description="Fields whose values have places of their own: source, label, metadata.lang ..."
    )
    quotas: Literal["proportional", "equal"] | dict[str, Annotated[int, Field(ge=0)]] = threshold(
        "proportional", description="Places of a stratum: by its size, by turns, or a number for each value."
    )
    diversity: Literal["none", "distance", "k_centre", "clusters", "tags"] = threshold(
        "none", description="How records of one kind are kept from taking all places."
    )
    distance: float = threshold(0.1, ge=0, le=2, description="For distance: 1 - cosine to the nearest one taken.")
    clusters: int = threshold(100, ge=1, le=10_000, description="For clusters: how many.")
    tags: Name | None = threshold(None, description="For tags: the field of the record with its list of tags.")
    vectors: str = threshold(
        WORDS, min_length=1, description="words, or the column or field of the record with its vector."
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.count is not None and self.share is not None:
            raise ValueError("count and share exclude each other: give one of them")
        if isinstance(self.quotas, dict):
            if len(self.stratify) != 1:
                raise ValueError("quotas by value need one field to stratify by")
            if self.count is not None or self.share is not None:
                raise ValueError("quotas by value say how many are kept: leave count and share out")
        if (self.diversity == "tags") != (self.tags is not None):
            raise ValueError("diversity tags needs tags, the field that has them, and nothing else does")
        if self.stratify and self.diversity in ("k_centre", "clusters", "tags"):
            raise ValueError(f"stratify works with diversity none or distance, and not with {self.diversity}")
        return self

    @property
    def ranked_by(self) -> tuple[str, ...]:
        return self.by

    def field_scores(self, view: View, name: str) -> pa.Array:
        text = pc.fill_null(field_values(view, name), "")
        sound = pc.match_substring_regex(text, _NUMBER)
        return pc.cast(pc.utf8_trim_whitespace(pc.if_else(sound, text, None)), pa.float64())

    def strata(self, view: View) -> pa.Array:
        if not self.stratify:
            return pa.nulls(len(view), LARGE)
        values = [pc.fill_null(field_values(view, name), "(none)") for name in self.stratify]
        return values[0] if len(values) == 1 else pc.binary_join_element_wise(*values, pa.scalar(" / ", LARGE))

    def evidence(self, view: View) -> tuple[Keys, Nodes]:
        """The set of words of each text, its vector or its tags."""
        if self.diversity == "none":
            return np.empty(0, np.uint64), np.zeros(len(view) + 1, np.int64)
        if self.tags is not None:
            return tag_sets(field_values(view, self.tags))
        if self.vectors == WORDS:
            text = view.text
            return sorted_sets(*simplified(text.data, text.offsets, view.rows))
        packed: list[Keys] = [np.empty(0, np.uint64)] * len(view)
        for some, vectors in vectors_of(view, self.vectors):
            padded = np.zeros((len(vectors), -(-vectors.shape[1] // _LANES) * _LANES), np.int16)
            padded[:, : vectors.shape[1]] = vectors
            for row, values in zip(some.tolist(), padded.view(np.uint64), strict=True):
                packed[row] = values
        return np.concatenate([np.empty(0, np.uint64), *packed]), np.cumsum([0, *map(len, packed)]).astype(np.int64)

    def choose(self, candidates: Candidates) -> Choice:
        score = _product(candidates.scores, self.by)
        out = Outcome(score)
        names, strata = _numbered(candidates.strata)
        ranking = ranked(score, candidates.ids, strata, self.prefer == "highest")
        vectors: Vectors = np.empty((0, 1), np.int16)
        if self.diversity == "tags":
            ranking = covering(ranking, np.asarray(candidates.evidence.values), np.asarray(candidates.evidence.offsets))
        elif self.diversity != "none":
            some, vectors = self._unpacked(candidates.evidence)
            at = np.cumsum(some) - 1
            out.without_vector(ranking.order[~some[ranking.order]])
            mine = some[ranking.order]
            ranking = Ranking(ranking.order[mine], ranking.strata[mine])
            vectors = vectors[at[ranking.order]]
        places = min(self._places(len(candidates)), len(ranking.order))
        told = candidates.strata
        match self.diversity:
            case "k_centre":
                take_far(out, ranking, places, vectors)
            case "clusters":
                own = clustered(vectors, min(self.clusters, len(vectors)))
                ranking = Ranking(ranking.order, own)
                take_best(out, ranking, in_turn(own, int(own.max(initial=-1)) + 1, places))
                point_to_best(out, ranking, vectors)
                told = _clusters(len(candidates), ranking)
            case "distance":
                take_apart(out, ranking, self._room(names, ranking, places), vectors, self.distance)
            case "none" | "tags":
                take_best(out, ranking, self._room(names, ranking, places))
        choice = out.choice(ranking, told)
        none = np.full(len(candidates), np.nan)
        return choice if self.by else replace(choice, score=none, cut_off=none)

    def _places(self, candidates: int) -> int:
        """How many are to be kept; without a limit all of them."""
        if self.share is not None:
            return math.floor(self.share * candidates + 0.5)
        return candidates if self.count is None else self.count

    def _room(self, names: list[str | None], ranking: Ranking, places: int) -> Nodes:
        sizes = np.bincount(ranking.strata, minlength=len(names))
        if isinstance(self.quotas, dict):
            return as_given(names, sizes, self.quotas)
        if self.quotas == "equal":
            return in_turn(ranking.strata, len(names), places)
        return in_proportion(sizes, places)

    def _unpacked(self, evidence: Evidence) -> tuple[np.ndarray[Any, np.dtype[np.bool_]], Vectors]:
        """Which records have a vector, and these."""
        values, offsets = np.asarray(evidence.values), np.asarray(evidence.offsets)
        if self.vectors == WORDS:
            return word_vectors(values, offsets)
        lengths = np.diff(offsets)
        some = lengths > 0
        kinds = np.unique(lengths[some])
        if len(kinds) > 1:
            raise ValueError(
                f"the vectors in {self.vectors!r} are not of one length ({', '.join(str(k * _LANES) for k in kinds)})"
            )
        width = int(kinds[0]) * _LANES if len(kinds) else 1
        return some, values.view(np.int16).reshape(-1, width)

    def about(self) -> str:
        wanted = "all" if self.share is None and self.count is None else f"{self.count or f'{self.share:.4g} of all'}"
        if isinstance(self.quotas, dict):
            wanted = ", ".join(f"{count} of {name}" for name, count in self.quotas.items())
        by = " times ".join(self.by) or "record id"
        return f"selects {wanted} by {self.prefer} {by}; diversity: {self.diversity}"


def _product(scores: Scores, names: tuple[str, ...]) -> Scores:
    """One score of each record. ValueError where several are multiplied and one is below zero."""
    if scores.shape[1] > 1:
        for column, name in enumerate(names):
            lowest = np.nanmin(scores[:, column], initial=0.0)
            if lowest < 0:
                raise ValueError(f"{name} is as low as {lowest:g}, and a product ranks only scores of 0 and above")
    product: Scores = np.prod(scores, axis=1)
    product[~np.isfinite(product)] = np.nan
    return product + 0.0  # no negative zero, which would be another score


def _numbered(strata: pa.Array) -> tuple[list[str | None], Nodes]:
    """The names of strata in order, and the number of each record's."""
    if strata.null_count == len(strata):
        return [None], np.zeros(len(strata), np.int64)
    coded = strata.dictionary_encode()
    names: list[str] = coded.dictionary.to_pylist()
    order = sorted(range(len(names)), key=names.__getitem__)
    place = np.empty(len(names), np.int64)
    place[order] = np.arange(len(names))
    return [names[k] for k in order], place[coded.indices.to_numpy()]


def _clusters(count: int, ranking: Ranking) -> pa.Array:
    """The stratum of each candidate that is in a cluster."""
    numbers = np.full(count, -1, np.int64)
    numbers[ranking.order] = ranking.strata
    names = pa.array([f"cluster {k + 1}" for k in range(int(numbers.max(initial=-1)) + 1)], LARGE)
    return names.take(pa.array(numbers, mask=numbers < 0))
