"""Probabilities of labels by models that have not seen the example: cross-validation over packed texts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gristmill.contracts.calibration import calibrated, calibration_of
from gristmill.contracts.step import Evidence, Keys, Nodes
from gristmill.contracts.view import View
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.hashed_features import Shape, activations
from gristmill.text.linear_training import train
from gristmill.text.mixing import hash_lists
from gristmill.text.ragged import offsets_of, picked
from gristmill.text.simplify import simplified

_CONTENT, _ORDER, _FOLD = 31, 32, 33  # seeds of hashes
_HEAD = 2
"""Numbers before a packed text: a hash of its words, and its bytes."""

_RATE, _DECAY = 0.1, 1e-6
_MOST_WEIGHTS = 1 << 26
"""Numbers in a model, whose slots are fewer the more labels there are: 256 MB, and as much beside while it learns."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The text of each candidate: `data[offsets[k]:offsets[k + 1]]`, and a hash of its words."""

    content: Keys
    data: Bytes
    offsets: Offsets

    @property
    def lengths(self) -> Nodes:
        return np.diff(self.offsets)


def packed(view: View, most_bytes: int) -> tuple[Keys, Nodes]:
    """The first bytes of the text of each asked row as numbers of 64 bits, behind a hash of its words and its size."""
    text = view.text
    starts = text.offsets[view.rows]
    lengths = np.minimum(text.offsets[view.rows + 1] - starts, most_bytes)
    words = (lengths + 7) // 8
    offsets = offsets_of(words + _HEAD)
    values = np.zeros(int(offsets[-1]), np.uint64)
    simple, bounds = simplified(text.data, text.offsets, view.rows)
    values[offsets[:-1]] = hash_lists(simple, bounds, _CONTENT)
    values[offsets[:-1] + 1] = lengths
    into = (offsets[:-1] + _HEAD) * 8
    within = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    values.view(np.uint8)[np.repeat(into, lengths) + within] = text.data[np.repeat(starts, lengths) + within]
    return values, offsets


def unpacked(evidence: Evidence) -> Texts:
    """What `packed` made, of all candidates."""
    values, offsets = np.asarray(evidence.values), np.asarray(evidence.offsets)
    begins = offsets[:-1]
    lengths = values[begins + 1].astype(np.int64) if len(begins) else np.empty(0, np.int64)
    bounds = offsets_of(lengths)
    into = np.repeat((begins + _HEAD) * 8 - bounds[:-1], lengths) + np.arange(int(bounds[-1]))
    data = values.view(np.uint8)[into] if len(values) else np.empty(0, np.uint8)
    content = values[begins] if len(begins) else np.empty(0, np.uint64)
    return Texts(content, data, bounds)


def out_of_fold(
    texts: Texts, rows: Nodes, given: Nodes, labels: int, folds: int, epochs: int
) -> npt.NDArray[np.float64]:
    """By row and label, from models trained on the other folds and calibrated on all that they did not see.

    Texts of the same words are in one fold, so that none is judged by its own copy.
    """
    columns = 1 if labels == 2 else labels
    bits = min(18, int(np.log2(_MOST_WEIGHTS // columns)))
    shape = Shape(bits, 2, 5, 2, int(texts.lengths.max(initial=1)))
    own = picked(texts.content, np.arange(len(texts.content) + 1), rows)[0]
    fold = _mixed(own, _FOLD) % np.uint64(folds)
    pooled = np.zeros((len(rows), columns))
    label = np.zeros(len(texts.content), np.int64)
    label[rows] = given
    alike = np.ones(labels)
    for number in range(folds):
        held = fold == number
        seen = rows[~held]
        if not len(seen) or not held.any():
            continue
        keys = own[~held]
        orders = np.stack([seen[np.argsort(_mixed(keys, _ORDER + epoch), kind="stable")] for epoch in range(epochs)])
        settings = np.array([_RATE, _DECAY])
        model = train(texts.data, texts.offsets, orders, label, alike, shape, columns, shape.room(), settings)
        pooled[held] = activations(texts.data, texts.offsets, rows[held], shape, *model, shape.room())
    return calibrated(pooled, *calibration_of(pooled, given))


def _mixed(keys: Keys, seed: int) -> Keys:
    return hash_lists(keys, np.arange(len(keys) + 1), seed)
