"""Plants benchmark items in clean texts, in several disguises, and counts which variants of `decontaminate` find them.

    python bench/planted.py BENCHMARKS.yaml CORPUS.jsonl [CORPUS.jsonl ...] [--each 300]

The items are those of BENCHMARKS.yaml, as `gristmill pack` takes it; the texts that they are planted in are those of
the first corpus. False positives are counted over all texts of all corpora, which should hold no benchmark.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import get_args

import numpy as np
import pyarrow as pa
from table import table

from gristmill.contracts.rules import broken
from gristmill.contracts.view import View
from gristmill.decontaminate._items import Item, items
from gristmill.decontaminate._packing import make_pack
from gristmill.decontaminate._variants import Variant
from gristmill.decontaminate.decontaminate import Decontaminate
from gristmill.recipe.benchmarks import load_benchmarks

ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
BATCH = 512


def verbatim(item: Item, words: list[str], chance: random.Random) -> str:
    return f"{item.question}\n{item.answer}"


def question(item: Item, words: list[str], chance: random.Random) -> str:
    return item.question


def reformatted(item: Item, words: list[str], chance: random.Random) -> str:
    """Capitals, other quotes and dashes, stars around the question, choices as a list."""
    choices = "".join(
        f"\n ({letter}) {choice}" for letter, choice in zip("ABCDEFGH", [item.answer, *item.others], strict=False)
    )
    changed = (
        item.question.replace("'", "\u2019").replace('"', "\u201c").replace(" - ", " \u2014 ").replace(". ", ".  ")
    )
    return f"**QUESTION 7.** _{changed.upper()}_{choices}"


def split_over_lines(item: Item, words: list[str], chance: random.Random) -> str:
    """A line end and an indent after every fifth word."""
    parts = verbatim(item, words, chance).split()
    return "\n    > ".join(" ".join(parts[at : at + 5]) for at in range(0, len(parts), 5))


def other_digits(item: Item, words: list[str], chance: random.Random) -> str:
    """Arabic-Indic digits."""
    return verbatim(item, words, chance).translate(ARABIC)


def paraphrased(item: Item, words: list[str], chance: random.Random) -> str:
    """Every word is another one with a chance of a tenth."""
    return " ".join(
        chance.choice(words) if chance.random() < 0.1 else word for word in verbatim(item, words, chance).split(" ")
    )


KINDS: tuple[Callable[[Item, list[str], random.Random], str], ...] = (
    verbatim,
    question,
    reformatted,
    split_over_lines,
    other_digits,
    paraphrased,
)


def texts(path: Path) -> Iterator[str]:
    with path.open("rb") as lines:
        for line in lines:
            yield json.loads(line)["text"]


def planted(leak: str, text: str) -> str:
    """The leak as a paragraph in the middle of the first 4,000 characters of a text."""
    paragraphs = text[:4000].split("\n")
    middle = len(paragraphs) // 2
    return "\n".join([*paragraphs[:middle], leak, *paragraphs[middle:]])


def caught(step: Decontaminate, batch: list[str]) -> list[bool]:
    """Which texts break a rule of the step."""
    signals = step.measure(View(pa.record_batch({"text": pa.array(batch, pa.large_string())})))
    return [bool(one) for one in np.any(broken(step.rules(), signals), axis=0)]


def batches(source: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(source, BATCH)):
        yield batch


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("benchmarks", type=Path)
    parser.add_argument("corpora", type=Path, nargs="+")
    parser.add_argument("--each", type=int, default=300, help="items to plant of each benchmark")
    options = parser.parse_args()
    asked = load_benchmarks(options.benchmarks)
    found = {name: items(name, one, asked.root) for name, one in asked.benchmarks.items()}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make_pack(asked.benchmarks, asked.words, asked.common_in, asked.root, root / "all.pack")
        # Every variant as a rule that drops: what is cut is what would be dropped.
        steps = {
            name: Decontaminate(packs=("all.pack",), variant=name, action="drop").at(root) for name in get_args(Variant)
        }
        print(f"Share found, by kind, variant and benchmark; {options.each} items of each\n")
        print(table(recall(found, steps, options)), flush=True)
        print("\nTexts of corpora without benchmarks that are taken for one\n")
        print(table(false_positives(steps, options.corpora)))


def recall(found: dict[str, list[Item]], steps: dict[str, Decontaminate], options: argparse.Namespace) -> list[dict]:
    chance = random.Random(1)
    words = [word for some in found.values() for item in some for word in item.question.split()]
    rows = []
    for kind in KINDS:
        by_benchmark: dict[str, list[list[bool]]] = {}
        for name, some in found.items():
            chosen = chance.sample(some, min(options.each, len(some)))
            clean = islice(texts(options.corpora[0]), len(chosen))
            leaks = [planted(kind(item, words, chance), text) for item, text in zip(chosen, clean, strict=True)]
            by_benchmark[name] = [caught(step, leaks) for step in steps.values()]
        for number, variant in enumerate(steps):
            shares = {name: float(np.mean(hits[number])) for name, hits in by_benchmark.items()}
            rows.append(
                {"kind": kind.__name__, "variant": variant, "all": float(np.mean(list(shares.values()))), **shares}
            )
    return rows


def false_positives(steps: dict[str, Decontaminate], corpora: list[Path]) -> list[dict]:
    rows = []
    for corpus in corpora:
        counts, total = dict.fromkeys(steps, 0), 0
        for batch in batches(texts(corpus)):
            total += len(batch)
            for name, step in steps.items():
                counts[name] += sum(caught(step, batch))
        rows.append({"corpus": corpus.name, "texts": total, **counts})
    return rows


if __name__ == "__main__":
    main()
