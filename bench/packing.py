"""Packing into rows of one length: seconds on one core, and the share of places that hold a token.

    python bench/packing.py [--peer PYTHON] [--alpaca FILE] [--records N] [--results FOLDER]

`lognormal` has a median of 245 tokens, `long tail` is a Pareto distribution, `uniform` any length up to 2048, `alpaca`
the lengths of a JSON file of instructions (4 bytes a token), drawn again up to N. All are cut at a row. PYTHON has TRL.
Its `_pack_bfd` moves the tokens of 200,000 records into their rows, and so do we then, on the same lengths; both
alternate, and the best of three counts.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
from measuring import BENCH, Row, machine

from gristmill.text.packing import Packing, best_fit, concatenated, positions

PEER_RECORDS = 200_000
WINDOWS = (1_000, 10_000, 100_000)
Lengths = npt.NDArray[np.int64]


def mixes(records: int, alpaca: Path | None) -> dict[str, Lengths]:
    draw = np.random.default_rng(0)
    made = {
        "lognormal": draw.lognormal(5.5, 1, records),
        "long tail": 40 * (1 + draw.pareto(1.2, records)),
        "uniform": draw.integers(1, 2049, records),
    }
    if alpaca is not None:
        rows = json.loads(alpaca.read_text("utf-8"))
        sizes = [sum(len(str(value).encode()) for value in row.values()) // 4 + 1 for row in rows]
        made["alpaca"] = draw.choice(np.array(sizes), records)
    return {name: np.maximum(lengths.astype(np.int64), 1) for name, lengths in made.items()}


def moved(packing: Packing, lengths: Lengths, tokens: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """The tokens in the order of the rows."""
    firsts = (np.cumsum(lengths) - lengths)[packing.documents] + packing.begins
    return tokens[np.repeat(firsts, packing.lengths) + positions(packing.lengths)]


def own(name: str, lengths: Lengths, row_length: int) -> list[Row]:
    rows: list[Row] = []
    for way, window in (("best_fit", 0), *(("best_fit", window) for window in WINDOWS), ("concatenate", 0)):
        spent = []
        for _ in range(2):
            begin = time.process_time()
            packing = best_fit(lengths, row_length, window) if way == "best_fit" else concatenated(lengths, row_length)
            spent.append(time.process_time() - begin)
        rows.append(
            {
                "mix": name, "row": row_length, "packing": way, "window": window or "all", "records": len(lengths),
                "seconds": min(spent), "efficiency": round(packing.efficiency(row_length), 5),
            }
        )  # fmt: skip
    return rows


def beside(name: str, lengths: Lengths, row_length: int, peer: Path) -> Row:
    tokens = np.arange(int(lengths.sum()), dtype=np.int32)
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lengths.npy"
        np.save(path, lengths)
        script = BENCH / "peers" / "trl_packing.py"
        for _ in range(3):
            begin = time.process_time()
            packing = best_fit(lengths, row_length)
            moved(packing, lengths, tokens)
            ours.append(time.process_time() - begin)
            done = subprocess.run(
                [peer, script, path, str(row_length)], capture_output=True, text=True, check=True
            )  # fmt: skip
            theirs.append(json.loads(done.stdout.splitlines()[-1]))
    seconds = min(one["seconds"] for one in theirs)
    return {
        "mix": name, "row": row_length, "records": len(lengths), "ours": min(ours), "trl": seconds,
        "ratio": round(seconds / min(ours), 1), "our rows": len(packing.rows) - 1, "trl rows": theirs[0]["rows"],
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", type=Path, help="a Python that has trl")
    parser.add_argument("--alpaca", type=Path, help="a JSON list of instructions")
    parser.add_argument("--records", type=int, default=10_000_000)
    parser.add_argument("--rows", type=int, nargs="+", default=[2048, 8192], help="the lengths of a row")
    parser.add_argument("--results", type=Path, default=BENCH / "results")
    given = parser.parse_args()
    best_fit(np.array([1]), 2), concatenated(np.array([1]), 2)  # compiled before the clock runs
    rows: list[Row] = []
    compared: list[Row] = []
    for name, lengths in mixes(given.records, given.alpaca).items():
        for row_length in given.rows:
            cut = np.minimum(lengths, row_length)
            rows += own(name, cut, row_length)
            if given.peer:
                compared.append(beside(name, cut[:PEER_RECORDS], row_length, given.peer))
            print(*map(json.dumps, [*rows[-5:], *compared[-1:]]), sep="\n", flush=True)
    given.results.mkdir(exist_ok=True)
    (given.results / "packing.json").write_text(
        json.dumps({"machine": machine(), "packing": rows, "beside": compared}, indent=1) + "\n"
    )


if __name__ == "__main__":
    main()
