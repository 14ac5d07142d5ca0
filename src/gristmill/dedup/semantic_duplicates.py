"""Keep one of all texts that mean nearly the same, by the vectors that a model gave them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from pydantic import Field, PrivateAttr

from gristmill.contracts.list_files import ListFile, digests
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
from gristmill.contracts.vectors import vectors_of
from gristmill.contracts.view import View
from gristmill.dedup._centre import centre_of, find_centre
from gristmill.errors import InputError
from gristmill.text.alike_vectors import alike_in_groups, all_alike, cosines_from
from gristmill.text.clusters import components, distinct, to_lowest
from gristmill.text.cosines import Lanes, Shares, cosines, followed
from gristmill.text.cross_polytopes import (
    MOST_CORNERS,
    SCALE,
    Centre,
    Vectors,
    corner_chance,
    meeting_chance,
    table_keys,
)

_LANES = 4
"""Numbers of a vector, 16 bits each, in one of those that evidence is made of."""

_NEIGHBOURS = 16
"""With how many rows behind it in a place each is compared; and all with the first."""

_AT, _LEAST_CHANCE = 0.95, 0.98
"""Keys have as many corners as let so many of the pairs so alike meet."""


class SemanticDuplicates(CorpusStep):
    """Drops records whose vector is within a cosine of that of another one that stays.

    After SemDeDup (Abbas et al. 2023, arXiv:2303.09540), with cross-polytopes turned at random in place of k-means: two
    vectors meet where they are nearest to the same corners of a table. So nothing must be trained on the corpus, and
    what goes was itself compared with what stays. `gristmill check` prints the chance that two so alike meet, and the
    build measures on a sample how many did. Of more than 17 rows that meet not every pair is compared, but each row
    with the 16 behind it and the first: where a model gives unlike texts a high cosine, name a `centre`.

    Vectors come from the step `embed`, or from the input: a field with a list of numbers. A record without one stays.
    """

    reason: ClassVar[str] = "semantic_duplicate"
    version: ClassVar[int] = 2
    draws: ClassVar[bool] = True

    column: str = Field("embedding", min_length=1, description="The column or field of the record with its vector.")
    centre: str | None = Field(
        None,
        min_length=1,
        description="A Parquet or JSON Lines file with vectors of the model in the same column: their mean is taken off"
        " before vectors meet, not before they are compared.",
    )
    tables: int = Field(48, ge=1, le=512, description="How often vectors may meet.")
    corners: int | None = Field(
        None,
        ge=1,
        le=MOST_CORNERS,
        description="Corners that vectors must share to meet; as many as let 98 % of pairs at .95 meet unless given.",
    )
    seed: int = Field(1, ge=0, lt=1 << 32, description="Turns the vectors.")
    similarity: float = threshold(0.95, gt=0, le=1, description="Least cosine of a copy.")
    measure_recall: bool = threshold(
        True, description="Compare every pair of a sample, to say in the report how many copies were found."
    )

    _centre_file: ListFile | None = PrivateAttr(default=None)

    def at(self, root: Path) -> Self:
        located = super().at(root)
        located._centre_file = None
        return located

    def _find(self) -> ListFile | None:
        """The file of the centre as it is now; workers are told of it."""
        if self.centre is not None and self._centre_file is None:
            self._centre_file = find_centre(self._root, self.centre)
        return self._centre_file

    def _centre(self) -> Centre | None:
        file = self._find()
        return None if file is None else centre_of(file, self.column)

    def faults(self) -> Mapping[str, str]:
        found = dict(super().faults())
        try:
            self._centre()
        except InputError as error:
            found["centre"] = str(error)
        return found

    def computing_settings(self) -> dict[str, Any]:
        """The settings, and the digest of the file with the centre; null where it cannot be read."""
        own = super().computing_settings()
        if self.centre is None:
            return own
        try:
            file = self._find()
        except InputError:
            file = None
        return {**own, "files": digests([file] if file else [])}

    def sketch(self, view: View) -> Sketch:
        draws = np.full(len(view), NO_DRAW)
        rows, keys = [np.empty(0, np.int64)], [np.empty((0, self.tables), np.uint64)]
        for some, vectors in vectors_of(view, self.column):
            # The table beyond those that vectors meet in draws the sample: it knows nothing of the others.
            found = table_keys(vectors, self.tables + 1, self._corners(), self.seed, self._centre_for(vectors))
            draws[some] = found[:, self.tables]
            rows.append(view.rows[some])
            keys.append(found[:, : self.tables])
        return Sketch(np.repeat(np.concatenate(rows), self.tables), np.concatenate(keys).ravel(), draws)

    def _centre_for(self, vectors: Vectors) -> Centre | None:
        centre = self._centre()
        return centre if centre is not None and len(centre) == vectors.shape[1] else None

    def link(self, keys: Keys, rows: Nodes) -> tuple[Nodes, Nodes]:
        first, others = to_lowest(keys, rows)
        a, b = [first], [others]
        for step in range(1, _NEIGHBOURS + 1):
            same = keys[step:] == keys[:-step]
            a.append(rows[:-step][same])
            b.append(rows[step:][same])
        return np.concatenate(a), np.concatenate(b)

    def evidence(self, view: View) -> tuple[Keys, Nodes]:
        packed: list[Keys] = [np.empty(0, np.uint64)] * len(view)
        for some, vectors in vectors_of(view, self.column):
            padded = np.zeros((len(vectors), -(-vectors.shape[1] // _LANES) * _LANES), np.int16)
            padded[:, : vectors.shape[1]] = vectors
            for row, values in zip(some.tolist(), padded.view(np.uint64), strict=True):
                packed[row] = values
        bounds = np.cumsum([0, *map(len, packed)]).astype(np.int64)
        return np.concatenate([np.empty(0, np.uint64), *packed]), bounds

    def settle(self, a: Nodes, b: Nodes, rank: Nodes, evidence: Evidence) -> Settled:
        a, b = distinct(len(rank), a, b)
        alike = cosines(*_lanes(evidence), a, b)
        near = alike >= self.similarity
        leaders, shares = followed(a[near], b[near], alike[near], rank)
        nodes = np.arange(len(rank))
        lost = np.flatnonzero(leaders != nodes)
        cluster = components(len(rank), lost, leaders[lost])
        return Settled(lost, leaders[lost], shares[lost], cluster)

    def measures_recall(self) -> bool:
        return self.measure_recall

    def true_pairs(self, evidence: Evidence, groups: Nodes | None) -> TruePairs | None:
        values, offsets = _lanes(evidence)
        if groups is not None:
            found = alike_in_groups(values, offsets, groups, self.similarity)
        else:
            whole = all_alike(values, offsets, self.similarity)
            if whole is None:
                return None
            found = whole
        a, b = found
        alike = cosines_from(values, offsets, a, b, self._centre())
        drawn: Shares = corner_chance(alike) ** self._corners()
        return TruePairs(a, b, drawn, meeting_chance(alike, self.tables, self._corners()))

    def _spread(self) -> float:
        """How long vectors less their centre are on average, squared; 1 without one."""
        try:
            centre = self._centre()
        except InputError:
            centre = None
        return 1.0 if centre is None else max(1 - float(centre @ centre) / SCALE**2, 1e-3)

    def _turned(self, cosine: float) -> float:
        """What a cosine is on average once the centre is taken off."""
        return 1 - (1 - cosine) / self._spread()

    def _corners(self) -> int:
        return self.corners or _most_corners(self._turned(_AT), self.tables)

    def _chance(self, cosine: float) -> float:
        return float(meeting_chance(np.array([self._turned(cosine)]), self.tables, self._corners())[0])

    def about(self) -> str:
        chances = "  ".join(
            f"{cosine:.2f}: {self._chance(cosine):.0%}" for cosine in (0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.99)
        )
        crowds = "  ".join(f"{cosine:.1f}: {self._crowd(cosine)}" for cosine in (0.0, 0.3, 0.5, 0.7))
        unlike = "cosine of unlike texts" + (", less the centre" if self.centre else "")
        return (
            f"chance that two vectors are compared, by cosine: {chances}\n"
            f"expected recall: {self._chance(self.similarity):.0%} of pairs at {self.similarity:g}, more of those more"
            f" alike\nof a million records so many meet in one place, by the {unlike}: {crowds}; of more than"
            f" {_NEIGHBOURS + 1} not all are compared, and less is found"
            + ("" if self.centre else ": name a centre then")
        )

    def _crowd(self, cosine: float) -> str:
        """How many of a million vectors share a key with one, if all others are so like it."""
        found = 1e6 * float(corner_chance(np.array([cosine]))[0]) ** self._corners()
        return f"{found:,.0f}" if found >= 1 else "none"


def _lanes(evidence: Evidence) -> tuple[Lanes, Nodes]:
    return np.asarray(evidence.values).view(np.int16), np.asarray(evidence.offsets) * _LANES


def _most_corners(cosine: float, tables: int) -> int:
    chances = [float(meeting_chance(np.array([cosine]), tables, corners)[0]) for corners in range(1, MOST_CORNERS + 1)]
    return max((k + 1 for k, chance in enumerate(chances) if chance >= _LEAST_CHANCE), default=1)
