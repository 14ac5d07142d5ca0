"""C4's rules as each implementation has them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from gristmill.contracts.scans import Lines, all_lines, lines
from gristmill.contracts.view import View
from gristmill.text.misshapen_lines import Shape

Variant = Literal["datatrove", "fineweb", "dclm", "dolma"]

PAPER = "Raffel et al. 2020, section 2.2, https://jmlr.org/papers/v21/20-074.html"


@dataclass(frozen=True, slots=True)
class Definition:
    """How one implementation goes about it."""

    source: str
    lines: Callable[[View], Lines]
    strip: bool  # lines lose white space at both ends
    blank: bool  # blank lines stay
    shape: Shape
    words_after_citations: bool  # words are counted in what is left of a line
    flags_in_all_lines: bool  # lorem ipsum, brackets and JavaScript are looked for in the text as it was
    javascript: Literal["line", "text"]  # what goes for it
    citations: bool
    policy: bool
    min_sentences: int
    max_characters: int | None = None


_DATATROVE = Definition(
    source="datatrove 0.10.1, pipeline/filters/c4_filters.py",
    lines=all_lines,
    strip=True,
    blank=False,
    shape=Shape(3, 1000, (".", "?", "!", '"', "'"), ("...",), space_after=False),
    words_after_citations=False,
    flags_in_all_lines=False,
    javascript="line",
    citations=True,
    policy=True,
    min_sentences=5,
)

VARIANTS: dict[Variant, Definition] = {
    "datatrove": _DATATROVE,
    "fineweb": replace(
        _DATATROVE,
        source="FineWeb, datatrove 0.10.1, examples/fineweb.py",
        shape=replace(_DATATROVE.shape, terminal_punctuation=False),
    ),
    "dclm": Definition(
        source="DCLM 404fc2e, baselines/baselines_configs/c4.yaml, after the TFDS code",
        lines=lines,
        strip=False,
        blank=True,
        shape=Shape(5, 1000, (".", "!", "?", '"', "…"), ("...", "…")),
        words_after_citations=True,
        flags_in_all_lines=False,
        javascript="line",
        citations=True,
        policy=True,
        min_sentences=3,
        max_characters=190_000,
    ),
    "dolma": Definition(
        source="dolma 1.0.8, taggers/c4.py (c4_v2), without its list of naughty words",
        lines=lines,
        strip=False,
        blank=False,
        shape=Shape(3, None, (".", "?", "!", '"'), ()),
        words_after_citations=True,
        flags_in_all_lines=True,
        javascript="text",
        citations=False,
        policy=False,
        min_sentences=0,
    ),
}
