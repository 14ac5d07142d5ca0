"""Toxicity on HateCheck (CC-BY 4.0, 3,728 cases in 29 functions), by function, and the speed beside peers, on one core.

    python bench/toxicity.py test_suite_cases.csv [--peers PYTHON] [--pages FOLDER] [--results FOLDER]

`step` is what the step drops by default, `model` a score of 0.5 alone, `hits left` any listed word that context does
not excuse, `bare list` any listed word. Accuracy: the share of cases rightly flagged or rightly not. PYTHON has
better-profanity (its speed is measured on a few texts, as it would take minutes for the cases) and alt-profanity-check.
FOLDER holds pages as JSON with a `ground_truth` (WCXB); the other ordinary texts are the half of examples/demo that the
model was not trained on. Seconds are of the processor, the best of three for ours.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
from measuring import BENCH, Row, machine, run

from gristmill.contracts.view import View
from gristmill.safety.toxicity import Toxicity

sys.path.insert(0, str(BENCH.parent / "tools"))
from train_toxicity import ordinary

SYSTEMS = ("step", "model", "hits left", "bare list")
PEERS = {"alt-profanity-check": None, "better-profanity": 10}  # paragraphs for speed; all
Flags = dict[str, np.ndarray]


def flags(texts: list[str]) -> Flags:
    """What each of ours flags."""
    step = Toxicity()
    found = step.measure(View(pa.record_batch({"text": pa.array(texts, pa.large_string())})))
    share, score, left, hits = (
        found[name].to_numpy() for name in ("toxic_share", "score", "list_hits_left", "list_hits")
    )
    return {"step": share > step.max_toxic_share, "model": score >= 0.5, "hits left": left > 0, "bare list": hits > 0}


def our_seconds(texts: list[str]) -> float:
    """Of the whole step on texts in memory."""
    batch = pa.record_batch({"text": pa.array(texts, pa.large_string())})
    spent = []
    for _ in range(4):
        begun = time.process_time()
        Toxicity().measure(View(batch))
        spent.append(time.process_time() - begun)
    return min(spent[1:])


def peer(python: Path, name: str, cases: list[str], speed: list[str]) -> tuple[np.ndarray, float]:
    """The flags of a peer on the cases, and its seconds on the texts for speed."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump({"cases": cases, "speed": speed}, file)
        file.flush()
        done = run([str(python), str(BENCH / "peers" / "profanity.py"), name, file.name])
    told = json.loads(done.output.splitlines()[-1])
    return np.array(told["flags"]), float(told["seconds"])


def by_function(cases: list[dict[str, str]], found: Flags) -> Iterator[Row]:
    """The accuracy of each system on each function, and on all."""
    functions = np.array([case["functionality"] for case in cases])
    hateful = np.array([case["label_gold"] == "hateful" for case in cases])
    groups = [(name, functions == name) for name in dict.fromkeys(functions)]
    groups += [("all hateful", hateful), ("all that is not", ~hateful), ("all", hateful | ~hateful)]
    for name, chosen in groups:
        right = {system: float(np.mean((flag == hateful)[chosen])) for system, flag in found.items()}
        yield {"function": str(name), "cases": int(chosen.sum()), **right}


def pages(folder: Path) -> list[str]:
    """The main texts of pages, in English or any other language."""
    truths = (json.loads(path.read_text("utf-8")).get("ground_truth") for path in sorted(folder.rglob("*.json")))
    return [truth["main_content"] for truth in truths if isinstance(truth, dict) and truth.get("main_content")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", type=Path)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--pages", type=Path)
    parser.add_argument("--results", type=Path, default=BENCH / "results")
    options = parser.parse_args()
    with options.cases.open(encoding="utf-8") as file:
        cases = list(csv.DictReader(file))
    texts = [case["test_case"] for case in cases]
    prose = sorted((BENCH.parent / "examples" / "demo" / "prose").glob("*.txt"))
    speed = [text for path in prose for text in path.read_text("utf-8").split("\n\n")]
    size = sum(len(text.encode()) for text in speed) / 1e6
    found = flags(texts)
    rates: list[Row] = [{"system": "step", "MB/s": size / our_seconds(speed)}]
    rates.append({"system": "step, whole documents 8 times", "MB/s": 8 * size / our_seconds(["\n\n".join(speed)] * 8)})
    for name, most in PEERS.items() if options.peers else ():
        few = speed[:most]
        flagged, seconds = peer(options.peers, name, texts if most is None else [], few)
        found |= {name: flagged} if len(flagged) else {}
        rates.append({"system": name, "MB/s": sum(len(text.encode()) for text in few) / 1e6 / seconds})
    plain = {"demo, other half": [text for text in ordinary(1) if text.strip()]}
    if options.pages:
        plain["web pages (WCXB dev)"] = pages(options.pages)
    plain["HateCheck, not hateful"] = [case["test_case"] for case in cases if case["label_gold"] != "hateful"]
    shares: list[Row] = [
        {"ordinary texts": name, "texts": len(some), **{system: float(f.mean()) for system, f in flags(some).items()}}
        for name, some in plain.items()
    ]
    tables = {"rows": list(by_function(cases, found)), "speed": rates, "flagged": shares}
    for rows in tables.values():
        print(f"\n{table(rows)}", flush=True)
    options.results.mkdir(exist_ok=True)
    result = {"name": "toxicity", "date": datetime.now(UTC).date().isoformat(), "machine": machine(), **tables}
    (options.results / "toxicity.json").write_text(json.dumps(result, indent=1) + "\n")


def table(rows: list[Row]) -> str:
    """Rows as a Markdown table; a column for every key."""
    keys = list(rows[0])
    lines = ["| " + " | ".join(keys) + " |", "|" + "---|" * len(keys)]
    for row in rows:
        shown = (f"{value:.3g}" if isinstance(value, float) else str(value) for value in row.values())
        lines.append("| " + " | ".join(shown) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
