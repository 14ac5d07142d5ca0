"""Cut paragraphs out of texts that other records of the corpus have, too."""

from __future__ import annotations

from typing import ClassVar

from gristmill.contracts.view import View
from gristmill.dedup._repeated import RepeatedPieces
from gristmill.text.pieces import Spans, paragraphs


class DuplicateParagraphs(RepeatedPieces):
    """Cuts paragraphs that come again in the corpus, and keeps the first. Blank lines part paragraphs.

    Boilerplate of each site goes with `within: site`, `min_records: 10`, `copies: 0`. A text that had nothing else
    is dropped.
    """

    version: ClassVar[int] = 1

    def spans(self, view: View) -> Spans:
        return paragraphs(view.text.data, view.text.offsets, view.rows, self.min_characters)
