"""Lines that are not part of the text go, by the rules of C4 and RefinedWeb, chosen one by one."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pyarrow as pa
from pydantic import Field

from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.scans import all_lines
from gristmill.contracts.step import Edit, RowStep, threshold
from gristmill.contracts.view import View
from gristmill.text.draft import Draft
from gristmill.text.line_cuts import citations
from gristmill.text.line_phrases import JAVASCRIPT, POLICY, phrases
from gristmill.text.line_words import words_in_lines
from gristmill.text.misshapen_lines import Shape, drop_misshapen, have_too_long_words
from gristmill.text.refined_lines import Corrections, correct

REFINEDWEB = "Penedo et al. 2023, appendix G.2, https://arxiv.org/abs/2306.01116"


class LineRules(RowStep):
    """Drop lines by any of C4's and RefinedWeb's rules, and cut citations and button texts out of others."""

    version: ClassVar[int] = 1
    edits: ClassVar[bool] = True

    citations: bool = Field(True, description="Cut [12], [edit] and [citation needed] out of lines (C4).")
    terminal_punctuation: bool = Field(False, description="Drop lines that do not end in . ? ! \" or ' (C4).")
    min_words_per_line: int = Field(
        0, ge=0, description="Drop lines with fewer words, blank ones excepted (C4 3 or 5, RefinedWeb 2)."
    )
    max_word_length: int | None = Field(1000, ge=1, description="Drop lines with a longer word; null: never (C4).")
    javascript: bool = Field(True, description="Drop lines that say JavaScript (C4).")
    policy: bool = Field(True, description="Drop lines on cookies, terms of use and privacy policy (C4).")
    max_uppercase_ratio: float | None = Field(
        0.5, ge=0, le=1, description="Drop lines with a larger share of capitals; null: never (RefinedWeb)."
    )
    max_digit_ratio: float | None = Field(
        0.999999, ge=0, le=1, description="Drop lines with a larger share of digits; null: never (RefinedWeb)."
    )
    counters: bool = Field(True, description="Drop lines that are a number of likes, shares or views (RefinedWeb).")
    boilerplate_max_words: int | None = Field(
        10, ge=0, description="Cut 'items in cart', 'Read more...', 'Sign-in' in lines of no more words; null: never."
    )
    max_removed_ratio: float | None = threshold(
        None, ge=0, le=1, description="Drop the text where a larger share of its words went (RefinedWeb 0.05)."
    )

    def signals(self) -> tuple[Signal, ...]:
        return (
            Signal("lines_dropped", "count", "lines that went, blank ones left out"),
            Signal("removed_ratio", "share", "words that went; null where there were none"),
        )

    def rules(self) -> tuple[Rule, ...]:
        if self.max_removed_ratio is None:
            return ()
        most = self.max_removed_ratio
        return (Rule("too_much_removed", "removed_ratio", high=most, source=REFINEDWEB, option="max_removed_ratio"),)

    def edit(self, view: View) -> Edit:
        draft = Draft.of(view.text.data, all_lines(view), view.rows)
        words = words_in_lines(draft.data, draft.starts, draft.stops)
        before = draft.sums(words)
        blank = words == 0
        shape = Shape(self.min_words_per_line, self.max_word_length, terminal_punctuation=self.terminal_punctuation)
        too_long = have_too_long_words(draft, shape)
        if self.citations:
            draft.cut(citations(draft))
        drop_misshapen(draft, words, too_long, blank, shape)
        flags = phrases(draft.data, draft.starts, draft.stops, draft.alive)
        draft.drop(flags & (JAVASCRIPT * self.javascript | POLICY * self.policy) != 0)
        correct(
            draft,
            Corrections(self.max_uppercase_ratio, self.max_digit_ratio, self.counters, 0, self.boilerplate_max_words),
        )
        draft.strip_texts()
        words = words_in_lines(draft.data, draft.starts, draft.stops)
        removed = np.clip((before - draft.sums(words)) / np.maximum(before, 1), 0.0, 1.0)
        signals = {
            "lines_dropped": pa.array(draft.lines_in(~draft.alive & ~blank)),
            "removed_ratio": pa.array(removed, mask=before == 0),
        }
        return Edit(draft.texts(view.column("text")), signals=signals)
