"""Cut lines out of texts that other records of the corpus have, too."""

from __future__ import annotations

from typing import ClassVar

from gristmill.contracts.view import View
from gristmill.dedup._repeated import RepeatedPieces
from gristmill.text.pieces import Spans, lines


class DuplicateLines(RepeatedPieces):
    """Cuts lines that come again in the corpus, and keeps the first: menus, notices, mails that were quoted.

    Dropping a line here and there can break a text that repeats on purpose, so only those of `min_characters` count.
    Boilerplate of each site goes with `within: site`, `min_records: 10`, `copies: 0`. A text that had nothing else
    is dropped.
    """

    version: ClassVar[int] = 1

    def spans(self, view: View) -> Spans:
        return lines(view.text.data, view.text.offsets, view.rows, self.min_characters)
