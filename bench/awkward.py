"""Duplicates looked for where that is hard: texts all alike, all different, crowded in one band, tiny, or huge.

Two workers; seconds are of the whole command. What is asked is that time and memory stay within bounds and that
nothing is lost; no peer stands beside it.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from measuring import Row
from ours import build

HUGE = 100_000_000  # bytes of a text
ALL_ALIKE = "The same page is served to all, with a greeting, a menu, a notice and a foot. " * 3
WORDS = [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in ("a", "e", "i", "o", "u") for c in ("l", "n", "r", "s", "x")]
_LENGTH = 4  # bytes of a word and the space behind it


def alike(count: int) -> Iterator[str]:
    for _ in range(count):
        yield ALL_ALIKE


def different(count: int) -> Iterator[str]:
    chance = random.Random(0)
    for _ in range(count):
        yield " ".join(chance.choices(WORDS, k=50))


def crowded(count: int) -> Iterator[str]:
    """Of one head and many tails: they meet in bands, and none is alike enough to another."""
    chance = random.Random(1)
    head = " ".join(chance.choices(WORDS, k=60))
    for _ in range(count):
        yield f"{head} {' '.join(chance.choices(WORDS, k=30))}"


def tiny(count: int) -> Iterator[str]:
    chance = random.Random(2)
    for _ in range(count):
        yield " ".join(chance.choices(WORDS, k=chance.randrange(4)))


def huge(size: int) -> Iterator[str]:
    """Two texts of so many bytes, alike but for their last word, and a short one."""
    chance = random.Random(3)
    text = " ".join(chance.choices(WORDS, k=size // _LENGTH))
    yield text
    yield f"{text} once"
    yield ALL_ALIKE


INPUTS: dict[str, tuple[Callable[[int], Iterator[str]], int, tuple[str, ...]]] = {
    "all alike": (alike, 1_000_000, ("exact_duplicates", "near_duplicates", "duplicate_spans: {size: 100}")),
    "all different": (different, 1_000_000, ("exact_duplicates", "near_duplicates", "duplicate_spans: {size: 100}")),
    "crowded in a band": (crowded, 300_000, ("near_duplicates",)),
    "of 0 to 3 words": (tiny, 200_000, ("near_duplicates",)),
    "two of 100 MB, alike": (huge, HUGE, ("near_duplicates", "duplicate_spans: {size: 100}")),
}


def measure(_: Path, work: Path, *, quick: bool) -> list[Row]:
    """One row an input and step."""
    rows: list[Row] = []
    for name, (texts, count, steps) in INPUTS.items():
        work.mkdir(parents=True)
        source = work / "in.jsonl"
        records = size = 0
        with source.open("w", encoding="utf-8") as out:
            for text in texts(count // 50 if quick else count):
                out.write(json.dumps({"id": str(records), "text": text}) + "\n")
                records += 1
                size += len(text)
        for step in steps:
            result = build(
                source, work / "ours", f"\n  - {step}", workers=2, options=f"id: id, max_record_bytes: {2 * HUGE}"
            )
            row: Row = {"input": name, "step": step.partition(":")[0], "records": records, "text_mb": size / 1e6}
            rows.append({**row, **result})
        shutil.rmtree(work)
    return rows
