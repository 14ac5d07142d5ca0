"""Likely label errors by cleanlab, for tests/audit/test_confident_learning.py.

python tests/golden/make_confident_learning.py   # with cleanlab installed
"""

from __future__ import annotations

import json
from pathlib import Path

import cleanlab
import numpy as np
from cleanlab.count import get_confident_thresholds
from cleanlab.filter import find_label_issues

FILTERS = {
    "by_noise_rate": "prune_by_noise_rate",
    "by_class": "prune_by_class",
    "both": "both",
    "confident_joint": "confident_learning",
}


def case(seed: int, records: int, labels: int, noise: float) -> dict[str, object]:
    """Labels of which some are wrong, and shares that lean to the true ones."""
    draw = np.random.default_rng(seed)
    true = draw.integers(0, labels, records)
    given = np.where(draw.random(records) < noise, draw.integers(0, labels, records), true)
    raw = draw.normal(size=(records, labels))
    raw[np.arange(records), true] += 2.0
    shares = np.round(np.exp(raw) / np.exp(raw).sum(axis=1, keepdims=True), 4)
    found = {
        ours: np.flatnonzero(
            find_label_issues(given, shares, filter_by=theirs, n_jobs=1, min_examples_per_class=0)
        ).tolist()
        for ours, theirs in FILTERS.items()
    }
    told = {"shares": shares.tolist(), "given": given.tolist(), "found": found}
    return told | {"thresholds": get_confident_thresholds(given, shares).tolist()}


DRAWN = ((0, 200, 2, 0.1), (1, 300, 4, 0.2), (2, 150, 3, 0.05), (3, 400, 6, 0.3))

if __name__ == "__main__":
    told = {"cleanlab": cleanlab.__version__, "cases": [case(*drawn) for drawn in DRAWN]}
    (Path(__file__).parent / "confident_learning.json").write_text(json.dumps(told) + "\n")
