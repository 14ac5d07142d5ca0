"""What lines and paragraphs that come again across the corpus have in common: how they are compared, and which go."""

from __future__ import annotations

from abc import abstractmethod
from typing import Literal

import numpy as np
import pyarrow as pa
from pydantic import Field

from gristmill.contracts.pieces import Pieces, PieceStep, Refs
from gristmill.contracts.step import Keys, Nodes, threshold
from gristmill.contracts.view import View
from gristmill.text.copies import later_copies
from gristmill.text.flat import flat
from gristmill.text.pieces import Spans, hash_as_written, hash_simplified
from gristmill.text.sites import site_hashes


class RepeatedPieces(PieceStep):
    """Pieces are compared by 64 bits of hash: of a thousand million different ones, some 0.03 are taken for another."""

    normalise: Literal["none", "simplified"] = Field(
        "none", description="Compare them as written but for white space at the ends, or as near_duplicates does words."
    )
    within: Literal["corpus", "site"] = Field(
        "corpus",
        description="Where copies count: anywhere, or on one host only, which leaves records without a url.",
    )
    min_characters: int = Field(20, ge=1, description="Shorter ones are left alone.")
    min_records: int = threshold(2, ge=1, description="Leave alone what fewer records have.")
    copies: int = threshold(1, ge=0, description="How many stay, the first in the order of sources; 0: none does.")

    @abstractmethod
    def spans(self, view: View) -> Spans:
        """The pieces of the asked rows."""

    def pieces(self, view: View) -> Pieces:
        data, offsets = view.text
        spans = self.spans(view)
        which = np.repeat(np.arange(len(view)), np.diff(spans.bounds))
        some = np.ones(len(which), np.bool_)
        if self.normalise == "none":
            keys = hash_as_written(data, spans.bare_starts, spans.bare_stops)
        else:
            keys, some = hash_simplified(data, spans.bare_starts, spans.bare_stops)
        if self.within == "site":
            sites = _sites(view)
            keys = keys ^ sites[which]
            some &= sites[which] != 0
        rows = view.rows[which]
        begins = offsets[rows]
        return Pieces(rows[some], keys[some], (spans.starts - begins)[some], (spans.stops - begins)[some])

    def link(self, keys: Keys, rows: Refs) -> tuple[Nodes, Nodes]:
        goes, first = later_copies(keys, rows, self.min_records, self.copies)
        return np.flatnonzero(goes), first[goes]


def _sites(view: View) -> Keys:
    urls = view.column("url")
    if urls is None:
        return np.zeros(len(view), np.uint64)
    data, offsets = flat(urls.cast(pa.large_string()))
    return site_hashes(data, offsets, np.arange(len(view), dtype=np.int64))
