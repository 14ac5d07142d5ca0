"""FineWeb's own rules: lines that end as sentences do, are not all short, are not repeated, and are not a list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pyarrow as pa
from pydantic import Field

from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.scans import lines, token_counts
from gristmill.contracts.step import RowStep, threshold
from gristmill.contracts.view import View
from gristmill.text.characters import characters
from gristmill.text.line_shape import line_shapes

SOURCE = (
    "datatrove 0.10.1, pipeline/filters/fineweb_quality_filter.py; "
    "Penedo et al. 2024, section 3.6, https://arxiv.org/abs/2406.17557"
)


class FinewebQuality(RowStep):
    """Keep texts whose lines end like sentences, in any script, and are neither short nor repeated nor a list."""

    version: ClassVar[int] = 1

    short_line_length: int = Field(30, ge=0, description="A line of no more characters is short.")
    min_line_punct_ratio: float | None = threshold(
        0.12, ge=0, le=1, description="Fewest lines that end in terminal punctuation; null for no bound."
    )
    exempt_no_punct: bool = threshold(
        False, description="Spare texts in which no line ends in punctuation (datatrove's line_punct_exclude_zero)."
    )
    max_short_line_ratio: float | None = threshold(0.67, ge=0, le=1, description="Most short lines; null for no bound.")
    max_char_dup_ratio: float | None = threshold(
        0.01, ge=0, le=1, description="Most characters in second and later copies of lines; null for no bound."
    )
    max_list_ratio: float | None = threshold(0.3, ge=0, description="Most line breaks for a word; null for no bound.")

    def signals(self) -> tuple[Signal, ...]:
        return (
            Signal("lines", "count", "lines that are not blank"),
            Signal("line_punct_ratio", "share", "lines that end in terminal punctuation"),
            Signal("line_punct_ratio_above_0", "share", "the same, null where it is 0"),
            Signal("short_line_ratio", "share", "lines that are short"),
            Signal("char_dup_ratio", "share", "characters in second and later copies of lines"),
            Signal("list_ratio", "number", "line breaks for each word"),
        )

    def rules(self) -> tuple[Rule, ...]:
        punct = "line_punct_ratio_above_0" if self.exempt_no_punct else "line_punct_ratio"
        bounds = (
            ("few_lines_with_punctuation", punct, "min_line_punct_ratio"),
            ("short_lines", "short_line_ratio", "max_short_line_ratio"),
            ("repeated_lines", "char_dup_ratio", "max_char_dup_ratio"),
            ("list", "list_ratio", "max_list_ratio"),
        )
        rules = [Rule("empty", "lines", low=1, source=SOURCE)]
        for reason, signal, option in bounds:
            bound = getattr(self, option)
            if bound is not None:
                low, high = (bound, None) if option.startswith("min") else (None, bound)
                rules.append(Rule(reason, signal, low=low, high=high, source=SOURCE, option=option))
        return tuple(rules)

    def measure(self, view: View) -> Mapping[str, pa.Array]:
        shape = line_shapes(view.text.data, lines(view), view.rows, characters(), self.short_line_length)
        words = token_counts(view)[view.rows]
        none = shape.lines == 0
        punct = shape.ended / np.maximum(shape.lines, 1)
        return {
            "lines": pa.array(shape.lines),
            "line_punct_ratio": pa.array(punct, mask=none),
            "line_punct_ratio_above_0": pa.array(punct, mask=punct == 0),
            "short_line_ratio": pa.array(shape.short / np.maximum(shape.lines, 1), mask=none),
            "char_dup_ratio": pa.array(shape.repeated / np.maximum(shape.characters, 1), mask=none),
            "list_ratio": pa.array(shape.breaks / np.maximum(words, 1), mask=none | (words == 0)),
        }
