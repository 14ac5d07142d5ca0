"""Gopher's quality rules: is it prose of a sensible length, in sensible words?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field

from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.scans import Words
from gristmill.contracts.step import RowStep, threshold
from gristmill.contracts.view import View
from gristmill.quality._gopher_variants import PAPER, VARIANTS, Definition, Variant, rules_of
from gristmill.quality._stop_words import count_stop_words
from gristmill.text.measures import leading_alphanumeric, line_counts, mark_counts, pieces, symbol_words
from gristmill.text.word_counts import WordCounts as Counted
from gristmill.text.word_counts import median_lengths, word_counts

ELLIPSIS_WORDS = ("...", "[...]", "…", "(...)", "[…]", "-»")  # of NeMo Curator's marks, those without a space

Number = npt.NDArray[np.int64] | npt.NDArray[np.float64]


class GopherQuality(RowStep):
    """Keep texts with enough words of a likely length, few symbols, bullets and ellipses, and some stop words."""

    version: ClassVar[int] = 1

    variant: Variant = Field("datatrove", description="Whose counting to follow: datatrove, dclm, nemo or dolma.")
    default_language: str = Field(
        "en", pattern="^[a-z]{2,3}$", description="Whose stop words to look for where a text's language is not known."
    )
    min_words: int | None = threshold(None, ge=0, description="Fewest words; the variant's own unless given (50).")
    max_words: int | None = threshold(None, ge=1, description="Most words; the variant's own unless given (100000).")
    min_word_length: float | None = threshold(
        None, ge=0, description="Shortest average word, in characters; the variant's own unless given (3)."
    )
    max_word_length: float | None = threshold(
        None, gt=0, description="Longest average word, in characters; the variant's own unless given (10)."
    )
    max_symbol_ratio: float | None = threshold(
        None, ge=0, description="Most hashes or ellipses for a word; the variant's own unless given (0.1)."
    )
    max_bullet_line_ratio: float | None = threshold(
        None, ge=0, le=1, description="Most lines that begin with a bullet; the variant's own unless given (0.9)."
    )
    max_ellipsis_line_ratio: float | None = threshold(
        None, ge=0, le=1, description="Most lines that end with an ellipsis; the variant's own unless given (0.3)."
    )
    min_alphabetic_word_ratio: float | None = threshold(
        None, ge=0, le=1, description="Fewest words with a letter; the variant's own unless given (0.8)."
    )
    min_stop_words: int | None = threshold(
        None, ge=0, description="Fewest stop words of the text's language; the variant's own unless given (2)."
    )

    def signals(self) -> tuple[Signal, ...]:
        symbols = (
            (
                Signal("hash_ratio", "number", "hash signs for each word"),
                Signal("ellipsis_ratio", "number", "ellipses for each word"),
            )
            if VARIANTS[self.variant].symbols == "text"
            else (Signal("symbol_ratio", "number", "hash signs and ellipses for each word"),)
        )
        return (
            Signal("words", "count", "words, as the variant counts them"),
            Signal("word_length", "number", "characters in a word, on average (dolma: in the median word)"),
            *symbols,
            Signal("bullet_line_ratio", "share", "lines that begin with a bullet"),
            Signal("ellipsis_line_ratio", "share", "lines that end with an ellipsis"),
            Signal("alphabetic_word_ratio", "share", "words with a letter in them"),
            Signal("stop_words", "count", "stop words of its language (datatrove: distinct ones)"),
        )

    def rules(self) -> tuple[Rule, ...]:
        source = f"{VARIANTS[self.variant].source}; {PAPER}"
        rules = []
        for rule in rules_of(self.variant):
            bound = getattr(self, rule.option)
            if bound is not None:
                rule = replace(rule, low=bound) if rule.low is not None else replace(rule, high=bound)
            rules.append(replace(rule, source=source))
        return tuple(rules)

    def measure(self, view: View) -> Mapping[str, pa.Array]:
        how = VARIANTS[self.variant]
        words = how.words(view)
        counted = word_counts(view.text.data, words, view.rows)
        return {
            "words": pa.array(_number_of_words(view, counted, how)),
            "word_length": _word_length(view, words, counted, how),
            **_symbols(view, words, counted, how),
            **_lines(view, how),
            "alphabetic_word_ratio": _ratio(counted.alphabetic, counted.words, how),
            "stop_words": count_stop_words(view, words, self.default_language, distinct=how.distinct, lower=how.lower),
        }


def _ratio(part: Number, whole: Number, how: Definition) -> pa.Array:
    values = part / np.maximum(whole, 1)
    return pa.array(values) if how.zero_without_words else pa.array(values, mask=whole == 0)


def _number_of_words(view: View, counted: Counted, how: Definition) -> Number:
    match how.counted:
        case "plain":
            return counted.plain
        case "leading_alphanumeric":
            return leading_alphanumeric(view.text.data, view.text.offsets, view.rows)
        case _:
            return counted.words


def _word_length(view: View, words: Words, counted: Counted, how: Definition) -> pa.Array:
    match how.length:
        case "median":
            return pa.array(median_lengths(view.text.data, words, view.rows))
        case "mean_plain":
            return _ratio(counted.plain_characters, counted.plain, how)
        case _:
            return _ratio(counted.characters, counted.words, how)


def _symbols(view: View, words: Words, counted: Counted, how: Definition) -> dict[str, pa.Array]:
    data = view.text.data
    if how.symbols in ("words", "whole_words"):
        marks = symbol_words(data, *words, view.rows, *pieces(*ELLIPSIS_WORDS))
        return {"symbol_ratio": _ratio(marks[int(how.symbols == "whole_words")], counted.words, how)}
    hashes, dots, spaced, ellipses = mark_counts(data, view.text.offsets, view.rows)
    if how.symbols == "text_together":
        return {"symbol_ratio": _ratio(hashes + dots + spaced + ellipses, counted.words, how)}
    return {
        "hash_ratio": _ratio(hashes, counted.words, how),
        "ellipsis_ratio": _ratio(dots + ellipses, counted.words, how),
    }


def _lines(view: View, how: Definition) -> dict[str, pa.Array]:
    bullets = np.array([ord(bullet) for bullet in how.bullets], np.int64)
    lines = how.lines(view)
    counts = line_counts(view.text.data, *lines, view.rows, how.strip, how.blank, bullets, *pieces(*how.endings))
    total, bulleted, trailing = counts
    return {
        "bullet_line_ratio": _ratio(bulleted, total, how),
        "ellipsis_line_ratio": _ratio(trailing, total, how),
    }
