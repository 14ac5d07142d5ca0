"""Trains a linear classifier on labelled texts, calibrates it on held-out folds, and measures it on a test set."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gristmill.contracts.calibration import calibration_of
from gristmill.errors import InputError
from gristmill.quality._linear_model import LinearModel
from gristmill.quality._measures import Figures, overall, slices
from gristmill.quality._training_set import FOLDS, LabelledTexts, Numbers, scrambled
from gristmill.text.hashed_features import Shape
from gristmill.text.linear_training import train

FEWEST = 20
"""Texts that a label must have at least."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How to train: epochs, the rate of AdaGrad, the decay of weights, and the seed of order and split."""

    epochs: int = 5
    rate: float = 0.1
    decay: float = 1e-6
    seed: int = 1


def fit(texts: LabelledTexts, shape: Shape, settings: Settings) -> tuple[LinearModel, Figures]:
    """A model and its figures on held-out texts; InputError where there is too little to learn from."""
    test, fold = texts.side(settings.seed)
    _check(texts, test)
    columns = 1 if len(texts.labels) == 2 else len(texts.labels)
    pooled = np.empty((len(texts.label), columns))
    for number in range(FOLDS):
        held = ~test & (fold == number)
        partial = _train(texts, np.flatnonzero(~test & ~held), shape, settings)
        pooled[held] = partial.activations(*texts.text, np.flatnonzero(held))
    slope, shift = calibration_of(pooled[~test], texts.label[~test])
    final = _train(texts, np.flatnonzero(~test), shape, settings, slope, shift)
    rows = np.flatnonzero(test)
    shares = final.probabilities(*texts.text, rows)
    lengths = np.diff(texts.text.offsets)[rows]
    places: list[int] = rows.tolist()
    chosen = [texts.source[row] for row in places], [texts.language[row] for row in places]
    return final, {
        "trained on": int((~test).sum()),
        "held out": overall(shares, texts.label[rows], texts.labels),
        "slices": slices(shares, texts.label[rows], *chosen, lengths),
        "groups": {"count": len(np.unique(texts.group)), "largest": int(np.bincount(texts.group).max())},
    }


def _check(texts: LabelledTexts, test: npt.NDArray[np.bool_]) -> None:
    if len(texts.labels) < 2:
        raise InputError("the labels", "are one alone: a classifier tells at least two apart")
    for number, label in enumerate(texts.labels):
        own = texts.label == number
        if own.sum() < FEWEST:
            raise InputError(
                f"the label {label}",
                f"has {own.sum()} different texts that can be used, and at least {FEWEST} are needed",
            )
        if not (own & test).any() or not (own & ~test).any():
            raise InputError(
                f"the label {label}", "has texts that are nearly copies of each other alone: none can be held out"
            )


def _train(
    texts: LabelledTexts, rows: Numbers, shape: Shape, settings: Settings, slope: float = 1.0, shift: float = 0.0
) -> LinearModel:
    labels = texts.labels
    counts = np.bincount(texts.label[rows], minlength=len(labels))
    importance = len(rows) / (len(labels) * np.maximum(counts, 1))  # each label counts alike, however many its texts
    keys = texts.keys[rows]
    orders = [rows[np.argsort(scrambled(keys, settings.seed + 2 + n), kind="stable")] for n in range(settings.epochs)]
    columns = 1 if len(labels) == 2 else len(labels)
    steps = np.array([settings.rate, settings.decay])
    weights, bias = train(*texts.text, np.stack(orders), texts.label, importance, shape, columns, shape.room(), steps)
    return LinearModel(labels, labels[1] if len(labels) == 2 else None, shape, weights, bias, slope, shift)
