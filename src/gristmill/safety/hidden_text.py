"""Tell, and drop, texts with characters that hide something from who reads them but not from a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

import numpy as np
import pyarrow as pa

from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.step import RowStep, threshold
from gristmill.contracts.view import View
from gristmill.safety._evidence import excerpt, printable
from gristmill.text.characters import count_characters
from gristmill.text.counting import count_words
from gristmill.text.flat import Bytes
from gristmill.text.hidden import (
    EMBEDDINGS,
    HOMOGLYPHS,
    OVERRIDES,
    SELECTORS,
    TAGS,
    ZERO_WIDTH,
    ZERO_WIDTH_RUN,
    Hidden,
    hidden,
)

_UTS39 = "UTS #39, Unicode Security Mechanisms"
_TROJAN_SOURCE = "Boucher and Anderson 2021, Trojan Source, arXiv:2111.00169"
_LONGEST_MESSAGE = 200  # characters
_FEWEST = 40  # characters that a share is of: two joiners are a tenth of a short Chinese title, and hide nothing
_LOOKED_AT = 8 * _LONGEST_MESSAGE  # bytes of a message, four to a character

_SIGNALS = {
    TAGS: Signal("tag_characters", "count", "tags (U+E0000 to U+E007F) outside flags: ASCII that no one sees"),
    ZERO_WIDTH: Signal("zero_width_characters", "count", "without width, that shape no letter and part no words"),
    ZERO_WIDTH_RUN: Signal("zero_width_run", "count", "the most characters without width in a row"),
    SELECTORS: Signal("selectors", "count", "variation selectors that choose none: a byte can hide in each"),
    OVERRIDES: Signal("bidi_overrides", "count", "U+202D and U+202E, which reorder what is read"),
    EMBEDDINGS: Signal("bidi_embeddings", "count", "U+202B and U+2067 in lines without right-to-left letters"),
    HOMOGLYPHS: Signal("homoglyph_words", "count", "words of two scripts whose letters look alike"),
}


class HiddenText(RowStep):
    """Counts invisible and reordering characters and look-alikes; by default drops what holds a hidden message.

    Stands behind `extract` and before `normalise`, which removes what cannot be seen. What a page hides by its markup
    is gone by then, or is text like any other: that is for `hidden_markup`, before `extract`.
    """

    version: ClassVar[int] = 2

    max_tag_characters: int = threshold(4, ge=0, description="Most tag characters outside flags.")
    max_zero_width_run: int = threshold(
        15, ge=0, description="Most characters without width in a row: two bytes in binary take 16."
    )
    max_selectors: int = threshold(4, ge=0, description="Most variation selectors that choose no variant.")
    max_hidden_share: float = threshold(
        0.1, ge=0, le=1, description="Most of the characters that may be tags, selectors or without width."
    )
    max_bidi_overrides: int | None = threshold(
        None, ge=0, description="Most bidi overrides; any number unless given (source code has none)."
    )
    max_bidi_embeddings: int | None = threshold(
        None, ge=0, description="Most right-to-left embeddings in lines without such letters; any unless given."
    )
    max_homoglyph_share: float = threshold(
        0.1, ge=0, le=1, description="Most of the words that may mix look-alikes of two scripts."
    )

    def signals(self) -> tuple[Signal, ...]:
        return (
            *_SIGNALS.values(),
            Signal("hidden_share", "share", f"tags, selectors and what has no width among {_FEWEST} characters or all"),
            Signal("homoglyph_share", "share", "homoglyph words among all words"),
            Signal("message", "label", "what tags or selectors say, decoded"),
            Signal("evidence", "label", "the first of each kind, and what stands behind it"),
        )

    def rules(self) -> tuple[Rule, ...]:
        rules = [
            Rule("tags", "tag_characters", high=self.max_tag_characters, option="max_tag_characters"),
            Rule("zero_width", "zero_width_run", high=self.max_zero_width_run, option="max_zero_width_run"),
            Rule("selectors", "selectors", high=self.max_selectors, option="max_selectors"),
            Rule("hidden_characters", "hidden_share", high=self.max_hidden_share, option="max_hidden_share"),
            Rule(
                "homoglyphs",
                "homoglyph_share",
                high=self.max_homoglyph_share,
                source=_UTS39,
                option="max_homoglyph_share",
            ),
        ]
        for reason in ("bidi_overrides", "bidi_embeddings"):
            most = getattr(self, f"max_{reason}")
            if most is not None:
                rules.append(Rule(reason, reason, high=most, source=_TROJAN_SOURCE, option=f"max_{reason}"))
        return tuple(rules)

    def measure(self, view: View) -> Mapping[str, pa.Array]:
        data, offsets = view.text
        found = hidden(data, offsets, view.rows)
        starts, stops = offsets[view.rows], offsets[view.rows + 1]
        invisible = found.counts[:, [TAGS, ZERO_WIDTH, SELECTORS]].sum(axis=1)
        some = np.flatnonzero(invisible)
        characters = stops - starts  # exact where it is asked for: a text without them has a share of 0 either way
        characters[some] = [count_characters(data, starts[k], stops[k]) for k in some]
        words = count_words(data, offsets)[view.rows]
        empty = stops == starts
        messages: list[str | None] = [None] * len(view)
        evidence: list[str | None] = [None] * len(view)
        for k in np.flatnonzero(found.counts.any(axis=1)).tolist():
            messages[k] = _message(data, found, k, int(stops[k]))
            evidence[k] = "; ".join(_evidence(data, found, k, int(stops[k]))) or None
        homoglyphs = np.minimum(found.counts[:, HOMOGLYPHS], words)
        return {
            **{one.name: pa.array(np.ascontiguousarray(found.counts[:, kind])) for kind, one in _SIGNALS.items()},
            "hidden_share": pa.array(invisible / np.maximum(characters, _FEWEST), mask=empty),
            "homoglyph_share": pa.array(homoglyphs / np.maximum(words, 1), mask=empty),
            "message": pa.array(messages, pa.string()),
            "evidence": pa.array(evidence, pa.string()),
        }


def _message(data: Bytes, found: Hidden, row: int, stop: int) -> str | None:
    """What the first tags say, else the first selectors."""
    for kind, read in ((TAGS, _of_tags), (SELECTORS, _of_selectors)):
        at = int(found.first[row, kind])
        if at >= 0:
            return printable(
                read(data[at : min(at + _LOOKED_AT, stop)].tobytes().decode("utf-8", "ignore")), _LONGEST_MESSAGE
            )
    return None


def _of_tags(text: str) -> str:
    """Tags as the ASCII characters that they are copies of."""
    return "".join(chr(ord(c) - 0xE0000) for c in text if 0xE0020 <= ord(c) < 0xE007F)


def _of_selectors(text: str) -> str:
    """Selectors as bytes: VS1 to VS256 are 0 to 255."""
    codes = [ord(c) - (0xFE00 if ord(c) < 0xFE10 else 0xE0100 - 16) for c in text if _selects(ord(c))]
    return bytes(codes).decode("utf-8", "replace")


def _selects(code: int) -> bool:
    return 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF


def _evidence(data: Bytes, found: Hidden, row: int, stop: int) -> Iterator[str]:
    for kind, signal in _SIGNALS.items():
        at = int(found.first[row, kind])
        if at < 0 or (kind == ZERO_WIDTH_RUN and found.counts[row, kind] < 2):
            continue
        yield f"{signal.name} {found.counts[row, kind]}: {excerpt(data, at, stop, 24)}"
