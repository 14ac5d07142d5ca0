"""Keep benchmarks out of the training data: find their items in texts, exactly and nearly, and report, drop or cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field, PrivateAttr, model_validator

from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.step import Edit, RowStep, threshold
from gristmill.contracts.view import View
from gristmill.decontaminate._cutting import cut
from gristmill.decontaminate._findings import Findings, best, labels, look
from gristmill.decontaminate._index import Looked, index
from gristmill.decontaminate._pack import PackFile, counts, digest, find, read
from gristmill.decontaminate._paragraphs import look as look_for_paragraphs
from gristmill.decontaminate._paragraphs import paragraphs
from gristmill.decontaminate._variants import VARIANTS, Action, Definition, Variant
from gristmill.decontaminate._words import Wording
from gristmill.errors import InputError

_ITEMS = (
    Signal("items", "count", "benchmark items of which something stands in it"),
    Signal("item_share", "share", "of the item most found: words in n-grams that stand in it"),
    Signal("benchmark", "label", "the benchmark of the item most found"),
    Signal("item", "label", "the id of the item most found"),
    Signal("evidence", "label", "all items found, as JSON: how much of each, and where (bytes)"),
)
_SHARE = Signal("text_share", "share", "bytes of the text that stand in what was found")
_NGRAMS = (
    Signal("ngrams", "count", "places where an n-gram of an item begins"),
    Signal("longest", "count", "words of the longest stretch of such n-grams"),
)
_NEAR = (
    Signal("near_share", "share", "of the item most found: 5-word shingles near together in it, 0 below a fifth"),
    Signal("answers", "count", "items whose short answer stands right behind the end of their question"),
)
_CUTS = (
    Signal("pieces", "count", "pieces that are left of it; 1 where nothing was cut"),
    Signal("removed_share", "share", "bytes that went"),
)


class Decontaminate(RowStep):
    """Find benchmark items in texts, by packs of their n-grams, and drop the records, cut the stretches, or report.

    A pack is made by `gristmill pack` and holds hashes and item ids, no text. Variants:

    - `items` judges by how much of one item is found: exactly, nearly (most of its 5-word shingles within a window), or
      its question with the short answer right behind. N-grams have 8 words.
    - `gpt3` cuts each 13-gram and 200 characters around it, and drops what falls into more than 10 pieces.
    - `datatrove` drops for one 12-gram that has a word of the answer; `open_r1` for one 8-gram of a question.
    - `llama` drops where 80 % of an item's words stand in 8-grams; `dolma` for one paragraph of 13 words or more.

    N-grams that are common in the corpus a pack was held against are passed over. What each variant departs in from its
    source, and how much each finds, is in docs/decontamination.md.
    """

    version: ClassVar[int] = 2

    packs: tuple[str, ...] = Field(
        (), description="Packs of benchmarks; a relative path begins at the recipe's folder."
    )
    variant: Variant = Field("items", description="Whose rule: items, gpt3, datatrove, dolma, llama or open_r1.")
    action: Action | None = threshold(
        None, description="report, drop the record, or cut what was found; the variant's own unless given."
    )
    words: Wording | None = Field(
        None,
        description="How words are compared: simplified, unpunctuated, lowercase or exact; the variant's unless given.",
    )
    size: int | None = Field(
        None, ge=5, le=13, description="Words of an n-gram; the variant's unless given (8; datatrove 12, gpt3 13)."
    )
    max_item_share: float | None = threshold(
        None,
        gt=0,
        le=1,
        description="Drop where more of an item is found; items 0.5 and llama 0.8 unless given.",
    )
    max_near_share: float = threshold(
        0.35, ge=0.2, le=1, description="Drop where more of an item's shingles stand near together (items)."
    )
    max_answers: int = threshold(
        0, ge=0, description="Drop where more questions stand with their short answers behind them (items)."
    )
    max_ngrams: int = threshold(
        0, ge=0, description="Drop where more n-grams begin, or paragraphs stand; none may, in all published rules."
    )
    max_text_share: float | None = threshold(
        None,
        ge=0,
        lt=1,
        description="Drop where more of the text stands in items, and by nothing else of the variant's.",
    )
    margin: int = Field(
        200, ge=0, le=10_000, description="Characters to cut on each side of a stretch, to whole words."
    )
    min_piece: int = Field(
        200, ge=0, le=100_000, description="A piece between cuts that has fewer characters goes too."
    )
    max_pieces: int = threshold(10, ge=1, description="Drop where cutting leaves more pieces.")

    _root: Path = PrivateAttr(default_factory=Path)
    _found: tuple[PackFile, ...] | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.action == "cut" and self._how.judged in ("items", "share"):
            raise ValueError(
                f"variant {self.variant} judges by whole items and cannot cut: gpt3, datatrove, open_r1 and dolma can"
            )
        if self.variant == "items" and self.words not in (None, "simplified"):
            raise ValueError("variant items looks for near-copies and answers, which takes simplified words")
        return self

    @property
    def edits(self) -> bool:  # type: ignore[override]  # by its settings, where other steps always edit or never
        return self._action == "cut"

    @property
    def _action(self) -> Action:
        return self.action or VARIANTS[self.variant].action

    @property
    def _how(self) -> Definition:
        how = VARIANTS[self.variant]
        return replace(how, wording=self.words or how.wording, size=self.size or how.size)

    def at(self, root: Path) -> Self:
        located = self.model_copy()
        located._root, located._found = root, None
        return located

    def _find(self) -> tuple[PackFile, ...]:
        """The packs as they are now. Workers are told of them, and refuse others than the build began with."""
        self._found = tuple(find(self._root, name) for name in self.packs)
        return self._found

    def faults(self) -> Mapping[str, str]:
        if not self.packs:
            return {"packs": "names no pack; `gristmill pack BENCHMARKS.yaml --to FILE` makes one"}
        try:
            files = self._find()
            counts(files)
            for file in files:
                read(file, None if self._how.judged == "paragraphs" else self._how.wording)
        except InputError as error:
            return {"packs": str(error)}
        return {}

    def computing_settings(self) -> dict[str, Any]:
        """The settings, the digest of each pack, null where it cannot be read, and the number of items by benchmark."""
        digests: dict[str, str | None] = dict.fromkeys(self.packs)
        found: dict[str, int] = {}
        try:
            files = self._find()
            digests = {file.name: digest(file) for file in files}
            found = counts(files)
        except InputError:
            pass  # `faults` says why
        own = super().computing_settings()
        if not self.edits:
            own = {name: value for name, value in own.items() if name not in ("margin", "min_piece")}
        return {**own, "cuts": self.edits, "digests": digests, "benchmarks": found}

    def signals(self) -> tuple[Signal, ...]:
        cuts = _CUTS if self.edits else ()
        if self._how.judged == "paragraphs":
            return (
                Signal("paragraphs", "count", "paragraphs of items, and 1 more where all of it is one"),
                *_ITEMS,
                _SHARE,
                *cuts,
            )
        return (*_NGRAMS, *_ITEMS, _SHARE, *(_NEAR if self._how.judged == "items" else ()), *cuts)

    def rules(self) -> tuple[Rule, ...]:
        if self._action == "report":
            return ()
        rules: list[Rule] = []
        if self.max_text_share is not None:
            rules.append(Rule("text_overlaps", "text_share", high=self.max_text_share, option="max_text_share"))
        if self._action == "cut":
            rules += [
                Rule("too_many_pieces", "pieces", high=self.max_pieces, option="max_pieces"),
                Rule("nothing_left", "pieces", low=1, option="min_piece"),
            ]
        elif self.max_text_share is None:
            rules += self._dropping()
        return tuple(replace(rule, source=self._how.source) for rule in rules)

    def _dropping(self) -> tuple[Rule, ...]:
        how = self._how
        if how.judged == "paragraphs":
            return (Rule("paragraph_found", "paragraphs", high=self.max_ngrams, option="max_ngrams"),)
        if how.judged == "ngrams":
            return (Rule("ngram_found", "ngrams", high=self.max_ngrams, option="max_ngrams"),)
        most = how.max_item_share if self.max_item_share is None else self.max_item_share
        found = Rule("item_found", "item_share", high=most, option="max_item_share")
        if how.judged == "share":
            return (found,)
        return (
            found,
            Rule("near_copy", "near_share", high=self.max_near_share, option="max_near_share"),
            Rule("answer_found", "answers", high=self.max_answers, option="max_answers"),
        )

    def measure(self, view: View) -> Mapping[str, pa.Array]:
        return {} if self.edits else self._measured(view, self._look(view))

    def edit(self, view: View) -> Edit:
        found = self._look(view)
        text, pieces, removed = cut(view, found.cuts, self.margin, self.min_piece)
        signals = {**self._measured(view, found), "pieces": pieces, "removed_share": removed}
        return Edit(text, signals=signals)

    def _look(self, view: View) -> Findings:
        files = self._found if self._found is not None else self._find()
        how = self._how
        if not files:
            return Findings.nothing(len(view))
        if how.judged == "paragraphs":
            return look_for_paragraphs(view, paragraphs(files))
        return look(
            view, index(files, Looked(how.wording, how.size, how.part)), how.wording, near=how.judged == "items"
        )

    def _measured(self, view: View, found: Findings) -> dict[str, pa.Array]:
        pairs, texts = found.pairs, len(view)

        def largest(values: npt.NDArray[Any]) -> pa.Array:
            return pa.array(best(values, pairs.rows, texts))

        signals = {
            "items": pa.array(np.bincount(pairs.rows, minlength=texts)),
            "item_share": largest(pairs.shares),
            **labels(view, found),
            "text_share": pa.array(_text_shares(view, found.cuts)),
        }
        if self._how.judged == "paragraphs":
            return {"paragraphs": pa.array(found.ngrams), **signals}
        signals |= {"ngrams": pa.array(found.ngrams), "longest": pa.array(found.longest)}
        if self._how.judged == "items":
            answers = np.bincount(pairs.rows[pairs.answered], minlength=texts)
            signals |= {"near_share": largest(pairs.near), "answers": pa.array(answers)}
        return signals


def _text_shares(view: View, cuts: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Of each text the share of its bytes in what was found: stretches that do not overlap, or else all of it."""
    sizes = view.text.offsets[view.rows + 1] - view.text.offsets[view.rows]
    found = np.bincount(cuts[0], weights=cuts[2] - cuts[1], minlength=len(view))
    shares: npt.NDArray[np.float64] = np.minimum(found / np.maximum(sizes, 1), 1.0)
    return shares
