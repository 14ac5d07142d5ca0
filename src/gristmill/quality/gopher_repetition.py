"""Drop texts that repeat themselves: the repetition rules of Gopher (Rae et al. 2021, table A1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.scans import Words, segments, tokens, words
from gristmill.contracts.step import RowStep, threshold
from gristmill.contracts.view import View
from gristmill.text.ngrams import LAST_TOP, SIZES
from gristmill.text.repeated_lines import Cut, find_newlines, repeated_pieces
from gristmill.text.repetition import DATATROVE, DCLM, DOLMA, NEMO, repeated_characters

Counts = npt.NDArray[np.int64]
Variant = Literal["datatrove", "nemo", "dolma", "dclm"]


class _Way(NamedTuple):
    """How one implementation does it."""

    source: str
    style: int
    words: Callable[[View], Words]
    lines: Cut
    paragraphs: Cut | None
    pieces_of: Literal["text", "words", "pieces"]  # what the characters of repeated lines are a share of
    refuses_empty: bool


_GOPHER = "Gopher (arXiv:2112.11446), table A1"

_WAYS: dict[str, _Way] = {
    "datatrove": _Way(
        f"datatrove 0.10, GopherRepetitionFilter; {_GOPHER}",
        DATATROVE,
        tokens,
        Cut(1, True, False, False, True, False),
        Cut(2, True, True, False, True, False),
        "text",
        refuses_empty=True,
    ),
    "nemo": _Way(
        f"NeMo Curator 1.4, heuristic/repetition; {_GOPHER}",
        NEMO,
        words,
        Cut(1, False, False, False, False, False),
        Cut(2, False, False, False, True, False),
        "pieces",
        refuses_empty=False,
    ),
    "dolma": _Way(
        f"Dolma 1.2, tagger gopher_v1 and its mixer; {_GOPHER}",
        DOLMA,
        words,
        Cut(1, False, False, False, True, True),
        None,
        "words",
        refuses_empty=False,
    ),
    "dclm": _Way(
        f"DCLM, massive_web_repetition_filters; {_GOPHER}",
        DCLM,
        segments,
        Cut(1, False, False, True, False, True),
        Cut(2, False, False, True, False, True),
        "pieces",
        refuses_empty=True,
    ),
}

_LINES, _PARAGRAPHS = "duplicate_line_share", "duplicate_paragraph_share"
_LINE_CHARS, _PARAGRAPH_CHARS = "duplicate_line_char_share", "duplicate_paragraph_char_share"
_GRAMS = tuple(f"{'top' if n <= LAST_TOP else 'duplicate'}_{n}gram_char_share" for n in SIZES)

_BOUNDS: dict[str, float] = {
    _LINES: 0.30,
    _PARAGRAPHS: 0.30,
    _LINE_CHARS: 0.20,
    _PARAGRAPH_CHARS: 0.20,
    **dict(zip(_GRAMS, (0.20, 0.18, 0.16, 0.15, 0.14, 0.13, 0.12, 0.11, 0.10), strict=True)),
}
"""Gopher's upper bounds, which every variant has but for `_OTHER_BOUNDS`."""

_OTHER_BOUNDS: dict[tuple[str, str], float] = {("dolma", _LINE_CHARS): 0.30}


def _bound(what: str) -> float | None:
    field: float | None = threshold(None, ge=0, le=1, description=f"Highest share of {what}; the variant's unless set.")
    return field


