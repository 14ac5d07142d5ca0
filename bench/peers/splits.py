"""Splits by scikit-learn and datasets, run by `bench/splits.py` in an environment of their own.

    PYTHON peers/splits.py KIND records.json

The file has `texts` and `groups` (a number for each). Prints the split of each record and the processor's seconds.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np


def shuffled(groups: np.ndarray) -> np.ndarray:
    """`datasets`: train_test_split twice, as its documentation does for three splits."""
    from datasets import Dataset

    rows = Dataset.from_dict({"row": np.arange(len(groups))})
    first = rows.train_test_split(test_size=0.2, seed=1)
    second = first["test"].train_test_split(test_size=0.5, seed=1)
    split = np.zeros(len(groups), int)
    split[second["train"]["row"]] = 1
    split[second["test"]["row"]] = 2
    return split


def by_group(groups: np.ndarray) -> np.ndarray:
    """GroupShuffleSplit twice."""
    from sklearn.model_selection import GroupShuffleSplit

    split = np.zeros(len(groups), int)
    rows = np.arange(len(groups))
    _, held = next(GroupShuffleSplit(1, test_size=0.2, random_state=1).split(rows, groups=groups))
    _, test = next(GroupShuffleSplit(1, test_size=0.5, random_state=1).split(held, groups=groups[held]))
    split[held] = 1
    split[held[test]] = 2
    return split


def folded(groups: np.ndarray) -> np.ndarray:
    """StratifiedGroupKFold with ten folds, eight of them for training. All records are of one class."""
    from sklearn.model_selection import StratifiedGroupKFold

    split = np.zeros(len(groups), int)
    folds = StratifiedGroupKFold(10, shuffle=True, random_state=1)
    for fold, (_, test) in enumerate(folds.split(np.zeros(len(groups)), np.zeros(len(groups), int), groups)):
        if fold < 2:
            split[test] = fold + 1
    return split


def main() -> None:
    kind, file = sys.argv[1:]
    groups = np.array(json.loads(Path(file).read_text())["groups"])
    make = {"datasets": shuffled, "GroupShuffleSplit": by_group, "StratifiedGroupKFold": folded}[kind]
    make(groups[:100])  # what is imported and compiled is not counted
    begun = time.process_time()
    split = make(groups)
    print(json.dumps({"seconds": time.process_time() - begun, "split": split.tolist()}))


if __name__ == "__main__":
    main()
