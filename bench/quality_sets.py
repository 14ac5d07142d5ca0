"""Sets of texts of which it is known, without any sketch, which are near-copies of which."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import xxhash

from gristmill.text.all_pairs import all_pairs
from gristmill.text.jaccard import similarities

LOCALES = ("en-us", "en-gb", "om", "de")
PERCENTS = (1, 2, 5, 10, 20, 30, 50)
_WORD = re.compile(r"\w+")
_RUN = 8  # words that are edited together
_LEAST_ALIKE = 0.3


@dataclass(frozen=True)
class Pair:
    a: str
    b: str
    similarity: float
    case: str = ""
    wanted: bool = True


@dataclass
class TextSet:
    """Texts by id, and the pairs that are known; `whole` where every pair of some similarity is."""

    name: str
    texts: dict[str, str]
    pairs: list[Pair] = field(default_factory=list)
    whole: bool = False

    def write(self, path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = (json.dumps({"id": name, "text": text}) + "\n" for name, text in self.texts.items())
        path.write_text("".join(lines), "utf-8")
        return path


def shingles(text: str) -> np.ndarray:
    """Hashes of all runs of five words, lower case: nobody's simplification, Python's own idea of a word."""
    words = _WORD.findall(text.lower())
    runs = (" ".join(words[at : at + 5]) for at in range(max(len(words) - 4, 1)))
    return np.unique(np.array([xxhash.xxh3_64_intdigest(run.encode()) for run in runs], np.uint64))


def _laid(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    sets = [shingles(text) for text in texts]
    return np.concatenate(sets), np.concatenate([[0], np.cumsum([len(one) for one in sets])]).astype(np.int64)


def _pages(corpus: Path) -> Iterator[tuple[str, str, str]]:
    """Locale, id and text of each help page of the locales."""
    with (corpus / "all.jsonl").open("rb") as lines:
        for line in lines:
            record = json.loads(line)
            locale = record["id"].split("/")[0].removeprefix("libreoffice-help-")
            if locale in LOCALES:
                yield locale, record["id"], record["text"]


def help_pages(corpus: Path) -> TextSet:
    """The help in British and American English, half-translated Oromo and German; every pair compared exactly."""
    found = TextSet("help pages", {name: text for _, name, text in _pages(corpus)}, whole=True)
    names = list(found.texts)
    sets = _laid(list(found.texts.values()))
    pairs = all_pairs(*sets, _LEAST_ALIKE)
    if pairs is None:
        raise RuntimeError("too many pairs")
    alike = similarities(*sets, *pairs)
    found.pairs = [
        Pair(names[a], names[b], float(s)) for a, b, s in zip(*(part.tolist() for part in (*pairs, alike)), strict=True)
    ]
    return found


def graded(folder: Path) -> TextSet | None:
    """Pairs of web pages that people graded: 3 and 2 are near-copies, 1 and 0.5 are not, others are left out."""
    if not folder.is_dir():
        return None
    found = TextSet("graded pairs", {})
    for one in sorted(path for path in folder.iterdir() if path.is_dir()):
        grade = (one / "label").read_text().strip()
        if grade not in ("0.5", "1", "2", "3"):
            continue
        a, b = f"{one.name}/a", f"{one.name}/b"
        found.texts[a] = (one / "src-doc").read_text("utf-8")
        found.texts[b] = (one / "target-doc").read_text("utf-8")
        alike = float(similarities(*_laid([found.texts[a], found.texts[b]]), np.array([0]), np.array([1]))[0])
        found.pairs.append(Pair(a, b, alike, "graded 2 or 3", grade in ("2", "3")))
    return found


def _places(words: list[str], percent: int, draw: random.Random) -> list[int]:
    """Where runs begin that make up a share of the words."""
    runs = max(round(len(words) * percent / 100 / _RUN), 1)
    return sorted(draw.sample(range(0, len(words), _RUN), min(runs, len(words) // _RUN)), reverse=True)


def _word(draw: random.Random) -> str:
    """A word that no page has; of letters alone, for systems write numbers as one."""
    return "".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=9))


def _insert(words: list[str], percent: int, draw: random.Random) -> list[str]:
    out = list(words)
    for at in _places(words, percent, draw):
        out[at:at] = [_word(draw) for _ in range(_RUN)]
    return out


def _delete(words: list[str], percent: int, draw: random.Random) -> list[str]:
    out = list(words)
    for at in _places(words, percent, draw):
        del out[at : at + _RUN]
    return out


def _reorder(words: list[str], percent: int, draw: random.Random) -> list[str]:
    runs = [words[at : at + _RUN] for at in range(0, len(words), _RUN)]
    moved = [at // _RUN for at in _places(words, percent, draw)]
    shuffled = draw.sample(moved, len(moved))
    runs = [runs[dict(zip(moved, shuffled, strict=True)).get(at, at)] for at in range(len(runs))]
    return [word for run in runs for word in run]


def _template(words: list[str], percent: int, draw: random.Random) -> list[str]:
    """Another head and foot around the same middle."""
    half = max(round(len(words) * percent / 200), 1)
    other = [_word(draw) for _ in range(2 * half)]
    return other[:half] + words[half : len(words) - half] + other[half:]


EDITS: dict[str, Callable[[list[str], int, random.Random], list[str]]] = {
    "insert": _insert,
    "delete": _delete,
    "reorder": _reorder,
    "template": _template,
}


def planted(corpus: Path) -> TextSet:
    """English help pages that are unlike each other, and of each a copy with an edit of one kind and size."""
    draw = random.Random(1)
    pages = [(name, text) for locale, name, text in _pages(corpus) if locale == "en-us" and len(text.split()) >= 100]
    sets = _laid([text for _, text in pages])
    near = all_pairs(*sets, _LEAST_ALIKE)
    taken = set(near[1].tolist()) if near else set()
    pages = [page for at, page in enumerate(pages) if at not in taken]
    found = TextSet("planted edits", {})
    cases = [(kind, percent) for kind in EDITS for percent in PERCENTS]
    for at, (name, text) in enumerate(pages):
        kind, percent = cases[at % len(cases)]
        words = text.split()
        one, copy = " ".join(words), " ".join(EDITS[kind](words, percent, draw))  # white space is no edit
        found.texts[name], found.texts[f"{name}#copy"] = one, copy
        alike = float(similarities(*_laid([one, copy]), np.array([0]), np.array([1]))[0])
        found.pairs.append(Pair(name, f"{name}#copy", alike, f"{kind} {percent} %"))
    return found