class GopherRepetition(RowStep):
    """Thirteen shares of a text that are repetition: lines, paragraphs, the commonest n-gram, repeated n-grams.

    Shares of n-grams count characters. They are compared by 64-bit hashes.
    """

    variant: Variant = Field("datatrove", description="Whose reading of the rules, and whose words.")
    max_duplicate_line_share: float | None = _bound("lines that are copies")
    max_duplicate_paragraph_share: float | None = _bound("paragraphs that are copies")
    max_duplicate_line_char_share: float | None = _bound("characters in lines that are copies")
    max_duplicate_paragraph_char_share: float | None = _bound("characters in paragraphs that are copies")
    max_top_2gram_char_share: float | None = _bound("characters in the commonest pair of words")
    max_top_3gram_char_share: float | None = _bound("characters in the commonest three words")
    max_top_4gram_char_share: float | None = _bound("characters in the commonest four words")
    max_duplicate_5gram_char_share: float | None = _bound("characters in repeated runs of 5 words")
    max_duplicate_6gram_char_share: float | None = _bound("characters in repeated runs of 6 words")
    max_duplicate_7gram_char_share: float | None = _bound("characters in repeated runs of 7 words")
    max_duplicate_8gram_char_share: float | None = _bound("characters in repeated runs of 8 words")
    max_duplicate_9gram_char_share: float | None = _bound("characters in repeated runs of 9 words")
    max_duplicate_10gram_char_share: float | None = _bound("characters in repeated runs of 10 words")

    def signals(self) -> tuple[Signal, ...]:
        way = _WAYS[self.variant]
        out = [Signal("pieces", "count", "Lines that the shares of lines are about; 0 in an empty text.")]
        for name in _BOUNDS:
            if way.paragraphs is not None or name not in (_PARAGRAPHS, _PARAGRAPH_CHARS):
                # Copies that overlap are counted twice by some, so these may pass 1.
                over_one = name in _GRAMS or (way.pieces_of == "words" and name == _LINE_CHARS)
                text = str(type(self).model_fields[f"max_{name}"].description)
                out.append(Signal(name, "number" if over_one else "share", _said(text)))
        return tuple(out)

    def rules(self) -> tuple[Rule, ...]:
        way = _WAYS[self.variant]
        measured = {signal.name for signal in self.signals()}
        out = [Rule("empty", "pieces", low=1, source=way.source)] if way.refuses_empty else []
        for name, gopher in _BOUNDS.items():
            if name in measured:
                own = getattr(self, f"max_{name}")
                high = _OTHER_BOUNDS.get((self.variant, name), gopher) if own is None else own
                out.append(Rule(name.removesuffix("_share"), name, high=high, source=way.source, option=f"max_{name}"))
        return tuple(out)

    def measure(self, view: View) -> Mapping[str, pa.Array]:
        way = _WAYS[self.variant]
        text = view.text
        found = way.words(view)
        parts, wholes = repeated_characters(way.style, text.data, text.offsets, view.rows, found)
        out = dict(zip(_GRAMS, _columns(parts, wholes), strict=True))
        if way.style == NEMO:
            # Curator gives a text with fewer words than the n-gram the highest score, so it goes.
            count = np.diff(found.offsets)[view.rows]
            for name, n in zip(_GRAMS, SIZES, strict=True):
                out[name] = pc.if_else(pa.array(count >= n), out[name], 1.0)
        newlines = find_newlines(text.data, text.offsets)
        lines = repeated_pieces(text.data, text.offsets, view.rows, newlines, way.lines)
        empty = text.offsets[view.rows] == text.offsets[view.rows + 1]
        out["pieces"] = pa.array(np.where(empty, 0, lines[:, 1]))
        whole = {"text": wholes[:, 0], "words": np.maximum(wholes[:, 0], 1), "pieces": lines[:, 3]}
        out[_LINES] = _shares(lines[:, 0], lines[:, 1])
        out[_LINE_CHARS] = _shares(lines[:, 2], whole[way.pieces_of])
        if way.paragraphs is not None:
            found_paragraphs = repeated_pieces(text.data, text.offsets, view.rows, newlines, way.paragraphs)
            whole["pieces"] = found_paragraphs[:, 3]
            out[_PARAGRAPHS] = _shares(found_paragraphs[:, 0], found_paragraphs[:, 1])
            out[_PARAGRAPH_CHARS] = _shares(found_paragraphs[:, 2], whole[way.pieces_of])
        return out


def _said(bound: str) -> str:
    """The description of a signal from that of its bound."""
    return "Share of " + bound.removeprefix("Highest share of ").removesuffix("; the variant's unless set.") + "."


def _quotients(part: Counts, whole: Counts) -> npt.NDArray[np.float64]:
    """Part by whole; nothing of nothing is no share, and is 0."""
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)


def _shares(part: Counts, whole: Counts) -> pa.Array:
    return pa.array(_quotients(part, whole))


def _columns(part: Counts, whole: Counts) -> list[pa.Array]:
    return [pa.array(column) for column in np.ascontiguousarray(_quotients(part, whole).T)]
