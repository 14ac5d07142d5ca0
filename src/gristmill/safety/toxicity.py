"""Say how toxic a text is, by lists of words, what stands around them, and a small model; drop what is mostly toxic."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import numpy as np
import pyarrow as pa
from pydantic import Field

from gristmill.contracts.list_files import Found, ListFile, find_lists
from gristmill.contracts.list_step import ListStep
from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.step import threshold
from gristmill.contracts.view import View
from gristmill.safety._lexicon import Lists, lists, model
from gristmill.text.toxic_speech import Speech, toxic_speech

_ENGLISH = ("en", "und", None)
_LONGEST_MASK = 12


class Toxicity(ListStep):
    """Find listed words, groups of people as targets, and windows of text that a model calls hateful or threatening.

    A text is looked at in windows of whole sentences, some 16 to 64 words. A listed word has an excuse where the window
    quotes, denounces or reports it (court, clinic, news), or says it of oneself (`we`, `my`). A group is a target where
    it stands near a hateful, violent, dehumanising or excluding word without such an excuse. The model is a linear one
    over pieces of words, word pairs and the order of such cues; which group is named is hidden from it. Model and cues
    know English alone; records of another language, by the column `language`, have no score, and lists only.

    By default a text goes only where a good part of its words stands in windows that the model scores high and that
    have a listed word without excuse or a target. So a long article with one quote stays. docs/toxicity.md has the
    model card, figures and limits. The shipped lists are LDNOOBW's for 26 languages, less words that are mostly
    innocent, and some slurs; they hold obscene words and slurs alike. A record without a language is looked at with the
    English list and those of other scripts.
    """

    version: ClassVar[int] = 1

    lists: tuple[str, ...] = Field(
        (),
        description="Files of words and phrases of up to five words, one a line; one called as a language is (de, "
        "pt.txt) is for records of that language, any other for all.",
    )
    shipped_lists: bool = Field(True, description="Whether the lists that come with Gristmill are used, too.")
    window_score: float = Field(0.8, gt=0, lt=1, description="Score from which a window counts as toxic.")
    max_toxic_share: float | None = threshold(
        0.2, ge=0, le=1, description="Most words in toxic windows with a listed word or a target, among all words."
    )
    max_hits_per_1000: float | None = threshold(
        None, ge=0, le=1000, description="Most listed words without excuse in a thousand words, in any language."
    )
    max_score: float | None = threshold(
        None, ge=0, le=1, description="Highest score that a window may have, listed words or not."
    )

    def found_below(self, root: Path) -> Mapping[str, Found]:
        return {"lists": find_lists(root, self.lists, None, None)}

    def read_lists(self, option: str, files: tuple[ListFile, ...]) -> Lists:
        return lists(files, self.shipped_lists)

    def signals(self) -> tuple[Signal, ...]:
        return (
            Signal("list_hits", "count", "listed words and phrases"),
            Signal("list_hits_left", "count", "of them, those that what stands around does not excuse"),
            Signal("list_hits_per_1000", "number", "those left in a thousand words"),
            Signal("targets", "count", "windows with a group of people as a target"),
            Signal("score", "share", "the model's score of the worst window; null where not English"),
            Signal("toxic_windows", "share", "words in windows that score high; null where not English"),
            Signal("toxic_share", "share", "of them, words in windows with a listed word left or a target"),
            Signal("evidence", "label", "the first listed words, masked, and their lists; in brackets where excused"),
        )

    def rules(self) -> tuple[Rule, ...]:
        rules = (
            Rule("toxic", "toxic_share", high=self.max_toxic_share, option="max_toxic_share"),
            Rule("listed_words", "list_hits_per_1000", high=self.max_hits_per_1000, option="max_hits_per_1000"),
            Rule("toxic_window", "score", high=self.max_score, option="max_score"),
        )
        return tuple(rule for rule in rules if rule.high is not None)

    def measure(self, view: View) -> Mapping[str, pa.Array]:
        known = self.read_lists("lists", self.lists_of("lists"))
        languages = view.column("language")
        spoken: list[str | None] = [None] * len(view) if languages is None else languages.to_pylist()
        asked = {language: known.asked(language) for language in set(spoken)}
        masks = np.array([asked[language] for language in spoken], np.uint64)
        text = view.text
        found = toxic_speech(text.data, text.offsets, view.rows, masks, known.lexicon, model(), self.window_score)
        words = np.maximum(found.words, 1)
        foreign = np.array([language not in _ENGLISH for language in spoken], np.bool_)
        return {
            "list_hits": pa.array(found.hits),
            "list_hits_left": pa.array(found.left),
            "list_hits_per_1000": pa.array(1000 * found.left / words),
            "targets": pa.array(found.targets),
            "score": pa.array(found.best, mask=foreign),
            "toxic_windows": pa.array(found.toxic / words, mask=foreign),
            "toxic_share": pa.array(found.backed / words, mask=foreign),
            "evidence": _evidence(found, known, view),
        }


def _evidence(found: Speech, known: Lists, view: View) -> pa.Array:
    """For each row its first listed words: `f*** (en); [s*** (en)]`; null where there are none."""
    labels: list[str | None] = [None] * len(view)
    columns = (column.tolist() for column in (found.rows, found.starts, found.stops, found.entries, found.excused))
    for row, start, stop, entry, excused in zip(*columns, strict=True):
        said = f"{masked(view.text.data[start:stop].tobytes().decode())} ({known.names[known.origins[entry]]})"
        piece = f"[{said}]" if excused else said
        labels[row] = f"{labels[row]}; {piece}" if labels[row] else piece
    return pa.array(labels, pa.string())


def masked(words: str) -> str:
    """Words with all but the first letter of each made stars, spaces apart: `s*** h***`."""
    shown = " ".join(word[0] + "*" * min(len(word) - 1, _LONGEST_MASK) for word in words.split())
    return "".join(c if c.isprintable() else "\ufffd" for c in shown)
