"""Texts in one form: mojibake repaired, Unicode composed, invisible characters gone, lines and spaces alike."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from gristmill.clean._mojibake import repair
from gristmill.contracts.rules import Signal
from gristmill.contracts.step import Edit, RowStep
from gristmill.contracts.view import View
from gristmill.text.flat import flat
from gristmill.text.tidy import BIDI, CONTROL, TAG, ZERO_WIDTH, Tidied, tidied


class Normalise(RowStep):
    """Repair mojibake, compose characters (NFC), remove what cannot be seen, and make line ends and spaces alike.

    Indentation, tabs and spaces inside a line stay, so that code and tables keep their shape. Joiners and variation
    selectors stay where they shape a letter or an emoji, and so do the tags of an emoji flag.
    """

    version: ClassVar[int] = 1
    edits: ClassVar[bool] = True

    mojibake: bool = Field(True, description="Repair text that was read in a wrong encoding, line by line (ftfy).")
    nfc: bool = Field(True, description="Write characters in Unicode's composed form, NFC (UAX #15).")
    invisible: bool = Field(
        True, description="Remove control, zero-width, bidi and tag characters; they are counted either way."
    )
    max_blank_lines: int = Field(1, ge=0, le=1000, description="Most blank lines in a row.")

    def libraries(self) -> tuple[str, ...]:
        return ("ftfy",) if self.mojibake else ()

    def signals(self) -> tuple[Signal, ...]:
        return (
            Signal("mojibake_lines", "count", "lines that were mojibake and were repaired"),
            Signal("control_characters", "count", "control characters and noncharacters, line ends and tabs left out"),
            Signal("zero_width_characters", "count", "zero-width spaces, soft hyphens, byte-order marks and the like"),
            Signal("bidi_characters", "count", "marks, embeddings, overrides and isolates of the writing direction"),
            Signal("tag_characters", "count", "tags (U+E0000 to U+E007F), which can hide a text in a text"),
        )

    def edit(self, view: View) -> Edit:
        texts = pc.cast(view.column("text"), pa.large_string())
        repaired, lines = repair(texts) if self.mojibake else (texts, np.zeros(len(texts), np.int64))
        whole = flat(repaired)
        tidy = tidied(
            whole.data,
            whole.offsets,
            np.arange(len(texts), dtype=np.int64),
            strip=self.invisible,
            most_blank=self.max_blank_lines,
        )
        text = _as_array(tidy, repaired)
        counts = {
            "mojibake_lines": lines,
            "control_characters": tidy.removed[:, CONTROL],
            "zero_width_characters": tidy.removed[:, ZERO_WIDTH],
            "bidi_characters": tidy.removed[:, BIDI],
            "tag_characters": tidy.removed[:, TAG],
        }
        return Edit(
            _composed(text, tidy.recomposes) if self.nfc else text,
            signals={name: pa.array(np.ascontiguousarray(count)) for name, count in counts.items()},
        )


def _as_array(tidy: Tidied, before: pa.Array) -> pa.Array:
    """The tidied texts; null where there was none."""
    if not tidy.changed.any():
        return before
    valid = None
    if before.null_count:
        valid = pa.array(np.asarray(pc.is_valid(before).to_numpy(zero_copy_only=False))).buffers()[1]
    buffers = [valid, pa.py_buffer(tidy.offsets), pa.py_buffer(tidy.data)]
    return pa.Array.from_buffers(pa.large_string(), len(before), buffers)


def _composed(texts: pa.Array, may_differ: np.ndarray) -> pa.Array:
    """Form NFC, asked for only where a text has characters that it may write otherwise."""
    if not may_differ.any():
        return texts
    rows = pa.array(np.flatnonzero(may_differ))
    return pc.replace_with_mask(texts, pa.array(may_differ), pc.utf8_normalize(texts.take(rows), "NFC"))
