"""What near-duplicate removal finds, and what it takes wrongly, beside exact comparison; every system at its defaults.

Three sets: help pages in four locales with every pair compared exactly, planted edits, pairs of web pages that people
graded. All that is asked of a system is which records it keeps. *Recall* is the share of known pairs of which it
removed at least one; *precision* the share of removed records for which it kept one as alike as is asked.
"""

from __future__ import annotations

import gzip
import json
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from measuring import BENCH, PEERS, TEXT_DEDUP, Row, run
from ours import build
from quality_sets import Pair, TextSet, graded, help_pages, planted

AT_LEAST = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
BIN = 0.05

OURS = {
    "gristmill": "",
    "gristmill, 40 bands of 5": ": {bands: 40, rows: 5}",
    "gristmill, unverified": ": {verify: false}",
}


def ours(options: str) -> Callable[[Path, Path], set[str]]:
    def kept(source: Path, folder: Path) -> set[str]:
        build(source, folder, f"\n  - near_duplicates{options}", sink="parquet")
        return set(pq.read_table(folder / "builds" / "bench" / "data", columns=["id"]).column("id").to_pylist())

    return kept


def datatrove(source: Path, folder: Path) -> set[str]:
    run([str(PEERS), str(BENCH / "peers" / "datatrove_near.py"), str(source), str(folder)])
    return {json.loads(line)["id"] for path in (folder / "kept").glob("*.gz") for line in gzip.open(path)}


def listed(python: Path, script: str) -> Callable[[Path, Path], set[str]]:
    def kept(source: Path, folder: Path) -> set[str]:
        run([str(python), str(BENCH / "peers" / script), str(source), str(folder)])
        return set(json.loads((folder / "kept.json").read_text()))

    return kept


SYSTEMS: dict[str, Callable[[Path, Path], set[str]]] = {
    **{name: ours(options) for name, options in OURS.items()},
    "datatrove 0.10.1": datatrove,
    "text-dedup 0.4.0": listed(TEXT_DEDUP, "text_dedup_minhash.py"),
    "rensa 0.5.0": listed(PEERS, "rensa_defaults.py"),
}


def precision(texts: TextSet, kept: set[str], at_least: float) -> float:
    """Of the removed records, those for which one at least so much alike stayed."""
    fine = set()
    for pair in texts.pairs:
        if pair.similarity >= at_least and (pair.a in kept) != (pair.b in kept):
            fine.add(pair.b if pair.a in kept else pair.a)
    removed = texts.texts.keys() - kept
    return len(fine) / len(removed) if removed else 1.0


def recall(pairs: Iterable[Pair], kept: set[str]) -> float:
    """Of the pairs, those of which not both stayed."""
    parted = [not (pair.a in kept and pair.b in kept) for pair in pairs]
    return sum(parted) / len(parted) if parted else float("nan")


def judged(texts: TextSet, system: str, kept: set[str]) -> list[Row]:
    """Rows of one shape: a set, a case in it, how many pairs it has and how alike, recall and precision."""
    rows: list[Row] = []

    def add(case: str, pairs: list[Pair], correct: float | None = None) -> None:
        if pairs:
            alike = float(np.mean([pair.similarity for pair in pairs]))
            row: Row = {"set": texts.name, "system": system, "case": case, "pairs": len(pairs), "similarity": alike}
            row["recall"] = recall(pairs, kept)
            rows.append(row if correct is None else {**row, "precision": correct})

    if texts.whole:
        for least in AT_LEAST:
            pairs = [pair for pair in texts.pairs if pair.similarity >= least]
            add(f"at least {least:g}", pairs, precision(texts, kept, least))
        return rows
    for case in dict.fromkeys(pair.case for pair in texts.pairs):
        of_case = [pair for pair in texts.pairs if pair.case == case]
        wanted = [pair for pair in of_case if pair.wanted]
        parted = [pair for pair in of_case if not (pair.a in kept and pair.b in kept)]
        correct = sum(pair.wanted for pair in parted) / len(parted) if parted and len(wanted) < len(of_case) else None
        add(case, wanted, correct)
    if all(pair.wanted for pair in texts.pairs):
        # Of texts that are like one other alone: where there are more, one of a pair may have gone for a third.
        for low in np.arange(0.3, 1, BIN).tolist():
            add(f"{low:.2f} to {low + BIN:.2f}", [pair for pair in texts.pairs if low <= pair.similarity < low + BIN])
    return rows


def measure(corpus: Path, work: Path, *, quick: bool) -> list[Row]:
    """Rows for each set and system. The graded pairs are measured where they lie unpacked in the corpus."""
    sets = [planted(corpus), *([] if quick else [help_pages(corpus)])]
    sets += [found] if (found := graded(corpus / "near-duplicate-pairs")) else []
    rows: list[Row] = []
    for texts in sets:
        source = texts.write(work / f"{texts.name.replace(' ', '-')}.jsonl")
        for at, (system, keeps) in enumerate(SYSTEMS.items()):
            try:
                rows += judged(texts, system, keeps(source, work / texts.name.replace(" ", "-") / str(at)))
            except (RuntimeError, OSError, subprocess.SubprocessError) as error:
                print(f"{system} did not run on {texts.name}: {str(error)[-500:]}")
    return rows
