"""datatrove's n-gram decontamination of texts in memory: datatrove_decontaminate.py ITEMS INPUT.

ITEMS is JSON Lines of question and answer. The index is made by the indexer's own `compute_hashes`; its `run` wants
lighteval, which downloads its tasks.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from datatrove.data import Document
from datatrove.pipeline.decont.n_grams import NGramsDecontConfig, NGramsDecontFilter, NGramsDecontIndexer
from datatrove.utils.hashing import create_hash_func
from datatrove.utils.word_tokenizers import load_word_tokenizer
from measured import measured


def indexed(items: Path, folder: Path) -> None:
    indexer = object.__new__(NGramsDecontIndexer)
    indexer.config = NGramsDecontConfig()
    indexer.tokenizer = load_word_tokenizer("eng")
    indexer.hash_func = create_hash_func(indexer.config.hash_config)
    hashes: set[int] = set()
    for line in items.read_text().splitlines():
        item = json.loads(line)
        hashes.update(indexer.compute_hashes(item["answer"], item["question"]))
    np.array(list(hashes), "<u8").tofile(folder / "all.index.hashes")


def filtering(source: Path, folder: Path) -> Callable[[], int]:
    texts = [json.loads(line)["text"] for line in source.read_text().splitlines()]
    step = NGramsDecontFilter(str(folder))
    step.filter(Document("warm", "warm"))

    def work() -> int:
        return sum(step.filter(Document(text, str(number))) is True for number, text in enumerate(texts))

    return work


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        indexed(Path(sys.argv[1]), Path(name))
        measured(filtering(Path(sys.argv[2]), Path(name)))
