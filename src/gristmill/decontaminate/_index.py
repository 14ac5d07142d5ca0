"""Packs made ready to look texts up in, once in a process: what to look for, by the settings of a step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from gristmill.decontaminate._pack import Lists, Pack, PackFile, Worded, read
from gristmill.decontaminate._words import Wording
from gristmill.text.distinct import distinct_values
from gristmill.text.flat import Offsets
from gristmill.text.hash_places import places
from gristmill.text.item_ngrams import NgramIndex, Occurrences, covered, grouped, ngram_index
from gristmill.text.shingle_index import SHINGLE, Ids, ShingleIndex, shingle_index

Part = Literal["everything", "question", "answer"]
"""Which n-grams of an item count: all, those within its question, those with a word of its answer."""

MOST_ITEMS = 10
"""What stands at more places of the packs is the form of a benchmark, and is laid to no item."""

RECKONED = 16
"""An item counts as having so many words that n-grams can cover, and so many shingles, even where it has fewer."""

LEAST_NEAR = 0.2
"""The share of an item's shingles under which no near-copy is told of."""

LEAST_TOLD = math.ceil(LEAST_NEAR * RECKONED)

LEAST_OWN = 8
"""Shingles of its own that a question has at least; with fewer, near-copies are looked for by the whole item."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What n-grams to look for: of words in this wording, `size` words long, of this part of an item."""

    wording: Wording
    size: int
    part: Part


@dataclass(frozen=True, slots=True)
class Index:
    """The items of packs, one after another; `starts`, `lengths` and `questions` are in words."""

    benchmarks: Sequence[str]
    items: Sequence[str]
    starts: Offsets
    questions: Offsets
    item_of: Ids  # by word of all items
    shingles: ShingleIndex
    ids: Ids  # by word of all items: the shingle that begins there, or -1
    ngrams: NgramIndex
    coverable: npt.NDArray[np.int64]  # two rows: words of the question, and of the item, that n-grams can cover
    own: Occurrences  # by shingle: where it tells of a near-copy
    own_counts: Ids  # by item: different shingles that tell of one
    widths: Ids  # by item: words of the window to look for one in
    ends: Occurrences  # by shingle: where it ends a question that has short answers
    answers: Lists
    answer_words: Lists

    @property
    def findable(self) -> npt.NDArray[np.bool_]:
        """Whether anything of an item can be laid to it: an n-gram, or enough shingles for a near-copy."""
        found: npt.NDArray[np.bool_] = (self.coverable[1] > 0) | (self.own_counts >= LEAST_TOLD)
        return found


@lru_cache(maxsize=8)
def index(files: tuple[PackFile, ...], looked: Looked) -> Index:
    """The index of some packs; InputError where one cannot be read, or has not that wording."""
    return _index([read(file, looked.wording) for file in files], looked)


def _index(packs: Sequence[Pack], looked: Looked) -> Index:
    worded = _joined([pack.wording for pack in packs if pack.wording is not None])
    starts, lengths = worded.offsets[:-1], np.diff(worded.offsets)
    item_of = np.repeat(np.arange(len(starts), dtype=np.int32), lengths)
    within = np.arange(len(item_of)) - starts[item_of]
    shingles = shingle_index(distinct_values(worded.shingles[worded.shingles != 0]))
    ids = places(worded.shingles, shingles.known).astype(np.int32)
    wanted = _wanted(looked.part, within + looked.size, worded, item_of) & (worded.common < looked.size)
    ngrams = ngram_index(ids, looked.size, wanted, MOST_ITEMS)
    own, counts = _own(ids, worded, item_of, within)
    return Index(
        benchmarks=[name for pack in packs for name in pack.benchmarks],
        items=[item for pack in packs for item in pack.items],
        starts=starts,
        questions=worded.questions,
        item_of=item_of,
        shingles=shingles,
        ids=ids,
        ngrams=ngrams,
        coverable=_coverable(ngrams, item_of, starts, worded.questions),
        own=own,
        own_counts=counts,
        widths=(2 * np.minimum(lengths, 1 << 20) + 16).astype(np.int32),
        ends=_ends(ids, starts, worded.questions, _lists(packs, "answers"), len(shingles.known.hashes)),
        answers=_lists(packs, "answers"),
        answer_words=_lists(packs, "answer_words"),
    )


