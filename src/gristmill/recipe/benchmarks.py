"""The file that `gristmill pack` reads: benchmarks, their files and fields, and the corpus to hold them against.

benchmarks:
  gsm8k: {files: gsm8k/test.jsonl, question: question, answer: answer, answer_after: "####"}
  mmlu: {files: mmlu/*.csv, question: question, choices: [A, B, C, D], answer: answer, answer_is: letter}
common_in:                      # may be left out: inputs as a recipe has them
  - jsonl: corpus/*.jsonl
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import cast

from gristmill.contracts.reader import Reader
from gristmill.decontaminate._benchmark import Benchmark
from gristmill.decontaminate._words import WORDINGS, Wording
from gristmill.errors import Place, RecipeError, near_miss
from gristmill.recipe.entries import Faults, entries, settings
from gristmill.recipe.tree import MAX_BYTES, Mapping, Node, parse, value

KEYS = ("benchmarks", "common_in", "words")


@dataclass(frozen=True, slots=True)
class Benchmarks:
    """What a pack is to be made of; relative paths begin at `root`."""

    benchmarks: dict[str, Benchmark]
    common_in: tuple[Reader, ...]
    words: tuple[Wording, ...]
    root: FilePath


def load_benchmarks(path: FilePath) -> Benchmarks:
    """The benchmarks that a file describes; RecipeError carries everything that is wrong with it."""
    tree = parse(_text(path), str(path))
    if not isinstance(tree, Mapping):
        raise RecipeError(f"must be a mapping with the keys {', '.join(KEYS)}", Place(str(path), tree.line))
    wrong = Faults(tree, str(path))
    for key in tree.entries:
        if key not in KEYS:
            wrong.add(f"there is no key {key!r}: {near_miss(key, KEYS)}", (key,))
    found = _benchmarks(tree.entries.get("benchmarks"), wrong)
    readers = [
        cast(Reader, entry.made) for entry in entries(tree.entries.get("common_in"), "common_in", "readers", wrong)
    ]
    for index, reader in enumerate(readers):
        if reader.gives_payload:
            wrong.add(f"{reader.name()} gives pages, not texts: name a corpus of texts", ("common_in", index))
    words = _words(tree.entries.get("words"), wrong)
    if wrong.found:
        raise wrong.together()
    return Benchmarks(found, tuple(readers), words, path.parent.absolute())


def _text(path: FilePath) -> str:
    try:
        with path.open("rb") as stream:
            return stream.read(4 * MAX_BYTES + 1).decode("utf-8-sig")
    except OSError as error:
        raise RecipeError(f"cannot be read: {error.strerror}", Place(str(path))) from error
    except UnicodeDecodeError as error:
        raise RecipeError("is not UTF-8 text", Place(str(path))) from error


def _benchmarks(node: Node | None, wrong: Faults) -> dict[str, Benchmark]:
    if not isinstance(node, Mapping) or not node.entries:
        wrong.add("benchmarks must be a mapping: a name for each, and its files and fields below it", ("benchmarks",))
        return {}
    made = {name: settings(Benchmark, entry, ("benchmarks", name), name, wrong) for name, entry in node.entries.items()}
    return {name: one for name, one in made.items() if one is not None}


def _words(node: Node | None, wrong: Faults) -> tuple[Wording, ...]:
    """The wordings to keep hashes of; all that a variant compares by unless given."""
    if node is None:
        return tuple(wording for wording in WORDINGS if wording != "exact")
    given = value(node)
    chosen = tuple(wording for wording in WORDINGS if isinstance(given, list) and wording in given)
    if not chosen or len(chosen) != len(given):
        wrong.add(f"words is a list of some of {', '.join(WORDINGS)}", ("words",))
    return chosen
