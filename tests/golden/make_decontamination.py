"""Write decontamination.json: what datatrove and Dolma themselves say of texts with items of a small benchmark in them.

    python tests/golden/make_decontamination.py texts TEXTS        (where Gristmill is installed)
    pip install datatrove==0.10.1 spacy nltk 'xxhash<4'               (in an environment of its own)
    python tests/golden/make_decontamination.py datatrove TEXTS
    pip install dolma==1.2.1                                       (in another)
    python tests/golden/make_decontamination.py dolma TEXTS

Texts are the demo's mail and prose, items our own. datatrove's index is made by its indexer's own `compute_hashes`, as
its `run` wants lighteval, which downloads its tasks. It is asked twice: over its own tokens (spaCy's), and over those
that white space parts. Dolma is run as in its runbook (configs/dolma-v1_6/decontamination): paragraphs of 13 uniseg
words or more, and whole documents, go into two Bloom filters, by which texts are tagged.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
GOLDEN = HERE / "decontamination.json"

Item = dict[str, str]


def of_datatrove(texts: list[str], items: list[Item]) -> dict[str, list[bool]]:
    """Whether each text is dropped, over spaCy's tokens and over those between white space; and without a row of
    numbers among the items."""
    import numpy as np
    from datatrove.data import Document
    from datatrove.pipeline.decont.n_grams import NGramsDecontConfig, NGramsDecontFilter, NGramsDecontIndexer
    from datatrove.utils.hashing import create_hash_func
    from datatrove.utils.word_tokenizers import load_word_tokenizer

    class Spaces:
        def word_tokenize(self, text: str) -> list[str]:
            return text.split()

    def dropped(tokenizer: object, items: list[Item] = items) -> list[bool]:
        indexer = object.__new__(NGramsDecontIndexer)
        indexer.config = NGramsDecontConfig()
        indexer.tokenizer, indexer.hash_func = tokenizer, create_hash_func(indexer.config.hash_config)
        hashes = {one for item in items for one in indexer.compute_hashes(item["answer"], item["question"])}
        with tempfile.TemporaryDirectory() as folder:
            np.array(sorted(hashes), "<u8").tofile(Path(folder) / "all.index.hashes")
            judge = NGramsDecontFilter(folder)
            judge.tokenizer = tokenizer
            return [judge.filter(Document(text, str(k))) is not True for k, text in enumerate(texts)]

    spacy = load_word_tokenizer("eng")
    words = [item for item in items if any(letter.isalpha() for letter in item["answer"])]
    return {
        "datatrove": dropped(spacy),
        "datatrove_spaces": dropped(Spaces()),
        "datatrove_without_numbers": dropped(spacy, words),
    }


def _write(path: Path, texts: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as out:
        for k, text in enumerate(texts):
            out.write(json.dumps({"id": str(k), "text": text, "source": "golden"}) + "\n")


def _lines(pattern: Iterator[Path]) -> Iterator[dict[str, object]]:
    for path in sorted(pattern):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def of_dolma(texts: list[str], items: list[Item]) -> dict[str, list[bool]]:
    """Whether each text is tagged: by a paragraph of an item, or as a whole one."""
    dolma = [str(Path(sys.executable).parent / "dolma")]
    told = [text for item in items for text in (item["question"], f"{item['question']}\n{item['answer']}")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder / "items" / "documents" / "items.json.gz", told)
        _write(folder / "texts" / "documents" / "texts.json.gz", texts)
        tag = ["tag", "--documents", f"{folder}/items/documents/*.gz", "--processes", "1", "--taggers"]
        subprocess.run([*dolma, *tag, "uniseg_length_paragraphs_with_empty_v1"], check=True, capture_output=True)
        (tagged,) = (folder / "items" / "attributes").iterdir()
        kept = []
        for item, found in zip(told, _lines(tagged.rglob("*.gz")), strict=True):
            told_of: dict[str, list[list[float]]] = found["attributes"]  # type: ignore[assignment]
            (spans,) = (value for name, value in told_of.items() if name.endswith("v1__paragraph"))
            kept.append("".join(item[int(start) : int(stop)] for start, stop, words in spans if words >= 13))
        _write(folder / "long" / "documents" / "items.json.gz", kept)
        tagged_by = {"paragraphs": [False] * len(texts), "documents": [False] * len(texts)}
        for what, made_of in {"paragraphs": "long", "documents": "items"}.items():
            for source, read_only in ((made_of, False), ("texts", True)):
                how = {"attribute_name": "bff_duplicates"} | ({"key": "$.text"} if what == "documents" else {})
                config = {
                    "documents": [f"{folder}/{source}/documents/*.gz"],
                    "dedupe": {"name": f"of_{what}", what: how, "skip_empty": True},
                    "bloom_filter": {
                        "read_only": read_only,
                        "estimated_doc_count": 10_000,
                        "desired_false_positive_rate": 1e-15,
                        "file": f"{folder}/{what}.bin",
                    },
                    "processes": 1,
                }
                (folder / "config.json").write_text(json.dumps(config))
                subprocess.run([*dolma, "-c", str(folder / "config.json"), "dedupe"], check=True, capture_output=True)
            attributes = (folder / "texts" / "attributes" / f"of_{what}").rglob("*.gz")
            for k, found in enumerate(_lines(attributes)):
                spans = found["attributes"].get("bff_duplicates") or []  # type: ignore[attr-defined]
                tagged_by[what][k] = bool(spans) and spans[0][2] >= 1
    return {"dolma_paragraphs": tagged_by["paragraphs"], "dolma_documents": tagged_by["documents"]}


RUNNERS: dict[str, Callable[[list[str], list[Item]], dict[str, list[bool]]]] = {
    "datatrove": of_datatrove,
    "dolma": of_dolma,
}


def write_texts(path: Path) -> None:
    sys.path.insert(0, str(HERE.parent))
    from decontamination_texts import ITEMS, documents

    path.write_text(json.dumps({"items": ITEMS, "texts": [text for _, text in documents()]}))


def main() -> None:
    package, path = sys.argv[1], Path(sys.argv[2])
    if package == "texts":
        write_texts(path)
        return
    given = json.loads(path.read_text())
    golden = json.loads(GOLDEN.read_text()) if GOLDEN.exists() else {"versions": {}, "verdicts": {}}
    verdicts = RUNNERS[package](given["texts"], given["items"])
    golden["versions"][package] = version(package)
    golden["verdicts"] |= {name: "".join("01"[one] for one in told) for name, told in verdicts.items()}
    golden["texts"] = hashlib.sha256(json.dumps(given).encode()).hexdigest()
    GOLDEN.write_text(json.dumps(golden, indent=1, sort_keys=True) + "\n")
    for name, told in verdicts.items():
        print(name, sum(told), "of", len(told))


if __name__ == "__main__":
    main()
