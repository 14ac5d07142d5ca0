"""Drop texts whose words are like none: keyboard mash, random letters, one character over and over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.step import RowStep, threshold
from gristmill.contracts.view import View
from gristmill.text.letters import STEPS, letters

_CODE = r"[(){}\[\]=_<>]"
_MOST_CODE = 0.05  # of the bytes: above it names are shortened as no words are (strncpy, fmt)
_LEAST_BYTES = 200  # for an entropy: shorter texts have too few characters for one


class Gibberish(RowStep):
    """Measures how surprising letters are behind the two before them, in Latin, Greek and Cyrillic words.

    One small model serves all languages of a script (99 are in it), so it tells letters that no language puts in a row,
    not one language from another. It looks at words of small letters but for the first, without digits: names in code,
    formulas and sequences are passed over. It says nothing (null) of texts with few such words, whose letters are
    mostly of other scripts, or that have the brackets of code. Words that are real but in no order (Markov chains,
    keyword lists) are not told.
    """

    version: ClassVar[int] = 1

    min_letters: int = Field(60, ge=1, le=100_000, description="Say nothing of texts with fewer letters looked at.")
    max_word_surprise: float = Field(
        8.0, gt=0, le=15, description="Bits for each letter, on average, from which a word is like none."
    )
    max_surprise: float = threshold(7.0, ge=0, description="Most bits for each letter, on average over the text.")
    max_unlike_share: float = threshold(
        0.4, ge=0, le=1, description="Most of the words of four letters or more that may be like none."
    )
    min_entropy: float = threshold(1.5, ge=0, le=8, description="Least entropy of the bytes but white space, in bits.")

    def signals(self) -> tuple[Signal, ...]:
        return (
            Signal("surprise", "number", "bits for each letter behind the two before it; null where not judged"),
            Signal("unlike_share", "share", "words of four letters or more that are like none; null where not judged"),
            Signal("judged_share", "share", "letters in words that were looked at, among all letters"),
            Signal("entropy", "number", "bits for each byte but white space; null below 200 bytes"),
        )

    def rules(self) -> tuple[Rule, ...]:
        return (
            Rule("unlikely_letters", "surprise", high=self.max_surprise, option="max_surprise"),
            Rule("unlike_words", "unlike_share", high=self.max_unlike_share, option="max_unlike_share"),
            Rule("low_entropy", "entropy", low=self.min_entropy, option="min_entropy"),
        )

    def measure(self, view: View) -> Mapping[str, pa.Array]:
        data, offsets = view.text
        found = letters(data, offsets, view.rows, self.max_word_surprise)
        sizes = offsets[view.rows + 1] - offsets[view.rows]
        abstains = (found.scored < self.min_letters) | (2 * found.scored < found.letters)
        marks = pc.fill_null(pc.count_substring_regex(view.column("text"), _CODE), 0).to_numpy(zero_copy_only=False)
        abstains |= marks > _MOST_CODE * sizes
        return {
            "surprise": pa.array(found.surprise / np.maximum(found.scored, 1) / STEPS, mask=abstains),
            "unlike_share": pa.array(found.unlike / np.maximum(found.words, 1), mask=abstains | (found.words == 0)),
            "judged_share": pa.array(found.scored / np.maximum(found.letters, 1), mask=found.letters == 0),
            "entropy": pa.array(found.entropy, mask=sizes < _LEAST_BYTES),
        }
