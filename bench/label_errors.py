"""Planted label errors: how many label_errors finds, and how many cleanlab does over scikit-learn.

    python bench/label_errors.py examples.jsonl --peers PYTHON [--results FOLDER]

Each line has `text` and `label`. Of 5, 10 and 20 % of them the label is changed to another one, drawn at random.
Seconds are of the processor; ours are those of the step alone, its kernels compiled.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
from measuring import BENCH, Row, machine, run

from gristmill.audit.label_errors import LabelErrors
from gristmill.contracts.selecting import Candidates
from gristmill.contracts.step import Evidence
from gristmill.contracts.view import View
from gristmill.records.kinds import COLUMNS
from gristmill.records.turns import taken_apart

NOISE = (0.05, 0.1, 0.2)


def ours(texts: list[str], labels: list[str]) -> tuple[np.ndarray, float]:
    rows = []
    for place, (text, label) in enumerate(zip(texts, labels, strict=True)):
        apart = taken_apart("example", {"input": {"text": text}, "label": label})
        told = {"rid": f"{place:032x}", "id": str(place), "source": "bench", "position": place}
        rows.append(told | {"text": apart.text, "content": apart.content, "roles": apart.roles})
    view, step = View(pa.RecordBatch.from_pylist(rows, COLUMNS["example"])), LabelErrors()
    spent = 0.0
    for _ in range(2):  # the first time compiles
        began = time.process_time()
        evidence = Evidence(*step.evidence(view))
        choice = step.choose(Candidates(np.zeros((len(rows), 0)), np.arange(len(rows)), step.strata(view), evidence))
        spent = time.process_time() - began
    return choice.rank > 0, spent


def peer(python: Path, texts: list[str], labels: list[int]) -> tuple[np.ndarray, float]:
    with tempfile.NamedTemporaryFile("wb", suffix=".json") as file:
        file.write(orjson.dumps({"texts": texts, "labels": labels}))
        file.flush()
        told = json.loads(run([str(python), str(BENCH / "peers/label_errors.py"), file.name]).output.splitlines()[-1])
    found = np.zeros(len(texts), bool)
    found[told["found"]] = True
    return found, float(told["seconds"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("examples", type=Path)
    parser.add_argument("--peers", type=Path, required=True)
    parser.add_argument("--results", type=Path)
    options = parser.parse_args()
    lines = [json.loads(line) for line in options.examples.read_text().splitlines()]
    texts, true = [line["text"] for line in lines], [str(line["label"]) for line in lines]
    names, numbers = np.unique(true, return_inverse=True)
    print(f"{len(texts):,} examples, {len(names)} labels")
    print(f"{'noise':>6} {'':10} {'found':>7} {'right':>7} {'precision':>9} {'recall':>7} {'seconds':>8}")
    rows: list[Row] = []
    for noise in NOISE:
        draw = np.random.default_rng(1)
        wrong = draw.random(len(texts)) < noise
        given = np.where(wrong, (numbers + draw.integers(1, len(names), len(texts))) % len(names), numbers)
        for name, (found, seconds) in {
            "ours": ours(texts, [str(names[number]) for number in given]),
            "cleanlab": peer(options.peers, texts, given.tolist()),
        }.items():
            right = int((found & wrong).sum())
            row: Row = {"noise": noise, "by": name, "found": int(found.sum()), "right": right, "seconds": seconds}
            row |= {"precision": right / max(int(found.sum()), 1), "recall": right / max(int(wrong.sum()), 1)}
            rows.append(row)
            figures = f"{row['found']:7} {right:7} {row['precision']:9.3f} {row['recall']:7.3f} {seconds:8.2f}"
            print(f"{noise:6.0%} {name:10} {figures}", flush=True)
        print(f"       seconds: {float(rows[-1]['seconds']) / float(rows[-2]['seconds']):.1f} x")
    if options.results:
        done = {"date": datetime.now(UTC).strftime("%Y-%m-%d"), "machine": machine(), "rows": rows}
        (options.results / "label_errors.json").write_text(json.dumps(done, indent=2) + "\n")


if __name__ == "__main__":
    main()
