"""Choosing vectors with scikit-learn and numpy, run by `bench/selecting.py` in an environment of their own.

    PYTHON peers/selecting.py KIND vectors.npy COUNT DISTANCE

The vectors are of length 1 and lie in the order of ranks. Prints which are taken and the processor's seconds.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np


def k_centre(vectors: np.ndarray, count: int, distance: float) -> list[int]:
    """Greedy k-centre as it is mostly written: the distances to each new centre by scikit-learn, then a minimum."""
    from sklearn.metrics import pairwise_distances

    taken = [0]
    away = pairwise_distances(vectors, vectors[:1], metric="cosine").ravel()
    while len(taken) < count:
        taken.append(int(np.argmax(away)))
        away = np.minimum(away, pairwise_distances(vectors, vectors[taken[-1] :][:1], metric="cosine").ravel())
    return taken


def deita(vectors: np.ndarray, count: int, distance: float) -> list[int]:
    """The rule of DEITA one record at a time, its default: cosines to all taken by one product, in single precision."""
    kept = np.empty((count, vectors.shape[1]), vectors.dtype)
    taken: list[int] = []
    for at, unit in enumerate(vectors):
        if not taken or (kept[: len(taken)] @ unit).max() <= 1 - distance:
            kept[len(taken)] = unit
            taken.append(at)
            if len(taken) == count:
                break
    return taken


def main() -> None:
    kind, file, count, distance = sys.argv[1:]
    vectors = np.load(file)
    choose = {"k_centre": k_centre, "deita": deita}[kind]
    choose(vectors[:100], 5, float(distance))  # what is imported is not counted
    begun = time.process_time()
    taken = choose(vectors, int(count), float(distance))
    print(json.dumps({"seconds": time.process_time() - begun, "taken": taken}))


if __name__ == "__main__":
    main()
