"""Main content of WCXB's pages (annotations CC-BY 4.0): word precision, recall and F1, and speed on one core.

    python bench/extracting.py WCXB/dev --peers PYTHON [--every 1] [--results FOLDER]

WCXB/dev has `html/` and `ground-truth/`. PYTHON has trafilatura and resiliparse. The shipped model was trained on these
pages, so what it would find on sites it has not seen is taken from its card: five folds by domain, each measured by
models that saw none of its domains. `this model on its own pages` is what the shipped file itself gives, as a check
that the step does what the trainer measured; it is no measure of quality. Seconds are of the processor; a page in
memory to its text, ours with title, date and the like. --every 10 takes every tenth page.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from measuring import BENCH, Row, machine, run

from gristmill.clean._extractor_pages import page_files, word_f1, words_of
from gristmill.clean._gristmill import engine
from gristmill.clean._page import Settings

CARD = BENCH.parent / "src" / "gristmill" / "clean" / "main_content.json"
PEERS = ("resiliparse", "trafilatura")


def ours(files: list[Path], runs: int = 2) -> tuple[list[str], list[float]]:
    """The texts, and the fewest seconds of each page."""
    read = engine(Settings())
    pages = [gzip.decompress(one.read_bytes()).decode("utf-8", "replace") for one in files]
    read(pages[0])
    texts: list[str] = []
    spent = np.full(len(pages), np.inf)
    for _ in range(runs):
        texts = []
        for number, page in enumerate(pages):
            begun = time.process_time()
            texts.append(read(page).text)
            spent[number] = min(spent[number], time.process_time() - begun)
    return texts, spent.tolist()


def peer(python: Path, name: str, files: list[Path]) -> tuple[list[str], list[float]]:
    with tempfile.TemporaryDirectory() as folder:
        pages, out = Path(folder) / "pages.json", Path(folder) / "out.json"
        pages.write_text(json.dumps([str(one.resolve()) for one in files]))
        run([str(python), str(BENCH / "peers" / "extractors.py"), name, str(pages), str(out)])
        told = json.loads(out.read_text())
    return told["texts"], told["seconds"]


def measured(texts: list[str], truths: list[str]) -> np.ndarray:
    pairs = zip(texts, truths, strict=True)
    return np.array([word_f1(Counter(words_of(one)), Counter(words_of(truth))) for one, truth in pairs])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--peers", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--results", type=Path, default=BENCH / "results")
    options = parser.parse_args()
    pairs = page_files(options.pages)[:: options.every]
    files = [page for page, _ in pairs]
    truths = [
        (json.loads(one.read_text("utf-8")).get("ground_truth") or {}).get("main_content") or "" for _, one in pairs
    ]
    size = sum(len(gzip.decompress(one.read_bytes())) for one in files) / 1e6
    found = {"this model on its own pages": ours(files)} | {name: peer(options.peers, name, files) for name in PEERS}
    slowest = sum(found["trafilatura"][1])
    rows: list[Row] = []
    for row in json.loads(CARD.read_text())["figures"]:
        if row["pages"] == "all" and row["system"] in ("recall", "balanced", "precision"):
            own = {key: row[key] for key in ("precision", "recall", "f1")}
            rows.append({"system": f"gristmill, {row['system']}, by folds (card)", **own, "MB/s": None, "times": None})
    for name, (texts, seconds) in found.items():
        precision, recall, f1 = measured(texts, truths).mean(0).round(4).tolist()
        speed = {"MB/s": size / sum(seconds), "times": slowest / sum(seconds)}
        rows.append({"system": name, "precision": precision, "recall": recall, "f1": f1, **speed})
    print("| system | precision | recall | F1 | MB/s | times trafilatura |\n|---|---|---|---|---|---|")
    for row in rows:
        print(
            "| "
            + " | ".join("" if v is None else f"{v:.3g}" if isinstance(v, float) else str(v) for v in row.values()),
            "|",
        )
    options.results.mkdir(exist_ok=True)
    result = {"name": "extracting", "date": datetime.now(UTC).date().isoformat(), "machine": machine()}
    result |= {"pages": len(files), "megabytes": size, "rows": rows}
    (options.results / "extracting.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