def _joined(parts: Sequence[Worded]) -> Worded:
    """The words of several packs after each other."""
    lengths = np.concatenate([np.diff(part.offsets) for part in parts])
    return Worded(
        np.concatenate([part.shingles for part in parts]),
        np.concatenate([part.common for part in parts]),
        np.concatenate([[0], np.cumsum(lengths)]),
        np.concatenate([part.questions for part in parts]),
        np.concatenate([part.answers for part in parts]),
    )


def _lists(packs: Sequence[Pack], name: str) -> Lists:
    lists = [pack.lists[name] for pack in packs]
    lengths = np.concatenate([np.diff(one.offsets) for one in lists])
    return Lists(np.concatenate([one.values for one in lists]), np.concatenate([[0], np.cumsum(lengths)]))


def _wanted(part: Part, ends: Offsets, worded: Worded, item_of: Ids) -> npt.NDArray[np.bool_]:
    """Whether the n-gram that begins at a place, and ends where `ends` says, belongs to the part."""
    if part == "everything":
        return np.ones(len(ends), np.bool_)
    inside: npt.NDArray[np.bool_] = ends <= worded.questions[item_of]
    return inside if part == "question" else ~inside & (ends <= worded.answers[item_of])


def _own(ids: Ids, worded: Worded, item_of: Ids, within: Offsets) -> tuple[Occurrences, Ids]:
    """Shingles that tell of an item: not of the form of many, not common, and of its question where that has enough."""
    items = len(worded.questions)
    distinct, everywhere = grouped(ids, np.arange(len(ids)), MOST_ITEMS)
    telling = np.zeros(len(ids), np.bool_)
    telling[everywhere.places] = True
    telling &= (ids >= 0) & (worded.common < SHINGLE)
    of_question = telling & (within + SHINGLE <= worded.questions[item_of])
    enough = np.bincount(item_of[of_question], minlength=items) >= LEAST_OWN
    telling &= of_question | ~enough[item_of]
    places = np.flatnonzero(telling)
    counts = np.bincount(item_of[places], minlength=items).astype(np.int32)
    return _by_id(ids[places], places, int(distinct[-1]) + 1 if len(distinct) else 0), counts


def _by_id(ids: Ids, places: Offsets, count: int) -> Occurrences:
    """For each shingle its places, ascending."""
    offsets = np.concatenate([[0], np.cumsum(np.bincount(ids, minlength=count))]).astype(np.int64)
    return Occurrences(offsets, places[np.argsort(ids, kind="stable")])


def _coverable(ngrams: NgramIndex, item_of: Ids, starts: Offsets, questions: Offsets) -> npt.NDArray[np.int64]:
    places = np.sort(ngrams.occurrences.places)
    most = covered(np.zeros(len(places), np.int64), places, ngrams.size, item_of, starts, questions)
    out = np.zeros((2, len(starts)), np.int64)
    out[:, most[1]] = most[2:]
    return out


def _ends(ids: Ids, starts: Offsets, questions: Offsets, answers: Lists, count: int) -> Occurrences:
    """Where questions end that have answers to look for, their last words being shingles of the pack."""
    asked = np.flatnonzero((np.diff(answers.offsets) > 0) & (questions >= SHINGLE))
    places = (starts + questions - SHINGLE)[asked]
    places = places[ids[places] >= 0]
    order = np.argsort(places)
    ends = _by_id(ids[places[order]], places[order], count)
    few = np.diff(ends.offsets) <= MOST_ITEMS
    kept = np.repeat(few, np.diff(ends.offsets))
    offsets = np.concatenate([[0], np.cumsum(np.where(few, np.diff(ends.offsets), 0))])
    return Occurrences(offsets, ends.places[kept])
