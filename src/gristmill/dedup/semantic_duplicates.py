"""Keep one of all texts that mean nearly the same, by the vectors that a model gave them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from gristmill.contracts.step import CorpusStep, Evidence, Keys, Nodes, Settled, Sketch, threshold
from gristmill.contracts.view import View
from gristmill.text.clusters import components, distinct, to_lowest
from gristmill.text.cosines import cosines, followed
from gristmill.text.hyperplanes import Vectors, meeting_chance, table_keys, unit_vectors

_LANES = 4
"""Numbers of a vector, 16 bits each, in one of those that evidence is made of."""

_NEIGHBOURS = 16
"""With how many rows behind it in a bucket each is compared; and all with the first."""


class SemanticDuplicates(CorpusStep):
    """Drops records whose vector is within a cosine of that of another one that stays.

    After SemDeDup (Abbas et al. 2023, arXiv:2303.09540), with random hyperplanes in place of k-means: two vectors meet
    where they lie on the same side of all planes of a table. So nothing must be trained on the corpus, and what
    goes was itself compared with what stays. `gristmill check` prints the chance that two so alike meet. Of more than
    17 rows that meet not every pair is compared, but each row with the 16 behind it and the first.

    Vectors come from the step `embed`, or from the input: a field with a list of numbers. A record without one stays.
    """

    reason: ClassVar[str] = "semantic_duplicate"
    version: ClassVar[int] = 1

    column: str = Field("embedding", min_length=1, description="The column or field of the record with its vector.")
    tables: int = Field(48, ge=1, le=512, description="How often vectors may meet.")
    bits: int = Field(24, ge=1, le=32, description="Hyperplanes of a table.")
    seed: int = Field(1, ge=0, lt=1 << 32, description="Draws the hyperplanes.")
    similarity: float = threshold(0.95, gt=0, le=1, description="Least cosine of a copy.")

    def sketch(self, view: View) -> Sketch:
        found = [
            (view.rows[some], table_keys(vectors, self.tables, self.bits, self.seed))
            for some, vectors in self._vectors(view)
        ]
        rows = np.concatenate([np.empty(0, np.int64), *(rows for rows, _ in found)])
        keys = np.concatenate([np.empty((0, self.tables), np.uint64), *(keys for _, keys in found)])
        return Sketch(np.repeat(rows, self.tables), keys.ravel())

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
        for some, vectors in self._vectors(view):
            padded = np.zeros((len(vectors), -(-vectors.shape[1] // _LANES) * _LANES), np.int16)
            padded[:, : vectors.shape[1]] = vectors
            for row, values in zip(some.tolist(), padded.view(np.uint64), strict=True):
                packed[row] = values
        bounds = np.cumsum([0, *map(len, packed)]).astype(np.int64)
        return np.concatenate([np.empty(0, np.uint64), *packed]), bounds

    def settle(self, a: Nodes, b: Nodes, rank: Nodes, evidence: Evidence) -> Settled:
        a, b = distinct(len(rank), a, b)
        alike = cosines(np.asarray(evidence.values).view(np.int16), evidence.offsets * _LANES, a, b)
        near = alike >= self.similarity
        leaders, shares = followed(a[near], b[near], alike[near], rank)
        nodes = np.arange(len(rank))
        lost = np.flatnonzero(leaders != nodes)
        cluster = components(len(rank), lost, leaders[lost])
        return Settled(lost, leaders[lost], shares[lost], cluster)

    def about(self) -> str:
        chances = "  ".join(
            f"{cosine:.2f}: {meeting_chance(cosine, self.tables, self.bits):.0%}"
            for cosine in (0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.99)
        )
        expected = meeting_chance(self.similarity, self.tables, self.bits)
        return (
            f"chance that two vectors are compared, by cosine: {chances}\n"
            f"expected recall: {expected:.0%} of pairs at {self.similarity:g}, more of those more alike; less where"
            " so many vectors lie close together that more than 17 meet at once"
        )

    def _vectors(self, view: View) -> Iterator[tuple[Nodes, Vectors]]:
        """Which of the asked rows have a vector of a length, and these; once for each length there is."""
        found = view.column(self.column)
        if found is None or not _is_numbers(found.type):
            found = self._of_metadata(view)
        lengths = pc.fill_null(pc.list_value_length(found), 0).to_numpy()
        for length in np.unique(lengths[lengths > 0]).tolist():
            some = np.flatnonzero(lengths == length)
            values = found.take(pa.array(some)).flatten().cast(pa.float64()).fill_null(np.nan)
            rows = values.to_numpy().reshape(len(some), length)
            sound = np.isfinite(rows).all(axis=1) & (rows != 0).any(axis=1)
            if sound.any():
                yield some[sound], unit_vectors(rows[sound])

    def _of_metadata(self, view: View) -> pa.Array:
        metadata = view.column("metadata")
        kind = pa.list_(pa.float64())
        if metadata is None:
            return pa.nulls(len(view), kind)
        return pa.array([_numbers(text, self.column) for text in metadata.to_pylist()], kind)


def _is_numbers(kind: pa.DataType) -> bool:
    lists = pa.types.is_list(kind) or pa.types.is_large_list(kind)
    return lists and bool(pa.types.is_floating(kind.value_type) or pa.types.is_integer(kind.value_type))


def _numbers(metadata: str | None, name: str) -> list[Any] | None:
    """A field of a record's metadata, where it is a list of numbers."""
    try:
        found = orjson.loads(metadata) if metadata else None
    except orjson.JSONDecodeError:
        return None
    value = found.get(name) if isinstance(found, dict) else None
    if not isinstance(value, list):
        return None
    sound = all(isinstance(one, int | float) and not isinstance(one, bool) for one in value)
    return [float(one) for one in value] if sound else None
