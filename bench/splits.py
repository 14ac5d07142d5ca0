"""What leaks from train into validation and test: our split beside scikit-learn's and datasets', on the same records.

    python bench/splits.py records.jsonl --peers PYTHON [--tie metadata.input] [--results FOLDER]

Leaks are found by comparing all pairs of records, without a sketch: the same words, Jaccard similarity of 0.4 or more
of sets of five words, or half of a record's runs of thirteen words in another split. So the certificate of our own
build is checked too. The groups that scikit-learn is given are those at hand without our step: records with the same
text. In the last row it is given ours. Shares asked for are 0.8, 0.1 and 0.1. Seconds are of the processor; ours are
those of the whole build, which reads, compares, writes and certifies.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from measuring import BENCH, GRISTMILL, Row, machine, run

from gristmill.text.all_pairs import all_pairs
from gristmill.text.flat import flat
from gristmill.text.jaccard import sorted_sets
from gristmill.text.minhash import shingles
from gristmill.text.mixing import hash_lists
from gristmill.text.simplify import simplified

SHARES = {"train": 0.8, "validation": 0.1, "test": 0.1}
SIMILARITY, OVERLAP = 0.4, 0.5
PEERS = ("datasets", "GroupShuffleSplit", "StratifiedGroupKFold")


class Truth:
    """Every pair of records that is alike, found by comparing all."""

    def __init__(self, texts: list[str]) -> None:
        text = flat(pa.array(texts, pa.large_string()))
        words, bounds = simplified(text.data, text.offsets, np.arange(len(texts)))
        hashes = hash_lists(words, bounds, 1)
        self.same = np.unique(hashes, return_inverse=True)[1]
        self.pairs = all_pairs(*sorted_sets(*shingles(words, bounds, 5, True)), SIMILARITY)
        grams, self.bounds = sorted_sets(*shingles(words, bounds, 13, False))
        self.grams = np.unique(grams, return_inverse=True)[1]

    def leaks(self, split: np.ndarray) -> tuple[float, float, float]:
        """Of validation and test the share of records that stands in another split: same words, alike, in all."""
        held = split > 0
        splits = np.zeros((self.same.max() + 1, 3), bool)
        splits[self.same, split] = True
        exact = splits[self.same].sum(axis=1) > 1
        near = np.zeros(len(split), bool)
        a, b = self.pairs
        apart = split[a] != split[b]
        near[a[apart]] = near[b[apart]] = True
        owner = np.repeat(np.arange(len(split)), np.diff(self.bounds))
        where = np.zeros((self.grams.max() + 1, 3), bool)
        where[self.grams, split[owner]] = True
        high = np.zeros(len(split), bool)
        for other in range(3):
            found = where[self.grams, other] & (split[owner] != other)
            share = np.bincount(owner, found, len(split)) / np.maximum(np.diff(self.bounds), 1)
            high |= share >= OVERLAP
        return tuple(float(x[held].mean()) for x in (exact, exact | near, exact | near | high))


def ours(records: Path, groups: list[str], ids: list[str]) -> tuple[np.ndarray, np.ndarray, float, float, float]:
    """The split and group of each record, the processor's seconds, and what the certificate says."""
    folder = Path(tempfile.mkdtemp(prefix="splits-"))
    try:
        options = json.dumps({"shares": SHARES, "groups": groups, "max_leakage": None})
        (folder / "recipe.yaml").write_text(
            f"name: x\nbuild: out\ninputs:\n  - jsonl: {{paths: ['{records.resolve()}']}}\n"
            f"steps:\n  - split: {options}\noutputs: [parquet]\n"
        )
        command = [str(GRISTMILL), "build", str(folder / "recipe.yaml"), "-w", "1"]
        run(command)  # compiles
        shutil.rmtree(folder / "out")
        spent = run(command).cpu_seconds
        ledger = f"{folder}/out/ledger"
        both = f"'{ledger}/records/*.parquet' r JOIN '{ledger}/splits/*.parquet' s USING (rid)"
        rows = duckdb.sql(f'SELECT r.id, s.split, s."group" FROM {both}').fetchall()
        told = json.loads((folder / "out/certificate.json").read_text())
    finally:
        shutil.rmtree(folder)
    where = {name: (list(SHARES).index(split), group) for name, split, group in rows}
    split = np.array([where[name][0] for name in ids])
    _, group = np.unique([where[name][1] for name in ids], return_inverse=True)
    return split, group, spent, told["leakage"], told["random_leakage"]


def peer(python: Path, kind: str, groups: np.ndarray) -> tuple[np.ndarray, float]:
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({"groups": groups.tolist()}, file)
        file.flush()
        told = json.loads(run([str(python), str(BENCH / "peers/splits.py"), kind, file.name]).output.splitlines()[-1])
    return np.array(told["split"]), float(told["seconds"])


def row(name: str, truth: Truth, split: np.ndarray, seconds: float) -> Row:
    exact, near, any_ = truth.leaks(split)
    shares = np.bincount(split, minlength=3) / len(split)
    off = float(np.abs(shares - list(SHARES.values())).max())
    told: Row = {"split": name, "same": exact, "near": near, "leak": any_, "off": off, "seconds": seconds}
    print(f"{name:44} {exact:8.3%} {near:8.3%} {any_:8.3%} {off:9.4%} {seconds:7.2f}")
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("records", type=Path)
    parser.add_argument("--peers", type=Path, required=True)
    parser.add_argument("--tie", action="append", default=[])
    parser.add_argument("--results", type=Path)
    options = parser.parse_args()
    lines = [json.loads(line) for line in options.records.read_text().splitlines()]
    texts, ids = [line["text"] for line in lines], [line["id"] for line in lines]
    truth = Truth(texts)
    print(f"{len(texts):,} records, {len(truth.pairs[0]):,} pairs at {SIMILARITY} or more")
    print(f"{'':44} {'same':>8} {'near':>8} {'leak':>8} {'share off':>9} {'seconds':>7}")
    rows = [row(kind, truth, *peer(options.peers, kind, truth.same)) for kind in PEERS]
    tied = [["text", "near"], ["text", "near", "overlap"]]
    for groups in [*tied, *([[*tied[-1], *options.tie]] if options.tie else [])]:
        split, group, seconds, told, random = ours(options.records, groups, ids)
        rows.append(row(f"split by {', '.join(groups)}", truth, split, seconds))
        print(f"    its certificate: {told:.3%} of a split at most, {random:.3%} in a random split")
        rows[-1] |= {"certificate": told, "random": random}
        given = peer(options.peers, "GroupShuffleSplit", group)
        rows.append(row("  GroupShuffleSplit, given these groups", truth, *given))
    if options.results:
        done = {"date": datetime.now(UTC).strftime("%Y-%m-%d"), "machine": machine(), "rows": rows}
        (options.results / "splits.json").write_text(json.dumps(done, indent=2) + "\n")


if __name__ == "__main__":
    main()
