"""Replaces spans of texts: which of those that overlap counts, what stands in its place, what the ledger is told."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np
import pyarrow as pa

from gristmill.contracts.rules import SPANS
from gristmill.contracts.step import Edit
from gristmill.protect._candidate import Judged
from gristmill.protect._pseudonyms import keyed_hash
from gristmill.text.counting import count_words
from gristmill.text.flat import Bytes, Flat, flat

Action = Literal["mask", "pseudonym", "remove", "report"]

_NOTHING: list[dict[str, object]] = []
"""What is told of a text without finds."""


class Redaction(NamedTuple):
    """What a step does with what it finds."""

    action_of: Mapping[str, Action]
    placeholder_of: Mapping[str, str]
    stand_in: Callable[[str, str], str | None]  # kind, value; null where the kind has none
    key: bytes | None

    def of(self, kind: str, value: bytes) -> tuple[bytes, Action]:
        """What stands in the place of a value, and what was done."""
        action = self.action_of[kind]
        if action == "report":
            return value, action
        if action == "pseudonym":
            text = self.stand_in(kind, value.decode("utf-8", "replace"))
            if text is not None:
                return text.encode(), action
        if action == "remove":
            return b"", action
        return self.placeholder_of[kind].encode(), "mask"


def apart(found: Iterable[tuple[int, Judged]], general: Collection[str] = ()) -> dict[int, list[Judged]]:
    """By row, spans that do not overlap, in order. Those that do are made one, so that nothing of either is left.

    It has the kind of the longest; of two of one span the kind that is not `general`.
    """
    rows: dict[int, list[Judged]] = {}
    for row, one in found:
        rows.setdefault(row, []).append(one)
    return {row: _apart(spans, general) for row, spans in rows.items()}


def _apart(spans: list[Judged], general: Collection[str]) -> list[Judged]:
    if len(spans) == 1:
        return spans

    def weight(span: Judged) -> tuple[int, bool, str]:
        return span.stop - span.start, span.kind not in general, span.kind

    merged: list[list[Judged]] = []
    reach = -1
    for one in sorted(spans, key=lambda span: span.start):
        if one.start < reach:
            merged[-1].append(one)
        else:
            merged.append([one])
        reach = max(reach, one.stop)
    return [Judged(max(group, key=weight).kind, group[0].start, max(span.stop for span in group)) for group in merged]


def redacted(texts: pa.Array, whole: Flat, spans: Mapping[int, list[Judged]], redaction: Redaction) -> Edit:
    """The edit: new texts, and the signals `found`, `density`, `kinds` and `spans`.

    Bytes outside the spans are those of the text. `whole` is the flat view of `texts`.
    """
    size = len(texts)
    changed: dict[int, bytes] = {}
    told: list[list[dict[str, object]]] = [_NOTHING] * size
    kinds = ["none"] * size
    for row in sorted(spans):
        first, last = whole.offsets[row], whole.offsets[row + 1]
        anew, told[row] = _replaced(whole.data[first:last], int(first), spans[row], redaction)
        if any(entry["action"] != "report" for entry in told[row]):
            changed[row] = anew
        kinds[row] = ",".join(sorted({one.kind for one in spans[row]}))
    found, words = np.zeros(size, np.int64), np.ones(size, np.int64)
    rows = np.array(sorted(spans), np.int64)
    found[rows] = [len(told[row]) for row in rows]
    if len(rows):  # the words of other texts decide nothing
        touched = flat(texts.take(pa.array(rows)))
        words[rows] = np.maximum(count_words(touched.data, touched.offsets), 1)
    return Edit(
        _with(texts, whole, changed),
        signals={
            "found": pa.array(found),
            "density": pa.array(found * 1000 / words),
            "kinds": pa.array(kinds, pa.string()),
            "spans": pa.array(told, SPANS),
        },
    )


def _replaced(
    text: Bytes, first: int, spans: Sequence[Judged], redaction: Redaction
) -> tuple[bytes, list[dict[str, object]]]:
    """A text that begins at `first` of its data with its spans replaced, and what the ledger is told of each."""
    pieces: list[bytes] = []
    told: list[dict[str, object]] = []
    at = 0
    for one in spans:
        start, stop = one.start - first, one.stop - first
        value = text[start:stop].tobytes()
        new, action = redaction.of(one.kind, value)
        pieces += [text[at:start].tobytes(), new]
        at = stop
        known = keyed_hash(one.kind, value, redaction.key) if redaction.key else None
        told.append({"kind": one.kind, "start": start, "stop": stop, "action": action, "hash": known})
    return b"".join([*pieces, text[at:].tobytes()]), told


def _with(texts: pa.Array, whole: Flat, changed: Mapping[int, bytes]) -> pa.Array:
    """The texts with those of some rows replaced."""
    if not changed:
        return texts
    lengths = np.diff(whole.offsets)
    pieces: list[bytes] = []
    at = 0
    for row, text in changed.items():
        pieces += [whole.data[whole.offsets[at] : whole.offsets[row]].tobytes(), text]
        lengths[row] = len(text)
        at = row + 1
    pieces.append(whole.data[whole.offsets[at] : whole.offsets[-1]].tobytes())
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    valid = (
        pa.array(np.asarray(texts.is_valid().to_numpy(zero_copy_only=False))).buffers()[1] if texts.null_count else None
    )
    buffers = [valid, pa.py_buffer(offsets), pa.py_buffer(b"".join(pieces))]
    return pa.Array.from_buffers(pa.large_string(), len(texts), buffers)
