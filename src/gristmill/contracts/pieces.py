"""The third shape of a step: one that cuts pieces out of texts because they stand elsewhere in the corpus."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.step import Edit, Keys, Nodes, RowStep, threshold
from gristmill.contracts.view import View
from gristmill.records.kinds import Kind
from gristmill.text.cutting import without
from gristmill.text.flat import Bytes, Offsets

STARTS, STOPS = "_cut_starts", "_cut_stops"
"""Columns with what is to be cut out of each text, which the house adds: bytes from its beginning."""

Refs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pieces:
    """Pieces of texts, row by row, ascending in a text: `keys[k]` is what bytes `[starts[k], stops[k])` of the text of
    row `rows[k]` (an index into the batch) have in common with their like."""

    rows: Nodes
    keys: Keys
    starts: Offsets
    stops: Offsets


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts of rows, which ascend: that of `rows[k]` is `data[starts[k]:stops[k]]`, whatever lies between them."""

    rows: Refs
    data: Bytes
    starts: Offsets
    stops: Offsets


@dataclass(frozen=True, slots=True)
class Found:
    """Stretches to be cut: of the pair `pair[k]`, bytes `[starts[k], stops[k])` of the text of its first piece.

    The same bytes stand from `twins[k]` on in the text of its second.
    """

    pair: Nodes
    starts: Offsets
    stops: Offsets
    twins: Offsets


class PieceStep(RowStep):
    """Cuts out of each text what the corpus holds elsewhere: pieces by key, link by key, then an edit like any other.

    The house brings pieces of equal key together (`link`), lets a step that `compares` look at the texts themselves
    (`extend`), and gives the outcome to `edit` in the pass behind, as columns of the record. Lines below see the text
    without what went.
    """

    works_on: ClassVar[tuple[Kind, ...]] = ("document",)  # a piece may reach over what several people say
    edits: ClassVar[bool] = True
    compares: ClassVar[bool] = False
    """True where `extend` is overridden: what goes is found in the texts, and the pieces only say where to look."""

    max_cut_share: float | None = threshold(
        None,
        gt=0,
        le=1,
        description="Drop the text where a larger share was cut; null: only where all of it was.",
    )

    @abstractmethod
    def pieces(self, view: View) -> Pieces:
        """The pieces of the asked rows, and their keys."""

    @abstractmethod
    def link(self, keys: Keys, rows: Refs) -> tuple[Nodes, Nodes]:
        """Given whole groups of equal keys (equal ones together) and the rows they are of, ascending in a key, as the
        pieces do in a row: which of them to cut.

        For each the one that stays and in favour of which it goes, or itself where none is; all by their place among
        those given. With `compares` these are pairs to look at.
        """

    def alike(self) -> int:
        """From the beginning of two pieces of equal key on, how many bytes are sure to be the same: with `compares`."""
        return 0

    def extend(self, texts: Texts, one: Pieces, twins: Texts, other: Pieces) -> Found:
        """Given pairs of pieces, their `rows` being the places of their texts in `texts` and in `twins`: what is to be
        cut out of the first. Of pairs sure to lie in one stretch the first is given, with the stop of the last."""
        raise TypeError(f"{self.name()} does not compare texts")

    def signals(self) -> tuple[Signal, ...]:
        return (
            Signal("cuts", "count", "stretches that were cut out"),
            Signal("cut_share", "share", "of the bytes other than white space, how many were cut"),
        )

    def rules(self) -> tuple[Rule, ...]:
        if self.max_cut_share is None or self.max_cut_share == 1:
            return (Rule("all_duplicate", "cut_share", high=1, open_high=True),)
        return (Rule("mostly_duplicate", "cut_share", high=self.max_cut_share, option="max_cut_share"),)

    def edit(self, view: View) -> Edit:
        before = view.column("text")
        starts, stops = view.column(STARTS), view.column(STOPS)
        if starts is None or stops is None:  # nothing of this batch was found elsewhere
            zeros = np.zeros(len(view), np.int64)
            return Edit(before, signals=_signals(zeros, np.zeros(len(view))))
        bounds = np.concatenate([[0], np.cumsum(starts.value_lengths().fill_null(0).to_numpy())]).astype(np.int64)
        values = [column.flatten().to_numpy().astype(np.int64) for column in (starts, stops)]
        text, counts = without(view.text, view.rows, values[0], values[1], bounds)
        if before is not None and before.null_count:
            text = pc.if_else(before.is_valid(), text, pa.scalar(None, text.type))
        cut, left = counts
        return Edit(text, signals=_signals(np.diff(bounds), cut / np.maximum(cut + left, 1)))


def _signals(cuts: npt.NDArray[np.int64], share: npt.NDArray[np.float64]) -> Mapping[str, pa.Array]:
    return {"cuts": pa.array(cuts), "cut_share": pa.array(share)}
