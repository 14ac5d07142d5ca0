"""How hard a text is to read and how rich its words are, by published formulas."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
from pydantic import Field

from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.scans import unicode_words
from gristmill.contracts.step import RowStep, threshold
from gristmill.contracts.view import View
from gristmill.quality._stop_words import UNKNOWN
from gristmill.text.complexity import complexity, distinct_words, mtld
from gristmill.text.simplify import simplified

FLESCH = "Flesch 1948, Journal of Applied Psychology 32"
KINCAID = "Kincaid et al. 1975, Research Branch Report 8-75"
LIX = "Björnsson 1968, Läsbarhet"
MTLD = "McCarthy and Jarvis 2010, Behavior Research Methods 42"


class TextComplexity(RowStep):
    """Measures readability and lexical diversity; drops nothing unless a bound is given.

    Words are those of UAX #29; a sentence ends by a final mark before white space, at a blank line, or before a bullet,
    and has a letter in it. LIX counts words of more than 6 characters and was made for languages in Latin script; it is
    given for all. Flesch's reading ease and the grade of Kincaid count syllables, by English letters (right for 97 % of
    running words, 0.01 too few in a word), so they are given for English alone. The type-token ratio falls with the
    length of a text; MTLD hardly does, but says little of texts below 100 words (McCarthy and Jarvis 2010).
    """

    default_language: str = Field(
        "en", pattern="^[a-z]{2,3}$", description="The language of texts of which the column `language` says nothing."
    )
    min_reading_ease: float | None = threshold(
        None, description="Least Flesch reading ease; 60 to 70 is plain English."
    )
    max_reading_ease: float | None = threshold(None, description="Most Flesch reading ease.")
    min_grade: float | None = threshold(None, description="Least Flesch-Kincaid grade.")
    max_grade: float | None = threshold(None, description="Most Flesch-Kincaid grade.")
    min_lix: float | None = threshold(None, ge=0, description="Least LIX; below 30 is a children's book.")
    max_lix: float | None = threshold(None, ge=0, description="Most LIX; above 60 is very hard.")
    min_mtld: float | None = threshold(None, ge=0, description="Least MTLD.")

    def signals(self) -> tuple[Signal, ...]:
        return (
            Signal("words", "count", "words, as UAX #29 cuts them"),
            Signal("sentences", "count", "sentences"),
            Signal("sentence_length", "number", "words in a sentence, on average"),
            Signal("word_length", "number", "characters in a word, on average"),
            Signal("reading_ease", "number", "Flesch: 206.835 - 1.015 words / sentences - 84.6 syllables / words"),
            Signal("grade", "number", "Flesch-Kincaid: 0.39 words / sentences + 11.8 syllables / words - 15.59"),
            Signal("lix", "number", "words / sentences + 100 long words / words"),
            Signal("type_token_ratio", "share", "distinct words among all"),
            Signal("mtld", "number", "words in which the share of distinct ones falls to 0.72, from both ends"),
        )

    def rules(self) -> tuple[Rule, ...]:
        bounds = (
            ("too_hard", "reading_ease", "min_reading_ease", None, FLESCH),
            ("too_easy", "reading_ease", None, "max_reading_ease", FLESCH),
            ("grade_too_low", "grade", "min_grade", None, KINCAID),
            ("grade_too_high", "grade", None, "max_grade", KINCAID),
            ("lix_too_low", "lix", "min_lix", None, LIX),
            ("lix_too_high", "lix", None, "max_lix", LIX),
            ("words_repeat", "mtld", "min_mtld", None, MTLD),
        )
        rules = []
        for reason, signal, low, high, source in bounds:
            option = low or high or ""
            if (bound := getattr(self, option)) is not None:
                side = {"low": bound} if low else {"high": bound}
                rules.append(Rule(reason, signal, **side, source=source, option=option))
        return tuple(rules)

    def measure(self, view: View) -> Mapping[str, pa.Array]:
        text = view.text
        counts = complexity(text.data, unicode_words(view), view.rows)
        hashes, bounds = simplified(text.data, text.offsets, view.rows)
        none, empty = counts.words == 0, np.diff(bounds) == 0
        with np.errstate(divide="ignore", invalid="ignore"):
            length = counts.words / counts.sentences
            spoken = counts.syllables / counts.words
            lix = length + 100 * counts.long_words / counts.words
            ratio = distinct_words(hashes, bounds) / np.diff(bounds)
            characters = counts.characters / counts.words
        diversity = mtld(hashes, bounds)
        foreign = none | ~self._english(view)
        return {
            "words": pa.array(counts.words),
            "sentences": pa.array(counts.sentences),
            "sentence_length": pa.array(length, mask=none),
            "word_length": pa.array(characters, mask=none),
            "reading_ease": pa.array(206.835 - 1.015 * length - 84.6 * spoken, mask=foreign),
            "grade": pa.array(0.39 * length + 11.8 * spoken - 15.59, mask=foreign),
            "lix": pa.array(lix, mask=none),
            "type_token_ratio": pa.array(ratio, mask=empty),
            "mtld": pa.array(diversity, mask=np.isnan(diversity)),
        }

    def _english(self, view: View) -> np.ndarray:
        column = view.column("language")
        if column is None:
            return np.full(len(view), self.default_language == "en")
        named = (self.default_language if code in UNKNOWN else code for code in column.to_pylist())
        return np.array([code == "en" for code in named], np.bool_)
