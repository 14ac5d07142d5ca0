"""Makes a pack of items: their texts become words, the words shingles, and only hashes are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gristmill.decontaminate._items import Item
from gristmill.decontaminate._pack import schema
from gristmill.decontaminate._words import Wording, every_row, hashed, located
from gristmill.text.characters import SPACE, characters, decode, flags_of
from gristmill.text.flat import Flat, Offsets, flat
from gristmill.text.lines import newline_lines
from gristmill.text.minhash import shingles
from gristmill.text.mixing import Hashes, hash_rows
from gristmill.text.segments import segments_of_uax29
from gristmill.text.shingle_index import SHINGLE
from gristmill.text.short_answers import answer_hashes

LEAST_DIFFERENT = 3
"""A shingle has so many different words at least: five numbers in a row are a line of any table."""

LONGEST_ANSWER = 12
"""Words of a short answer, at most. Longer ones are found by their n-grams."""

LEAST_IN_PARAGRAPH = 13
"""Words and marks of a paragraph that is looked for, as in Dolma 1.6."""

PARAGRAPH, WHOLE = 3, 4
"""Seeds of the hashes of paragraphs and of whole texts, so that a line of a text is none of a whole one."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """The texts of all items, piece by piece: no n-gram reaches over the end of one. Each item has at least one."""

    texts: pa.Array
    of_item: Offsets
    questions: pa.Array  # by item


def pack_table(
    benchmarks: Mapping[str, Sequence[Item]], wordings: Sequence[Wording], about: Mapping[str, Any]
) -> pa.Table:
    """The rows of a pack, held against no corpus yet."""
    everything = [item for found in benchmarks.values() for item in found]
    pieces = _pieces(everything)
    columns: dict[str, Any] = {
        "benchmark": [name for name, found in benchmarks.items() for _ in found],
        "item": [item.id for item in everything],
    }
    for wording in wordings:
        values, bounds, questions, answers = _shingled(pieces, wording)
        columns[wording] = _list(values, bounds)
        columns[f"{wording}_question"] = questions
        columns[f"{wording}_answer"] = answers
        columns[f"{wording}_common"] = _list(np.zeros(len(values), np.uint8), bounds)
    columns |= _paragraphs(everything) | _short_answers(everything)
    return pa.table(columns, schema(wordings, about))


def _list(values: npt.NDArray[Any], offsets: Offsets) -> pa.Array:
    return pa.LargeListArray.from_arrays(pa.array(offsets), pa.array(values))


def _pieces(items: Sequence[Item]) -> Pieces:
    """Question and answer are one piece, for that is how they leak; each wrong choice is one by itself."""
    texts: list[str] = []
    of_item: list[int] = []
    for number, item in enumerate(items):
        own = [f"{item.question}\n{item.answer}", *item.others]
        texts += own
        of_item += [number] * len(own)
    questions = pa.array([item.question for item in items], pa.large_string())
    return Pieces(pa.array(texts, pa.large_string()), np.array(of_item, np.int64), questions)


def _shingled(pieces: Pieces, wording: Wording) -> tuple[Hashes, Offsets, Offsets, Offsets]:
    """By word the shingle that begins there or 0; by item where its words begin, and where question and answer end."""
    words, bounds = hashed(pieces.texts, every_row(flat(pieces.texts)), wording)
    found, found_bounds = shingles(words, bounds, SHINGLE, whole=False)
    values = np.zeros(len(words), np.uint64)
    starts = np.repeat(bounds[:-1] - found_bounds[:-1], np.diff(found_bounds)) + np.arange(len(found))
    values[starts] = np.where(_different(words, starts) >= LEAST_DIFFERENT, found, 0)
    items = len(pieces.questions)
    words_of_item = np.bincount(pieces.of_item, np.diff(bounds), items).astype(np.int64)
    _, questions = hashed(pieces.questions, every_row(flat(pieces.questions)), wording)
    firsts = np.flatnonzero(np.diff(pieces.of_item, prepend=-1))
    return values, np.concatenate([[0], np.cumsum(words_of_item)]), np.diff(questions), np.diff(bounds)[firsts]


def _different(words: Hashes, starts: Offsets) -> npt.NDArray[np.int64]:
    """How many different words each shingle has."""
    columns = [words[starts + k] for k in range(SHINGLE)]
    counts = np.ones(len(starts), np.int64)
    for k in range(1, SHINGLE):
        counts += np.all([columns[k] != columns[j] for j in range(k)], axis=0)
    return counts


def _paragraphs(items: Sequence[Item]) -> dict[str, pa.Array]:
    """Hashes of long paragraphs, and of whole texts: the question alone, and with its answer."""
    fields = [(n, text) for n, item in enumerate(items) for text in (item.question, item.answer, *item.others)]
    texts = flat(pa.array([text for _, text in fields], pa.large_string()))
    lines = newline_lines(texts.data, texts.offsets, every_row(texts))
    owner = np.repeat([n for n, _ in fields], np.diff(lines.offsets)).astype(np.int64)
    wanted = _marks_and_words(texts, lines.starts, lines.stops) >= LEAST_IN_PARAGRAPH
    hashes = hash_pieces(texts, lines.starts[wanted], lines.stops[wanted])
    wholes = [text for item in items for text in (item.question, f"{item.question}\n{item.answer}")]
    whole = flat(pa.array(wholes, pa.large_string()))
    return {
        "paragraphs": _by_item(hashes, owner[wanted], len(items)),
        "wholes": _by_item(hash_rows(*whole, every_row(whole), WHOLE), np.arange(len(wholes)) // 2, len(items)),
    }


def hash_pieces(texts: Flat, starts: Offsets, stops: Offsets) -> Hashes:
    """The hash of each stretch of the texts, as paragraphs are compared by."""
    bounds = np.stack([starts, stops], axis=1).ravel()
    return hash_rows(texts.data, bounds, np.arange(0, len(bounds), 2), PARAGRAPH)


def _by_item(values: Hashes, owner: Offsets, items: int) -> pa.Array:
    return _list(values, np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=items))]).astype(np.int64))


def _marks_and_words(texts: Flat, starts: Offsets, stops: Offsets) -> npt.NDArray[np.int64]:
    """The segments of UAX #29 in each line that are no white space: words, and each mark outside them."""
    counts = np.zeros(len(starts), np.int64)
    table = characters()
    for k in range(len(starts)):
        bounds = np.array([starts[k], stops[k]])
        words = segments_of_uax29(texts.data, bounds, np.arange(1))
        counts[k] = len(words.starts)
        at = int(starts[k])
        for begin, end in zip([*words.starts, stops[k]], [*words.stops, stops[k]], strict=True):
            while at < begin:
                code, after = decode(texts.data, at, int(stops[k]))
                counts[k] += not flags_of(code, table) & SPACE
                at = after
            at = int(end)
    return counts


def _short_answers(items: Sequence[Item]) -> dict[str, pa.Array]:
    """Hashes of short answers that only their question can check; none where the question ends in no shingle."""
    questions = pa.array([item.question for item in items], pa.large_string())
    words, bounds = hashed(questions, every_row(flat(questions)), "simplified")
    found, found_bounds = shingles(words, bounds, SHINGLE, whole=False)
    asked = np.diff(found_bounds) > 0
    last = np.zeros(len(items), np.uint64)
    last[asked] = found[found_bounds[1:][asked] - 1]
    owner = [n for n, item in enumerate(items) for _ in item.short_answers if asked[n]]
    texts = flat(
        pa.array([a for n, item in enumerate(items) for a in item.short_answers if asked[n]], pa.large_string())
    )
    located_ = located(texts, every_row(texts), "simplified")
    lengths = np.diff(located_.offsets)
    short = (lengths > 0) & (lengths <= LONGEST_ANSWER)
    hashes = answer_hashes(texts.data, located_, last[owner])
    owners = np.array(owner, np.int64)[short]
    return {
        "answers": _by_item(hashes[short], owners, len(items)),
        "answer_words": _by_item(lengths[short].astype(np.uint8), owners, len(items)),
    }
