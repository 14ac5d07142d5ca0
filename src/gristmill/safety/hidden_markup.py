"""Tell how much of a page's text its markup hides from readers, and drop pages that instruct models there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.step import RowStep, threshold
from gristmill.contracts.view import View
from gristmill.safety._evidence import printable
from gristmill.safety._phrases import NAMES, TOPIC, table
from gristmill.text.flat import Flat, Offsets, flat
from gristmill.text.hidden_markup import ARIA_HIDDEN, COMMENT, NOSCRIPT, VISIBLE, Found, hidden_markup
from gristmill.text.hits import Hits
from gristmill.text.inline_style import (
    ATTRIBUTE,
    CLIP,
    COLOUR,
    DISPLAY,
    FONT_SIZE,
    OFF_SCREEN,
    OPACITY,
    VISIBILITY,
)
from gristmill.text.phrases import find_phrases

_KINDS = {
    DISPLAY: ("display_none", "display: none"),
    VISIBILITY: ("visibility_hidden", "visibility: hidden or collapse"),
    OPACITY: ("opacity_zero", "opacity: 0"),
    FONT_SIZE: ("font_size_zero", "a font size of a pixel or none"),
    OFF_SCREEN: ("off_screen", "a place 999 pixels and more beyond an edge"),
    CLIP: ("clipped", "clip, clip-path or a size of nothing"),
    COLOUR: ("one_colour", "text of the colour of its background, or transparent"),
    ATTRIBUTE: ("hidden_attribute", "the attribute hidden"),
}
_HIDDEN = tuple(_KINDS)
_TEMPLATE = NAMES.index("template")
_MOST_SHOWN = 1 << 12  # bytes of a stretch that are looked at for its evidence


class HiddenMarkup(RowStep):
    """Reads pages as found, before `extract`, and counts the characters that inline markup hides.

    Menus and dialogues of honest pages are hidden, too, so that a share of hidden text drops nothing unless asked
    for. What drops by default are phrases of `injection` in hidden text or in a comment, which no reader was to see.
    Style sheets and scripts are not read: a page that hides by a class is not told. `hidden_text` looks at characters
    of the text that `extract` makes, whatever the markup was; the two see different things, and a recipe has both.
    """

    version: ClassVar[int] = 1
    reads_text: ClassVar[bool] = False
    reads_payload: ClassVar[bool] = True

    assume_white: bool = Field(
        False, description="Take pages for white where they state no background, so that white text is hidden."
    )
    max_hidden_share: float | None = threshold(
        None, ge=0, le=1, description="Most of a page's text that may be hidden; any unless given."
    )
    max_hidden_instructions: int | None = threshold(
        0, ge=0, description="Most phrases that instruct models in hidden text; null: any number."
    )
    max_comment_instructions: int | None = threshold(
        0, ge=0, description="Most phrases that instruct models in comments; null: any number."
    )

    def signals(self) -> tuple[Signal, ...]:
        return (
            Signal("visible_characters", "count", "characters of text that inline markup lets be seen"),
            Signal("hidden_characters", "count", "characters of text that it hides"),
            Signal("hidden_share", "share", "these among all; null where there is no text"),
            *(Signal(name, "count", f"characters hidden by {what}") for name, what in _KINDS.values()),
            Signal("aria_hidden", "count", "characters that are seen but kept from screen readers"),
            Signal("noscript", "count", "characters for those without scripts, which are not counted as hidden"),
            Signal("comments", "count", "characters of comments"),
            Signal("hidden_instructions", "count", "phrases that instruct models in hidden text"),
            Signal("comment_instructions", "count", "phrases that instruct models in comments"),
            Signal("evidence", "label", "the first such phrase's stretch, else the longest that is hidden"),
        )

    def rules(self) -> tuple[Rule, ...]:
        bounds = {
            "hidden_share": ("hidden_text", self.max_hidden_share),
            "hidden_instructions": ("instructs_in_hidden_text", self.max_hidden_instructions),
            "comment_instructions": ("instructs_in_comment", self.max_comment_instructions),
        }
        return tuple(
            Rule(reason, signal, high=most, option=f"max_{signal}")
            for signal, (reason, most) in bounds.items()
            if most is not None
        )

    def measure(self, view: View) -> Mapping[str, pa.Array]:
        payloads, size = view.whole("payload"), len(view)
        if payloads is None:
            return {one.name: pa.nulls(size, one.arrow_type) for one in self.signals()}
        pages = flat(payloads)
        found = hidden_markup(pages.data, pages.offsets, view.rows, white=self.assume_white)
        none = ~np.asarray(pc.is_valid(payloads).to_numpy(zero_copy_only=False))[view.rows]
        instructed = _instructed(pages, found.stretches)
        hidden = found.counts[:, _HIDDEN].sum(axis=1)
        text = hidden + found.counts[:, VISIBLE]
        in_comment = found.stretches.entries == COMMENT

        def count(values: npt.NDArray[np.int64]) -> pa.Array:
            return pa.array(np.ascontiguousarray(values), mask=none)

        def phrases(which: npt.NDArray[np.bool_]) -> pa.Array:
            return count(np.bincount(found.stretches.rows[which], instructed[which], size).astype(np.int64))

        return {
            "visible_characters": count(found.counts[:, VISIBLE]),
            "hidden_characters": count(hidden),
            "hidden_share": pa.array(hidden / np.maximum(text, 1), mask=none | (text == 0)),
            **{name: count(found.counts[:, kind]) for kind, (name, _) in _KINDS.items()},
            "aria_hidden": count(found.counts[:, ARIA_HIDDEN]),
            "noscript": count(found.counts[:, NOSCRIPT]),
            "comments": count(found.counts[:, COMMENT]),
            "hidden_instructions": phrases(~in_comment),
            "comment_instructions": phrases(in_comment),
            "evidence": pa.array(_evidence(pages, found, instructed, size), pa.string()),
        }


def _instructed(pages: Flat, found: Hits) -> Offsets:
    """The phrases in each stretch that instruct models; marks of templates, and talk of the topic, are none here."""
    sizes = found.stops - found.starts
    bounds = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    places = np.repeat(found.starts - bounds[:-1], sizes) + np.arange(bounds[-1])
    hits = find_phrases(pages.data[places], bounds, np.arange(len(sizes), dtype=np.int64), table())
    some = (hits.entries != NAMES.index(TOPIC)) & (hits.entries != _TEMPLATE)
    return np.bincount(hits.rows[some], minlength=len(sizes)).astype(np.int64)


def _evidence(pages: Flat, found: Found, instructed: Offsets, size: int) -> list[str | None]:
    rows, starts, stops, kinds = found.stretches
    lengths = np.where(kinds == COMMENT, 0, stops - starts)
    order = np.lexsort((starts, -lengths, -np.minimum(instructed, 1), rows))
    first = np.unique(rows[order], return_index=True)[1]
    out: list[str | None] = [None] * size
    for k in order[first].tolist():
        if kinds[k] == COMMENT and not instructed[k]:
            continue
        raw = pages.data[starts[k] : min(stops[k], starts[k] + _MOST_SHOWN)].tobytes().decode("utf-8", "replace")
        name = "comment" if kinds[k] == COMMENT else _KINDS[int(kinds[k])][0]
        out[int(rows[k])] = f"{name}: {printable(raw if kinds[k] == COMMENT else _without_tags(raw))}"
    return out


def _without_tags(markup: str) -> str:
    pieces = markup.split("<")
    return " ".join([pieces[0], *(piece.partition(">")[2] for piece in pieces[1:])])
