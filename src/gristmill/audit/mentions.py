"""Whom each text is about, which variety of a language it is in, and whether it speaks up: for the report's audit."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field

from gristmill.audit._counter_speech import COUNTER_SPEECH
from gristmill.audit._dialect_markers import DIALECTS
from gristmill.audit._identity_words import IDENTITY_WORDS
from gristmill.contracts.rules import Signal
from gristmill.contracts.step import RowStep
from gristmill.contracts.view import View
from gristmill.text.dominant_scripts import dominant_scripts
from gristmill.text.phrase_lists import Found, Phrases, find_phrases, phrases

LANGUAGES = tuple(sorted(IDENTITY_WORDS))
"""Languages that have lists (ISO 639-1)."""

NONE = "none"
"""The label of a text that was looked at and has none."""

_UNKNOWN = (None, "und")
_WORDS_A_MARKER = 1000


class Lists(NamedTuple):
    """All phrases as one trie a language: lists are the groups, then the dialects, then counter-speech."""

    groups: tuple[str, ...]
    dialects: tuple[str, ...]
    known: Phrases


class Mentions(RowStep):
    """Says of each text which groups of people it names, which dialect's markers it has, and in which script it is.

    Drops nothing and adds no column: the report's section on fairness reads the signals from the ledger. Let it stand
    early, behind `extract`, `normalise` and `language` and before any filter: only what came to it has signals, and
    only steps at or behind it can be judged by them. Looks in the lists of the language that the column `language`
    names, or else in those of `default_language`; a text in a language without lists is not measured. A mention is no
    finding: a text that names a group may say anything of it, and a person's dialect is more than its markers.
    """

    version: ClassVar[int] = 1

    default_language: str = Field(
        "en", min_length=2, max_length=8, description="The language whose lists serve where a text's is not known."
    )
    min_dialect_markers: int = Field(
        2, ge=1, le=20, description="Fewest different markers of a dialect (and one in a thousand words)."
    )

    def signals(self) -> tuple[Signal, ...]:
        return (
            Signal("identity_groups", "label", "groups of people that are named, in order of the alphabet, or none"),
            Signal("dialects", "label", "varieties of its language with enough markers, or none"),
            Signal("counter_speech", "count", "phrases that denounce hate or speak up against it"),
            Signal("script", "label", "ISO 15924 code of the script that most letters are in"),
        )

    def measure(self, view: View) -> Mapping[str, pa.Array]:
        groups, dialects, known = lists()
        text, trees = view.text, self._trees(view)
        count = len(groups) + len(dialects) + 1
        found = find_phrases(text.data, text.offsets, view.rows, trees, known, count)
        no_list = trees < 0
        enough = self._enough(found, len(groups), len(groups) + len(dialects))
        nulls = _nulls(view)
        return {
            "identity_groups": _labels(found.hits[:, : len(groups)] > 0, groups, no_list | nulls),
            "dialects": _labels(enough, dialects, no_list | nulls),
            "counter_speech": pa.array(found.hits[:, -1], mask=no_list | nulls),
            "script": pa.array(dominant_scripts(text.data, text.offsets, view.rows), pa.string(), mask=nulls),
        }

    def _trees(self, view: View) -> npt.NDArray[np.int64]:
        """For each asked row the place of its language among those with lists, -1 for none."""
        column = view.column("language")
        named = [self.default_language] * len(view) if column is None else column.to_pylist()
        place = {code: at for at, code in enumerate(LANGUAGES)}
        codes = (self.default_language if code in _UNKNOWN else code for code in named)
        return np.fromiter((place.get(code, -1) for code in codes), np.int64, len(view))

    def _enough(self, found: Found, first: int, last: int) -> npt.NDArray[np.bool_]:
        """Which dialects have markers enough."""
        different = np.bitwise_count(found.met[:, first:last])
        often = found.hits[:, first:last] * _WORDS_A_MARKER >= found.words[:, None]
        enough: npt.NDArray[np.bool_] = (different >= self.min_dialect_markers) & often
        return enough


@cache
def lists() -> Lists:
    """The lists of all languages, made ready once a process."""
    groups = tuple(sorted({group for words in IDENTITY_WORDS.values() for group in words}))
    dialects = tuple(sorted(DIALECTS))
    trees = []
    for language in LANGUAGES:
        tree = [(groups.index(group), words) for group, words in IDENTITY_WORDS[language].items()]
        tree += [
            (len(groups) + at, DIALECTS[name].markers)
            for at, name in enumerate(dialects)
            if DIALECTS[name].language == language
        ]
        placed = [(at, place, phrase) for at, words in tree for place, phrase in enumerate(words.split(", "))]
        last = len(groups) + len(dialects)  # of counter-speech all hits are counted, so its phrases need no places
        trees.append([*placed, *((last, 0, phrase) for phrase in COUNTER_SPEECH[language].split(", "))])
    return Lists(groups, dialects, phrases(trees))


def _labels(has: npt.NDArray[np.bool_], names: tuple[str, ...], unknown: npt.NDArray[np.bool_]) -> pa.Array:
    """The names of each row's groups with commas between them; few rows have any, and rows alike share a label."""
    made: dict[bytes, str] = {}
    labels = np.full(len(has), NONE, object)
    for row in np.flatnonzero(has.any(axis=1)):
        key = has[row].tobytes()
        if key not in made:
            made[key] = ",".join(names[at] for at in np.flatnonzero(has[row]))
        labels[row] = made[key]
    return pa.array(labels, pa.string(), mask=unknown)


def _nulls(view: View) -> npt.NDArray[np.bool_]:
    """Rows that have no text."""
    text = view.column("text")
    nulls: npt.NDArray[np.bool_] = np.zeros(len(view), np.bool_)
    if text is not None and text.null_count:
        nulls = text.is_null().to_numpy(zero_copy_only=False)
    return nulls
