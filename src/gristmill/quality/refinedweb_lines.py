"""RefinedWeb's corrections of lines: what is no running text goes, and so does a text that loses much of itself."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pyarrow as pa
from pydantic import Field

from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.scans import lines
from gristmill.contracts.step import Edit, RowStep, threshold
from gristmill.contracts.view import View
from gristmill.text.draft import Draft
from gristmill.text.flat import flat
from gristmill.text.measures import leading_alphanumeric
from gristmill.text.refined_lines import Corrections, correct

SOURCE = (
    "DCLM c7ed275, baselines/baselines_configs/dclm_baseline_refinedweb.yaml; "
    "Penedo et al. 2023, appendix G.2, https://arxiv.org/abs/2306.01116"
)


class RefinedwebLines(RowStep):
    """Drop lines of capitals, numbers, counters or single words, and texts that lose more than 5 % by it."""

    version: ClassVar[int] = 1
    edits: ClassVar[bool] = True

    max_uppercase_ratio: float | None = Field(
        0.5, ge=0, le=1, description="A line with a larger share of capitals goes; null for no bound."
    )
    max_digit_ratio: float | None = Field(
        0.999999, ge=0, le=1, description="A line with a larger share of digits goes; null for no bound."
    )
    counters: bool = Field(True, description="Drop lines that are a number of likes, shares, views and so on.")
    min_words_per_line: int = Field(2, ge=0, description="A line with fewer words goes; blank lines stay.")
    boilerplate_max_words: int | None = Field(
        10, ge=0, description="Cut 'items in cart', 'Read more...', 'Sign-in' in lines of no more words; null: never."
    )
    max_removed_ratio: float | None = threshold(
        0.05, ge=0, le=1, description="Drop the text where a larger share of its words went; null for no bound."
    )

    def signals(self) -> tuple[Signal, ...]:
        return (
            Signal("removed_ratio", "share", "words that went with lines and phrases; 1 where there were none"),
            Signal("lines_dropped", "count", "lines that went, blank ones left out"),
        )

    def rules(self) -> tuple[Rule, ...]:
        if self.max_removed_ratio is None:
            return ()
        return (
            Rule(
                "too_much_removed",
                "removed_ratio",
                high=self.max_removed_ratio,
                source=SOURCE,
                option="max_removed_ratio",
            ),
        )

    def edit(self, view: View) -> Edit:
        draft = Draft.of(view.text.data, lines(view), view.rows)
        filled = draft.starts < draft.stops
        correct(
            draft,
            Corrections(
                self.max_uppercase_ratio,
                self.max_digit_ratio,
                self.counters,
                self.min_words_per_line,
                self.boilerplate_max_words,
            ),
        )
        texts = draft.texts(view.column("text"))
        left = flat(texts)
        before = leading_alphanumeric(view.text.data, view.text.offsets, view.rows)
        after = leading_alphanumeric(left.data, left.offsets, np.arange(len(left)))
        removed = np.where(before > 0, (before - after) / np.maximum(before, 1), 1.0)
        signals = {
            "removed_ratio": pa.array(np.maximum(removed, 0.0)),
            "lines_dropped": pa.array(draft.lines_in(~draft.alive & filled)),
        }
        return Edit(texts, signals=signals)
