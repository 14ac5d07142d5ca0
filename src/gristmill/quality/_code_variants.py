"""The rules for code of published pipelines: their bounds, and the languages that each exempts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Variant = Literal["starcoder", "starcoder2", "redpajama", "nemotron"]

_ASSEMBLY = frozenset(("Assembly", "Unix Assembly", "Motorola 68K Assembly", "WebAssembly", "LLVM"))
_LOOSE_LINES = frozenset(
    ("HTML", "JSON", "Markdown", "Roff", "Roff Manpage", "SMT", "TeX", "Text", "XML", "SVG", "JSON with Comments")
)
_SHORT_DATA = frozenset(("Text", "JSON", "YAML", "Web Ontology Language", "Graphviz (DOT)"))
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Definition:
    """What a pipeline asks of a file; None where it does not ask.

    Sets of languages say where a bound does not hold, or alone holds.
    """

    source: str
    max_mean_line_length: float | None = 100
    max_line_length: int | None = 1000
    loose_lines: frozenset[str] = _NONE  # no bound on the mean, and `max_loose_line_length`
    max_loose_line_length: int | None = None
    min_lines: int | None = None
    max_lines: int | None = None
    short_data: frozenset[str] = _NONE  # no more lines than `max_data_lines`
    max_data_lines: int | None = None
    min_alphanumeric_share: float | None = None
    min_alphabetic_share: float | None = None
    any_alphabetic: frozenset[str] = _NONE  # the bound is on letters and digits instead
    min_alpha_per_token: float | None = None
    min_comment_share: float | None = None
    max_comment_share: float | None = None
    commented: frozenset[str] | None = None  # the only languages with a bound on comments; all that are known: None
    min_visible_share: float | None = None  # of HTML
    min_visible: int | None = None
    xml: frozenset[str] | None = None  # no file but of these languages begins as XML; None: not asked
    sized_data: frozenset[str] = _NONE  # bounds on the characters of data
    max_encoded_share: float | None = None
    max_encoded_length: int | None = None


VARIANTS: dict[Variant, Definition] = {
    "starcoder": Definition(
        source="Li et al. 2023, section 3, https://arxiv.org/abs/2305.06161; bigcode-dataset 014784c, filtering.py",
        min_alphanumeric_share=0.25,
        min_alphabetic_share=0.25,
        any_alphabetic=_ASSEMBLY,
        min_visible_share=0.2,
        min_visible=100,
        xml=frozenset(("XSLT",)),
        sized_data=frozenset(("JSON", "YAML")),
    ),
    "starcoder2": Definition(
        source="Lozhkov et al. 2024, section 2.1, https://arxiv.org/abs/2402.19173",
        loose_lines=_LOOSE_LINES,
        max_loose_line_length=100_000,
        max_lines=100_000,
        short_data=_SHORT_DATA,
        max_data_lines=512,
        min_alphabetic_share=0.25,
        any_alphabetic=frozenset(("Motorola 68K Assembly", "WebAssembly")),
        min_visible_share=0.2,
        min_visible=100,
        max_encoded_share=0.5,
        max_encoded_length=1024,
    ),
    "redpajama": Definition(
        source="Together 2023, RedPajama-Data-1T, GitHub; dolma 1.2.1, taggers/code/code_taggers.py",
        min_alphanumeric_share=0.25,
        min_alpha_per_token=1.5,
    ),
    "nemotron": Definition(
        source="NeMo Curator 579fe3a, stages/text/filters/heuristic/code/code.py",
        max_mean_line_length=None,
        max_line_length=None,
        min_lines=10,
        max_lines=20_000,
        min_alphabetic_share=0.25,
        min_comment_share=0.01,
        max_comment_share=0.85,
        min_visible_share=0.2,
        min_visible=100,
        xml=_NONE,
    ),
}
