"""Trains a linear classifier on labelled texts, calibrates it on held-out folds, and measures it on a test set."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gristmill.errors import InputError
from gristmill.quality._linear_model import LinearModel, calibrated
from gristmill.quality._measures import Figures, overall, slices
from gristmill.quality._training_set import FOLDS, LabelledTexts, Numbers, scrambled
from gristmill.text.hashed_features import Scores, Shape
from gristmill.text.linear_training import train

FEWEST = 20
"""Texts that a label must have at least."""

_STEPS = 100
_WIDEST = 1e4


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
    slope, shift = _line(pooled[~test], texts.label[~test])
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


def _line(activations: Scores, truth: Numbers) -> tuple[float, float]:
    """The line by which activations become probabilities: Platt's of one column, a temperature of more."""
    if activations.shape[1] == 1:
        return _platt(activations[:, 0], truth)
    low, high = np.log(1 / _WIDEST), np.log(_WIDEST)
    for _ in range(_STEPS):  # the loss is convex in the slope
        one, two = low + (high - low) / 3, high - (high - low) / 3
        if _loss(activations, truth, np.exp(one)) <= _loss(activations, truth, np.exp(two)):
            high = two
        else:
            low = one
    return float(np.exp((low + high) / 2)), 0.0


def _loss(activations: Scores, truth: Numbers, slope: float) -> float:
    shares = calibrated(activations, slope, 0.0)[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(shares, 1e-300)).mean())


def _platt(score: npt.NDArray[np.float64], truth: Numbers) -> tuple[float, float]:
    """Newton's method on the log loss of smoothed targets (Platt 1999; Lin, Lin and Weng 2007)."""
    positive = int(truth.sum())
    targets = np.where(truth == 1, (positive + 1) / (positive + 2), 1 / (len(truth) - positive + 2))
    scale = max(float(np.abs(score).max()), 1e-12)
    rows = np.stack([score / scale, np.ones(len(score))])
    line = np.zeros(2)
    loss = _platt_loss(line, rows, targets)
    for _ in range(_STEPS):
        shares = 1 / (1 + np.exp(-(line @ rows)))
        slope = rows @ (shares - targets)
        bend = (rows * (shares * (1 - shares))) @ rows.T + 1e-9 * np.eye(2)
        step = np.linalg.solve(bend, slope)
        size = 1.0
        while size > 1e-6 and _platt_loss(line - size * step, rows, targets) > loss - 1e-4 * size * (slope @ step):
            size /= 2
        line = line - size * step
        before, loss = loss, _platt_loss(line, rows, targets)
        if before - loss < 1e-10 * max(before, 1.0):
            break
    return float(max(line[0] / scale, 0.0)), float(line[1])


def _platt_loss(
    line: npt.NDArray[np.float64], rows: npt.NDArray[np.float64], targets: npt.NDArray[np.float64]
) -> float:
    values = line @ rows
    return float((np.logaddexp(0, values) - targets * values).sum())
