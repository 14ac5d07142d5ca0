"""Drop texts that are mostly encoded data, or cut it out: base64, dumps, data URIs, escapes, minified code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pyarrow as pa
from pydantic import Field

from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.step import Edit, RowStep, threshold
from gristmill.contracts.view import View
from gristmill.safety._cutting import without
from gristmill.safety._evidence import excerpt
from gristmill.text.blob_counts import BASE64, BASE85, DATA_URI, HEX, LONG, MINIFIED, PERCENT_ENCODED
from gristmill.text.blobs import blobs
from gristmill.text.hits import Hits

_KINDS = {
    BASE64: ("base64", "base64"),
    DATA_URI: ("data_uri", "data URIs"),
    HEX: ("hex", "long hexadecimal numbers and dumps"),
    BASE85: ("base85", "base85 and uuencode"),
    PERCENT_ENCODED: ("percent", "percent-encoding outside urls"),
    MINIFIED: ("minified", "minified code"),
    LONG: ("long_token", "other runs of 256 characters or more without a space"),
}


class EncodedBlobs(RowStep):
    """Measures how much of a text is encoded rather than written, and drops it above a share, or cuts that out.

    A blob is a run, or lines of one length, in which capitals, small letters and digits stand in turns as nobody
    writes them. Hashes up to SHA-512, UUIDs, urls, DNA, tables of numbers and text in any script are none. Shares
    are of bytes. No paper gives the bounds: docs/safety.md says what was measured.
    """

    version: ClassVar[int] = 1

    min_characters: int = Field(
        132, ge=40, le=100_000, description="Shorter encoded runs are left alone; SHA-512 in hexadecimal has 128."
    )
    cut: bool = Field(False, description="Cut blobs out, rather than drop the texts that have many.")
    max_share: float = threshold(0.3, ge=0, le=1, description="Without cut, most of a text that may be blobs.")
    max_cut_share: float = threshold(
        0.95, ge=0, le=1, description="With cut, drop the text where more of it was blobs than this."
    )

    @property
    def edits(self) -> bool:  # type: ignore[override]  # by its settings, where other steps always edit or never
        return self.cut

    def signals(self) -> tuple[Signal, ...]:
        return (
            Signal("blob_share", "share", "bytes of the text that are in blobs; null for an empty text"),
            Signal("blobs", "count", "blobs"),
            Signal("longest_blob", "count", "bytes of the longest one"),
            *(Signal(f"{name}_share", "share", f"bytes that are {what}") for name, what in _KINDS.values()),
            Signal("evidence", "label", "the kind and the beginning of the longest one"),
        )

    def rules(self) -> tuple[Rule, ...]:
        if self.cut:
            return (Rule("only_blobs", "blob_share", high=self.max_cut_share, option="max_cut_share"),)
        return (Rule("too_many_blobs", "blob_share", high=self.max_share, option="max_share"),)

    def measure(self, view: View) -> Mapping[str, pa.Array]:
        return {} if self.cut else _measured(view, self._found(view))

    def edit(self, view: View) -> Edit:
        found = self._found(view)
        return Edit(without(view, found.rows, found.starts, found.stops), signals=_measured(view, found))

    def _found(self, view: View) -> Hits:
        return blobs(view.text.data, view.text.offsets, view.rows, self.min_characters)


def _measured(view: View, found: Hits) -> dict[str, pa.Array]:
    size = len(view)
    data, offsets = view.text
    whole = offsets[view.rows + 1] - offsets[view.rows]
    lengths = found.stops - found.starts
    longest = np.zeros(size, np.int64)
    np.maximum.at(longest, found.rows, lengths)
    total = np.zeros(size, np.int64)
    np.add.at(total, found.rows, lengths)

    def share(part: np.ndarray) -> pa.Array:
        return pa.array(part / np.maximum(whole, 1), mask=whole == 0)

    shares = {}
    for kind, (name, _) in _KINDS.items():
        part = np.zeros(size, np.int64)
        np.add.at(part, found.rows, np.where(found.entries == kind, lengths, 0))
        shares[f"{name}_share"] = share(part)
    evidence: list[str | None] = [None] * size
    for row, start, stop, kind in zip(*(column.tolist() for column in found), strict=True):
        if evidence[row] is None and stop - start == longest[row]:
            evidence[row] = f"{_KINDS[kind][0]}: {excerpt(data, start, stop)}"
    return {
        "blob_share": share(total),
        "blobs": pa.array(found.counts(size)),
        "longest_blob": pa.array(longest),
        **shares,
        "evidence": pa.array(evidence, pa.string()),
    }
