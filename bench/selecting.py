"""How long it takes to choose vectors that lie apart: ours beside scikit-learn and numpy, on the same vectors.

    python bench/selecting.py --peers PYTHON [--vectors 100000] [--size 64] [--count 5000] [--results FOLDER]

Vectors are made: clusters of unequal size around random centres, and noise. `k_centre` takes the farthest next;
`distance` goes down the ranks and takes what is farther than the distance from all taken. The peer of the first is the
usual loop over scikit-learn's `pairwise_distances`, that of the second the loop of DEITA with one product a record.
Seconds are of the processor on one core, for the choice alone (vectors are of length 1 before), the best of three, ours
and the peer in turn. How far the farthest record lies from one that was taken is told of both, and how many of the
taken are the same.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from measuring import BENCH, Row, machine, run

from gristmill.text.cross_polytopes import unit_vectors
from gristmill.text.spreading import apart, farthest_first

DISTANCE = 0.3
_AT_ONCE = 4096


def made(count: int, size: int) -> np.ndarray:
    rng = np.random.RandomState(0)
    centres = rng.randn(400, size)
    of = rng.zipf(1.3, count) % 400
    return (centres[of] + 0.7 * rng.randn(count, size)).astype(np.float32)


def k_centre(vectors: np.ndarray, count: int) -> np.ndarray:
    return np.flatnonzero(farthest_first(vectors, count)[0].taken)


def distance(vectors: np.ndarray, count: int) -> np.ndarray:
    return np.flatnonzero(apart(vectors, np.zeros(len(vectors), np.int64), np.array([count]), DISTANCE).taken)


def reach(vectors: np.ndarray, taken: np.ndarray) -> float:
    """The largest distance of any to the nearest that was taken."""
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    parts = range(0, len(units), _AT_ONCE)
    return float(max((1 - (units[first : first + _AT_ONCE] @ units[taken].T).max(axis=1)).max() for first in parts))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", type=Path, required=True)
    parser.add_argument("--vectors", type=int, default=100_000)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--results", type=Path)
    options = parser.parse_args()
    vectors = made(options.vectors, options.size)
    units = unit_vectors(vectors.astype(np.float64))
    rows: list[Row] = []
    ours: dict[str, tuple[Callable[[np.ndarray, int], np.ndarray], str]] = {
        "k_centre": (k_centre, "k_centre"),
        "distance": (distance, "deita"),
    }
    print(f"{options.vectors:,} vectors of {options.size}, {options.count:,} taken")
    print(f"{'':10} {'ours, s':>9} {'peer, s':>9} {'ratio':>7} {'same':>7} {'reach':>7} {'peer':>7}")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "vectors.npy"
        np.save(file, vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
        for name, (choose, peer) in ours.items():
            choose(units[:100], 5)  # compiles
            spent, theirs = [], []
            for _ in range(options.times):
                begun = time.process_time()
                taken = choose(units, options.count)
                spent.append(time.process_time() - begun)
                command = [str(options.peers), str(BENCH / "peers/selecting.py"), peer, str(file)]
                told = run(
                    [*command, str(options.count), str(DISTANCE)], environment={"OMP_NUM_THREADS": "1"}
                ).output.splitlines()[-1]
                theirs.append(json.loads(told))
            other = np.array(theirs[0]["taken"])
            row: Row = {
                "method": name,
                "seconds": min(spent),
                "peer_seconds": min(one["seconds"] for one in theirs),
                "same": len(np.intersect1d(taken, other)) / len(taken),
                "reach": reach(vectors, taken),
                "peer_reach": reach(vectors, other),
            }
            row["ratio"] = float(row["peer_seconds"]) / float(row["seconds"])
            rows.append(row)
            print(
                f"{name:10} {row['seconds']:9.2f} {row['peer_seconds']:9.2f} {row['ratio']:7.1f} {row['same']:7.1%}"
                f" {row['reach']:7.3f} {row['peer_reach']:7.3f}"
            )
    if options.results:
        done = {"date": datetime.now(UTC).strftime("%Y-%m-%d"), "machine": machine(), "rows": rows}
        (options.results / "selecting.json").write_text(json.dumps(done, indent=2) + "\n")


if __name__ == "__main__":
    main()
