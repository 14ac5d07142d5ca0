"""The shipped lists, the user's own and the cues of context, made ready for the scan."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from gristmill.contracts.list_files import ListFile, unpacked
from gristmill.errors import InputError
from gristmill.text import speech_context
from gristmill.text.flat import Offsets, flat
from gristmill.text.lexicon import LONGEST_PHRASE, Lexicon, lexicon_of, phrase_hashes
from gristmill.text.list_entries import list_entries
from gristmill.text.mixing import Hashes
from gristmill.text.speech_features import FEATURES, Model

OTHER_SCRIPTS = ("ar", "fa", "hi", "ja", "ko", "ru", "th", "zh")
"""Languages of the lists whose words are no words of a language in Latin script."""

_ALIKE = {"nb": "no", "nn": "no", "tl": "fil"}
_EVERY = (1 << 64) - 1
_ANY = 1 << 63  # every row asks for what is listed for all languages
_FOLDER = "gristmill.safety"


class Lists(NamedTuple):
    """What is looked for, the bit of each language that has a list, and for each entry the list it is told of."""

    lexicon: Lexicon
    bits: dict[str, int]
    names: tuple[str, ...]
    origins: Offsets

    def asked(self, language: str | None) -> int:
        """The lists that count in a record of a language: one that is not known may be English or of another script."""
        if language is None or language == "und":
            codes: Iterable[str] = ("en", *OTHER_SCRIPTS)
        else:
            base = language.lower().partition("-")[0]
            codes = (_ALIKE.get(base, base),)
        asked = _ANY
        for code in codes:
            asked |= self.bits.get(code, 0)
        return asked


class _Chains(NamedTuple):
    """Phrases as `phrase_hashes` gives them, of one list."""

    hashes: Hashes
    sizes: Offsets


def chains(phrases: list[str]) -> _Chains:
    """The hashes of phrases."""
    return _Chains(*phrase_hashes(*flat(pa.array(phrases, pa.large_string()))))


def cue_phrases() -> Iterator[tuple[str, list[str]]]:
    """The shipped cues, by the name of their kind. In a kind, phrases of several words are set apart by bars."""
    text = (files(_FOLDER) / "toxicity_cues.json").read_text("utf-8")
    for kind, said in json.loads(text).items():
        words, *phrases = said.split("|")
        yield kind, [*words.split(), *phrases]


@cache
def _shipped() -> dict[str, _Chains]:
    """The lists that come with Gristmill, by language; `slurs` are those of the English one against groups."""
    with (files(_FOLDER) / "toxicity_lists.npz").open("rb") as file, np.load(file) as arrays:
        names = [name.removesuffix(".sizes") for name in arrays.files if name.endswith(".sizes")]
        return {name: _Chains(arrays[name], arrays[f"{name}.sizes"].astype(np.int64)) for name in names}


class _Building:
    """Entries by their hash: [kind, listed, cued, extends, origin]."""

    def __init__(self) -> None:
        self.entries: dict[int, list[int]] = {}

    def add(self, given: _Chains, kind: int, listed: int, cued: int, origin: int) -> None:
        hashes = given.hashes.tolist()
        at = 0
        for size in given.sizes.tolist():
            for k in range(at, at + size):
                entry = self.entries.setdefault(hashes[k], [0, 0, 0, 0, -1])
                if k < at + size - 1:
                    entry[3] = 1
                else:
                    entry[0] = entry[0] or kind
                    entry[1] |= listed
                    entry[2] |= cued
                    entry[4] = origin if entry[4] < 0 and listed else entry[4]
            at += size

    def lexicon(self) -> tuple[Lexicon, Offsets]:
        order = sorted(self.entries)
        rows = [self.entries[value] for value in order]
        kinds, listed, cued, extends, origins = (list(column) for column in zip(*rows, strict=True))
        lexicon = lexicon_of(
            np.array(order, np.uint64),
            np.array(kinds, np.uint8),
            np.array(listed, np.uint64),
            np.array(cued, np.uint64),
            np.array(extends, np.bool_),
        )
        return lexicon, np.array(origins, np.int64)


def language_of(name: str) -> str | None:
    """The language that a file is named for: `de`, `de.txt`, `lists/de.txt.gz`; None for any other name."""
    stem = name.rpartition("/")[2].removesuffix(".gz").removesuffix(".txt").partition("-")[0]
    code = _ALIKE.get(stem, stem)
    return code if stem.islower() and stem.isascii() and stem.isalpha() and 2 <= len(stem) <= 3 else None


@lru_cache(maxsize=8)
def lists(own: tuple[ListFile, ...], shipped: bool) -> Lists:
    """All lists in one; InputError where a file of the user's cannot be read, has no entry, or one that is too long."""
    read = [(file.name, language_of(file.name), _own(file)) for file in own]
    codes = [code for _, code, _ in read if code]
    # English first: its slurs are told of as its.
    known = {code: _shipped()[code] for code in sorted(_shipped(), key=lambda code: (code != "en", code))}
    known = {code: given for code, given in known.items() if code != "slurs"} if shipped else {}
    bits = {code: 1 << k for k, code in enumerate(dict.fromkeys(["en", *known, *codes]))}
    if len(bits) > 62:
        raise InputError(own[-1].name, "is of one language too many: lists may be of 62")
    made = _Building()
    names: list[str] = []
    # First, as the first kind that an entry is given counts.
    made.add(_shipped()["slurs"], speech_context.SLUR, bits["en"] if shipped else 0, bits["en"], len(read))
    for kind, phrases in cue_phrases():
        made.add(chains(phrases), getattr(speech_context, kind), 0, bits["en"], -1)
    for name, code, given in [*read, *((code, code, given) for code, given in known.items())]:
        listed = bits[code] if code else _EVERY
        made.add(given, speech_context.LISTED, listed, listed, len(names))
        names.append(name)
    lexicon, origins = made.lexicon()
    return Lists(lexicon, bits, tuple(names), origins)


def _own(file: ListFile) -> _Chains:
    data = np.frombuffer(unpacked(file), np.uint8)
    starts, stops, lines = list_entries(data)
    phrases = [data[a:b].tobytes().decode("utf-8", "replace") for a, b in zip(starts, stops, strict=True)]
    if not phrases:
        raise InputError(file.name, "has no entry: every line is blank or a comment")
    found = chains(phrases)
    if not found.sizes.all():
        first = int(np.argmin(found.sizes))
        raise InputError(
            f"{file.name}, line {lines[first]}",
            f"{phrases[first][:60]!a} has no word, or more than {LONGEST_PHRASE}",
        )
    return found


@cache
def model() -> Model:
    """The shipped model: see docs/toxicity.md."""
    with (files(_FOLDER) / "toxicity_model.npz").open("rb") as file, np.load(file) as arrays:
        weights = np.zeros(FEATURES, np.int8)
        weights[:] = arrays["weights"]
        return Model(weights, arrays["scales"], float(arrays["bias"]))
