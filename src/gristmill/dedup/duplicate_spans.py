"""Cut out of texts what stands word for word elsewhere in the corpus, wherever it begins and ends."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from gristmill.contracts.pieces import Found, Pieces, PieceStep, Refs, Texts
from gristmill.contracts.scans import words
from gristmill.contracts.step import Keys, Nodes
from gristmill.contracts.view import View
from gristmill.text.copies import earlier_ones
from gristmill.text.extension import Side, extended
from gristmill.text.winnow import chosen_by_bytes, chosen_by_words, run_of_bytes

_LOOKS = 1
"""With how many of the first and of the last copies before it a place is compared."""


class DuplicateSpans(PieceStep):
    """Cuts stretches of `size` bytes or more that stand in an earlier text, or earlier in the same one.

    Lee et al. 2022 (arXiv:2107.06499) do so by a suffix array of the whole corpus. Here each text keeps a hash for
    about one byte in `size` / 4, by winnowing: two texts with so long a stretch in common have such a hash in
    common (Schleimer et al. 2003), and around it the texts themselves are compared. What is cut is therefore equal
    byte for byte; it is brought in to whole words. A place with many copies is compared with the first and the
    last one before it, so of stretches that many texts share in part, an edge may stay. The first copy in the order of
    sources stays whole.
    """

    version: ClassVar[int] = 3
    compares: ClassVar[bool] = True

    unit: Literal["bytes", "words"] = Field("bytes", description="What `size` counts; words are parted by white space.")
    size: int = Field(200, ge=8, le=100_000, description="Least length of what is cut.")

    def pieces(self, view: View) -> Pieces:
        data, offsets = view.text
        if self.unit == "words":
            found = chosen_by_words(data, words(view), view.rows, self.size)
        else:
            found = chosen_by_bytes(data, offsets, view.rows, self.size)
        rows = view.rows[np.repeat(np.arange(len(view)), np.diff(found.bounds))]
        begins = offsets[rows]
        return Pieces(rows, found.keys, found.starts - begins, found.stops - begins)

    def link(self, keys: Keys, rows: Refs) -> tuple[Nodes, Nodes]:
        return earlier_ones(keys, _LOOKS)

    def alike(self) -> int:
        return 0 if self.unit == "words" else run_of_bytes(self.size)  # white space between words may be another

    def extend(self, texts: Texts, one: Pieces, twins: Texts, other: Pieces) -> Found:
        pair, (starts, stops, there) = extended(
            Side(texts.data, texts.starts, texts.stops, one.rows, one.starts),
            one.stops,
            Side(twins.data, twins.starts, twins.stops, other.rows, other.starts),
            self.size,
            self.unit == "words",
        )
        return Found(pair, starts, stops, there)
