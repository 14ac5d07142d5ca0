"""Keep one of all texts that are the same, letter by letter or once simplified."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from gristmill.contracts.step import CorpusStep, Evidence, Keys, Nodes, Settled, Sketch
from gristmill.contracts.view import View
from gristmill.text.clusters import components, distinct, to_lowest
from gristmill.text.mixing import hash_lists, hash_rows
from gristmill.text.simplify import simplified


class ExactDuplicates(CorpusStep):
    """Drops texts that equal another one, by 128 bits of hash; a text with nothing in it is left alone.

    A million million different texts would have two of equal hash with a chance of about 1e-15. The hash is
    no cryptographic one: a person could make two different texts of equal hash.
    """

    reason: ClassVar[str] = "exact_duplicate"

    normalise: Literal["none", "simplified"] = Field(
        "none", description="Compare texts as they are, or in lower case, without punctuation and marks, numbers as 0."
    )

    def sketch(self, view: View) -> Sketch:
        keys, some = self._hashes(view, 1)
        return Sketch(view.rows[some], keys[some])

    def link(self, keys: Keys, rows: Nodes) -> tuple[Nodes, Nodes]:
        return to_lowest(keys, rows)

    def evidence(self, view: View) -> tuple[Keys, Nodes]:
        return self._hashes(view, 2)[0], np.arange(len(view) + 1, dtype=np.int64)

    def settle(self, a: Nodes, b: Nodes, rank: Nodes, evidence: Evidence) -> Settled:
        count = len(rank)
        component = components(count, *distinct(count, a, b))
        other_half = np.asarray(evidence.values)[evidence.offsets[:-1]]
        # Equal texts are side by side in this order, the one that ranks best first.
        order = np.lexsort((rank, other_half, component))
        begins = np.ones(count, np.bool_)
        begins[1:] = np.diff(component[order]) != 0
        begins[1:] |= other_half[order][1:] != other_half[order][:-1]
        group = np.cumsum(begins) - 1
        starts = np.flatnonzero(begins)
        kept = np.empty(count, np.int64)
        kept[order] = order[starts][group]
        cluster = np.empty(count, np.int64)
        if count:
            cluster[order] = np.minimum.reduceat(order, starts)[group]
        lost = np.flatnonzero(kept != np.arange(count))
        return Settled(lost, kept[lost], np.ones(len(lost)), cluster)

    def _hashes(self, view: View, seed: int) -> tuple[Keys, np.ndarray]:
        """A hash for each asked row, and which rows have anything to hash."""
        text = view.text
        if self.normalise == "none":
            some = text.offsets[view.rows + 1] > text.offsets[view.rows]
            return hash_rows(text.data, text.offsets, view.rows, seed), some
        words, bounds = simplified(text.data, text.offsets, view.rows)
        return hash_lists(words, bounds, seed), np.diff(bounds) > 0
