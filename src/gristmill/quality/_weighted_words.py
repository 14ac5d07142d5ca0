"""The words that a linear model weighs most, looked up for its card: only such as many unlike texts have."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pyarrow as pa

from gristmill.quality._linear_model import LinearModel
from gristmill.quality._training_set import LabelledTexts
from gristmill.text.flat import flat
from gristmill.text.hashed_features import slots_of_runs

_WORD = re.compile(rb"[0-9a-z\x80-\xff]{2,20}")  # one class of bytes, so that no text can make it slow
_MOST_TEXTS = 20_000
_MOST_WORDS = 20
_FEWEST_GROUPS = 10


def weighted_words(model: LinearModel, texts: LabelledTexts) -> dict[str, list[tuple[str, float]]]:
    """For each label the words that speak most for it, with their weights.

    A word must stand in ten groups of texts, none nearly a copy of one of another: the card is to quote nobody.
    Slots are shared, so that a weight may be another feature's.
    """
    data, offsets = texts.text
    groups: Counter[bytes] = Counter()
    seen: set[int] = set()
    for row in range(min(len(texts.label), _MOST_TEXTS)):
        if texts.group[row] not in seen:
            seen.add(int(texts.group[row]))
            groups.update(set(_WORD.findall(data[offsets[row] : offsets[row + 1]].tobytes().lower())))
    common = sorted(word.decode() for word, count in groups.items() if count >= _FEWEST_GROUPS and _is_text(word))
    words = flat(pa.array(common, pa.large_string()))
    slots = slots_of_runs(words.data, words.offsets, model.shape, model.shape.room())
    found = {}
    for number, label in enumerate(model.labels):
        column = model.weights[slots, number if len(model.labels) > 2 else 0].astype(np.float64)
        signed = -column if len(model.labels) == 2 and number == 0 else column
        order = np.argsort(-signed, kind="stable")[:_MOST_WORDS]
        found[label] = [(common[at], round(float(signed[at]), 4)) for at in order if signed[at] > 0]
    return found


def _is_text(word: bytes) -> bool:
    try:
        return word.decode().isprintable()
    except UnicodeDecodeError:
        return False
