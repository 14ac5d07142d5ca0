"""Activations as probabilities, by a line for two labels and a temperature for more; and how reliable those are."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.hashed_features import Scores

Numbers = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]

_STEPS = 100
_WIDEST = 1e4
_TENTHS = 10


def calibrated(activations: Scores, slope: float, shift: float) -> npt.NDArray[np.float64]:
    """Probabilities of all labels by row: of two labels from one column, of more from one column each."""
    scaled = slope * activations + shift
    if scaled.shape[1] == 1:
        yes = 1 / (1 + np.exp(-np.clip(scaled[:, 0], -700, 700)))
        return np.stack([1 - yes, yes], axis=1)
    raised = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    shares: npt.NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return shares


def calibration_of(activations: Scores, truth: Numbers) -> tuple[float, float]:
    """The slope and shift by which activations become probabilities: Platt's of one column, a temperature of more."""
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


class Tenths(NamedTuple):
    """By tenths of what was said, of 0 where nothing was: the mean said, the mean that is true, the weight of all."""

    said: Shares
    true: Shares
    weight: Shares

    def error(self) -> float:
        """The mean distance of what was said and what is true (expected calibration error, Guo et al. 2017)."""
        return float((np.abs(self.said - self.true) * self.weight).sum() / max(self.weight.sum(), 1e-300))


def tenths(said: Shares, true: npt.NDArray[Any], weights: npt.NDArray[Any]) -> Tenths:
    """How reliable shares between 0 and 1 are; `true` are shares too, or 0 and 1."""
    tenth = np.minimum((said * _TENTHS).astype(np.int64), _TENTHS - 1)
    whole: Shares = np.bincount(tenth, weights, _TENTHS).astype(np.float64)

    def mean(shares: npt.NDArray[Any]) -> Shares:
        return np.bincount(tenth, weights * shares, _TENTHS) / np.where(whole, whole, 1)

    return Tenths(mean(said), mean(true), whole)


def reliability(score: Shares, truth: Numbers) -> tuple[list[dict[str, Any]], float]:
    """In ten bins of scores the mean score and the share that is positive; and their mean distance (ECE)."""
    found = tenths(score, truth, np.ones(len(score)))
    rows = [
        {"from": number / _TENTHS, "texts": int(texts), "mean score": float(said), "positive": float(true)}
        for number, (said, true, texts) in enumerate(zip(*found, strict=True))
        if texts
    ]
    return rows, found.error()


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
