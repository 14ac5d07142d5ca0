"""How well scores tell labels apart: area under the curve, precision and recall by threshold, reliability, by slice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gristmill.contracts.calibration import reliability

Shares = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
Figures = dict[str, Any]

THRESHOLDS = (0.01, 0.02, 0.05, *(n / 10 for n in range(1, 10)), 0.95, 0.98, 0.99)
_MOST_SLICES = 20
_FLOOR = 1e-12
_LENGTHS = (200, 1000, 4000)


def area(score: Shares, truth: Numbers) -> float | None:
    """The chance that a positive text scores higher than a negative one, ties counting half; None with one kind."""
    positive = int(truth.sum())
    negative = len(truth) - positive
    if not positive or not negative:
        return None
    _, places, counts = np.unique(score, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2
    return float((ranks[places][truth == 1].sum() - positive * (positive + 1) / 2) / (positive * negative))


def at_threshold(score: Shares, truth: Numbers, threshold: float) -> Figures:
    """Precision, recall, F1 and the share that is kept where texts with at least this score are taken."""
    taken = score >= threshold
    right = int((taken & (truth == 1)).sum())
    precision, recall = _ratio(right, int(taken.sum())), _ratio(right, int(truth.sum()))
    f1 = 2 * right / (taken.sum() + truth.sum()) if taken.sum() + truth.sum() else 0.0
    return {
        "threshold": threshold,
        "precision": precision,
        "recall": recall,
        "f1": float(f1),
        "kept": _ratio(int(taken.sum()), len(truth)),
        "accuracy": _ratio(int((taken == (truth == 1)).sum()), len(truth)),
    }


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def overall(shares: Shares, truth: Numbers, labels: Sequence[str]) -> Figures:
    """Of the probabilities of all labels: what there is to say of a model on held-out texts."""
    guess = np.argmax(shares, axis=1)
    own = shares[np.arange(len(truth)), truth]
    found: Figures = {
        "texts": len(truth),
        "accuracy": float((guess == truth).mean()),
        "log loss": float(-np.log(np.maximum(own, _FLOOR)).mean()),
    }
    if len(labels) == 2:
        rows, error = reliability(shares[:, 1], truth)
        found |= {"auc": area(shares[:, 1], truth), "at 0.5": at_threshold(shares[:, 1], truth, 0.5)}
        found |= {"brier": float(((shares[:, 1] - truth) ** 2).mean()), "calibration error": error}
        found |= {"reliability": rows, "thresholds": [at_threshold(shares[:, 1], truth, t) for t in THRESHOLDS]}
        return found
    rows, error = reliability(shares[np.arange(len(truth)), guess], (guess == truth).astype(np.int64))
    by_label = {}
    for number, label in enumerate(labels):
        figures = at_threshold((guess == number).astype(np.float64), (truth == number).astype(np.int64), 0.5)
        by_label[label] = {name: figures[name] for name in ("precision", "recall", "f1")}
    found |= {"macro f1": float(np.mean([figures["f1"] for figures in by_label.values()]))}
    return found | {"calibration error": error, "reliability": rows, "labels": by_label}


def slices(
    shares: Shares, truth: Numbers, sources: Sequence[str], languages: Sequence[str | None], lengths: Numbers
) -> list[Figures]:
    """The same by source, language and length, of the most frequent ones."""
    bounds = ["0", *map(str, _LENGTHS)]
    sizes = [f"from {bounds[k]} bytes" for k in np.searchsorted(_LENGTHS, lengths, side="right").tolist()]
    found = []
    for kind, names in (("source", sources), ("language", languages), ("length", sizes)):
        for name in _most(names):
            own = np.array([other == name for other in names], np.bool_)
            found.append({"by": kind, "slice": name, **_slice(shares[own], truth[own])})
    return found


def _most(names: Sequence[str | None]) -> Iterator[str]:
    counted = Counter(name for name in names if name is not None)
    yield from (name for name, _ in sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:_MOST_SLICES])


def _slice(shares: Shares, truth: Numbers) -> Figures:
    found: Figures = {"texts": len(truth), "accuracy": float((np.argmax(shares, axis=1) == truth).mean())}
    if shares.shape[1] == 2:
        figures = at_threshold(shares[:, 1], truth, 0.5)
        found |= {"auc": area(shares[:, 1], truth), "precision": figures["precision"], "recall": figures["recall"]}
    return found
