"""What each implementation of Gopher's quality rules counts, as its source has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from gristmill.contracts.rules import Rule
from gristmill.contracts.scans import Lines, Words, all_lines, lines, tokens, words
from gristmill.contracts.view import View

Variant = Literal["datatrove", "dclm", "nemo", "dolma"]

PAPER = "Rae et al. 2021, Table A1, https://arxiv.org/abs/2112.11446"


@dataclass(frozen=True, slots=True)
class Definition:
    """How one implementation counts. A share without words (or lines) to divide by is not measured."""

    source: str
    words: Callable[[View], Words]
    counted: Literal["all", "plain", "leading_alphanumeric"]  # which words count towards min_words, max_words
    length: Literal["mean", "mean_plain", "median"]
    symbols: Literal["text", "text_together", "words", "whole_words"]
    lines: Callable[[View], Lines]
    strip: bool  # white space is no part of a line's ends
    blank: bool  # blank lines are lines
    bullets: str
    endings: tuple[str, ...]
    distinct: bool  # stop words count once
    lower: bool  # stop words are found in any case
    zero_without_words: bool = False  # shares are 0 where there is nothing to divide by


VARIANTS: dict[Variant, Definition] = {
    "datatrove": Definition(
        source="datatrove 0.10.1, pipeline/filters/gopher_quality_filter.py",
        words=tokens,
        counted="plain",
        length="mean_plain",
        symbols="text",
        lines=all_lines,
        strip=True,
        blank=True,
        bullets="•-",
        endings=("...", "…"),
        distinct=True,
        lower=False,
    ),
    "dclm": Definition(
        source="DCLM c7ed275, baselines/mappers/filters/content_filters.py",
        words=words,
        counted="leading_alphanumeric",
        length="mean",
        symbols="text_together",
        lines=lines,
        strip=True,
        blank=False,
        bullets="●•*-",
        endings=("...", ". . .", "…"),
        distinct=False,
        lower=True,
    ),
    "nemo": Definition(
        source="NeMo Curator 1.4.0, stages/text/filters/heuristic/string.py",
        words=words,
        counted="all",
        length="mean",
        symbols="whole_words",
        lines=lines,
        strip=True,
        blank=False,
        bullets="•‣⁃⁌⁍∙○●◘◦⦾⦿",
        endings=("...", "[...]", "…", "(...)", "[…]", "-»", "read more..", "read more"),
        distinct=False,
        lower=False,
    ),
    "dolma": Definition(
        source="dolma 1.0.8, taggers/gopher.py (gopher_v1)",
        words=words,
        counted="all",
        length="median",
        symbols="words",
        lines=lines,
        strip=False,
        blank=True,
        bullets="*-",
        endings=("…",),
        distinct=False,
        lower=False,
        zero_without_words=True,
    ),
}

_SYMBOLS = Rule("too_many_symbols", "symbol_ratio", high=0.1, option="max_symbol_ratio")
_HASHES = Rule("too_many_hashes", "hash_ratio", high=0.1, option="max_symbol_ratio")
_ELLIPSES = Rule("too_many_ellipses", "ellipsis_ratio", high=0.1, option="max_symbol_ratio")


def rules_of(variant: Variant) -> tuple[Rule, ...]:
    """The family's bounds; only the symbols are bounded in different ways."""
    return (
        Rule("too_few_words", "words", low=50, option="min_words"),
        Rule("too_many_words", "words", high=100_000, option="max_words"),
        Rule("words_too_short", "word_length", low=3, option="min_word_length"),
        Rule("words_too_long", "word_length", high=10, option="max_word_length"),
        *((_HASHES, _ELLIPSES) if VARIANTS[variant].symbols == "text" else (_SYMBOLS,)),
        Rule("too_many_bullets", "bullet_line_ratio", high=0.9, option="max_bullet_line_ratio"),
        Rule("too_many_ellipsis_lines", "ellipsis_line_ratio", high=0.3, option="max_ellipsis_line_ratio"),
        Rule("too_few_alphabetic_words", "alphabetic_word_ratio", low=0.8, option="min_alphabetic_word_ratio"),
        Rule("too_few_stop_words", "stop_words", low=2, option="min_stop_words"),
    )
