"""Made texts of two or more kinds, different enough to be told apart, for tests of classifiers."""

from __future__ import annotations

import json
import random
from pathlib import Path

WORDS = {
    "prose": "miller grain flour river stone village evening harvest walked said quietly because",
    "spam": "free offer click buy discount winner limited deal unsubscribe cash prize now",
    "code": "return import def class self lambda yield assert raise except None True",
}


def texts(kind: str, count: int, seed: int = 1) -> list[str]:
    """Different texts of a kind, with some words that all kinds have."""
    draw = random.Random(f"{kind} {seed}")
    words = [*WORDS[kind].split(), "the", "of", "and", "to", "in"]
    return [" ".join(draw.choices(words, k=draw.randint(8, 60))) + f" {draw.random():.12f}" for _ in range(count)]


def write(path: Path, records: list[str], **more: object) -> Path:
    """A file of JSON lines with these texts."""
    path.write_text("".join(json.dumps({"text": text, **more}) + "\n" for text in records), "utf-8")
    return path
