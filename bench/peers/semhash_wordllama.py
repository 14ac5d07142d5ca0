"""semhash over a JSON Lines file, with the static vectors that wordllama brings: semhash_wordllama.py INPUT FOLDER."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import wordllama
from measured import measured
from model2vec import StaticModel
from safetensors.numpy import load_file
from semhash import SemHash
from tokenizers import Tokenizer


def static_model() -> StaticModel:
    """The table of 256 numbers a token and its tokenizer, both files of the package."""
    folder = Path(wordllama.__file__).parent
    (table,) = load_file(next(folder.rglob("*256.safetensors"))).values()
    tokenizer = Tokenizer.from_file(str(next(folder.rglob("*tokenizer*.json"))))
    return StaticModel(vectors=table, tokenizer=tokenizer, normalize=True)


def near(source: Path, folder: Path) -> Callable[[], int]:
    def work() -> int:
        records = [json.loads(line) for line in source.read_bytes().splitlines()]
        records = [{"id": record["id"], "text": record["text"]} for record in records]
        hashed = SemHash.from_records(records, columns=["text"], model=static_model())
        chosen = hashed.self_deduplicate().selected
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "kept.json").write_text(json.dumps([record["id"] for record in chosen]))
        return len(chosen)

    return work


if __name__ == "__main__":
    measured(near(Path(sys.argv[1]), Path(sys.argv[2])))
