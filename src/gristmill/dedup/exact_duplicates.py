"""Keep one of all texts that are the same, letter by letter or once simplified."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from gristmill.contracts.step import CorpusStep, Evidence, Keys, Nodes, Settled, Sketch
from gristmill.contracts.view import View
from gristmill.dedup._equal import settle_equal
from gristmill.text.clusters import to_lowest
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
        return settle_equal(a, b, rank, evidence, similarity=1.0)

    def _hashes(self, view: View, seed: int) -> tuple[Keys, np.ndarray]:
        """A hash for each asked row, and which rows have anything to hash."""
        text = view.text
        if self.normalise == "none":
            some = text.offsets[view.rows + 1] > text.offsets[view.rows]
            return hash_rows(text.data, text.offsets, view.rows, seed), some
        words, bounds = simplified(text.data, text.offsets, view.rows)
        return hash_lists(words, bounds, seed), np.diff(bounds) > 0
