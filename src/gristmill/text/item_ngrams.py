"""N-grams of benchmark items in texts, put together of shingles: which are there, and how much of each item.

All words of all items stand in one row; a *place* is an index into it, and `ids[place]` is the shingle that begins
there, -1 where none does (at the end of a piece of an item, for one).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.flat import Offsets
from gristmill.text.hash_index import HashIndex, hash_index, place
from gristmill.text.jit import kernel, part
from gristmill.text.mixing import GOLDEN, Hashes, mixed
from gristmill.text.shingle_index import SHINGLE, Ids, ShingleHits

Mask = npt.NDArray[np.bool_]


class Occurrences(NamedTuple):
    """Thing `k` stands at `places[offsets[k]:offsets[k + 1]]`; nowhere, where it stands in too many items to tell."""

    offsets: Offsets
    places: Offsets


class NgramIndex(NamedTuple):
    """The n-grams to look for, of `size` words, and where in the items each stands."""

    known: HashIndex
    size: int
    occurrences: Occurrences


class FoundNgrams(NamedTuple):
    """Text `rows[k]` has n-gram `ngrams[k]` in its words `starts[k]` to `stops[k]`; rows and starts ascend."""

    rows: Offsets
    starts: Offsets
    stops: Offsets
    ngrams: Offsets


class Coverage(NamedTuple):
    """Text `rows[k]` has `question[k]` words of the question of item `items[k]`, and `whole[k]` of all of it."""

    rows: Offsets
    items: Offsets
    question: Offsets
    whole: Offsets
    first: Offsets  # the words of the text between which all that was found of the item stands
    last: Offsets


@part
def _key(ids: Ids, at: int, size: int) -> np.uint64:
    """The hash of the n-gram that begins with shingle `at`: of as many shingles as cover its words, and its size."""
    state = mixed(np.uint64(size) * GOLDEN)
    last = at + size - SHINGLE
    for k in range(at, last, SHINGLE):
        state = mixed(state ^ np.uint64(ids[k])) * GOLDEN
    return mixed(state ^ np.uint64(ids[last]))


@kernel
def _keys(ids: Ids, size: int, out: Hashes, usable: Mask) -> None:
    run = 0
    for at in range(len(ids) - 1, -1, -1):
        run = run + 1 if ids[at] >= 0 else 0
        usable[at] = run > size - SHINGLE
        if usable[at]:
            out[at] = _key(ids, at, size)


def grouped(keys: npt.NDArray[Any], places: Offsets, most: int) -> tuple[npt.NDArray[Any], Occurrences]:
    """The distinct keys, ascending, and the places of each that has no more than `most`, in the order they came in."""
    order = np.argsort(keys, kind="stable")
    distinct, counts = np.unique(keys, return_counts=True)
    few = counts <= most
    offsets = np.zeros(len(distinct) + 1, np.int64)
    np.cumsum(np.where(few, counts, 0), out=offsets[1:])
    return distinct, Occurrences(offsets, places[order][np.repeat(few, counts)])


def place_keys(ids: Ids, size: int) -> tuple[Hashes, Offsets]:
    """The places at which an n-gram of `size` words begins, and its hash."""
    keys, usable = np.zeros(len(ids), np.uint64), np.zeros(len(ids), np.bool_)
    _keys(ids, size, keys, usable)
    places = np.flatnonzero(usable)
    return keys[places], places


def ngram_index(ids: Ids, size: int, wanted: Mask, most: int) -> NgramIndex:
    """The n-grams of `size` words that begin at the wanted places.

    Those at more than `most` places are looked for too, but are not laid to any item.
    """
    keys, places = place_keys(ids, size)
    distinct, occurrences = grouped(keys[wanted[places]], places[wanted[places]], most)
    return NgramIndex(hash_index(distinct), size, occurrences)


@kernel
def _find(
    at: Offsets,
    ids: Ids,
    bounds: Offsets,
    size: int,
    hashes: Hashes,
    first: Offsets,
    shift: np.uint64,
    rows: Offsets,
    starts: Offsets,
    ngrams: Offsets,
) -> int:
    found = 0
    for row in range(len(bounds) - 1):
        stop = bounds[row + 1]
        for h in range(bounds[row], stop):
            last = h + size - SHINGLE
            if last >= stop or at[last] - at[h] != last - h:
                continue
            number = place(_key(ids, h, size), hashes, first, shift)
            if number >= 0:
                rows[found] = row
                starts[found] = at[h]
                ngrams[found] = number
                found += 1
    return found


def find_ngrams(hits: ShingleHits, index: NgramIndex) -> FoundNgrams:
    """Every n-gram of the index in the texts."""
    rows, starts, ngrams = (np.empty(len(hits.at), np.int64) for _ in range(3))
    found = _find(*hits, index.size, *index.known, rows, starts, ngrams)
    return FoundNgrams(rows[:found], starts[:found], starts[:found] + index.size, ngrams[:found])


@kernel
def _merge(rows: Offsets, starts: Offsets, stops: Offsets, out: Offsets) -> int:
    found = 0
    for k in range(len(rows)):
        if found and out[0, found - 1] == rows[k] and starts[k] <= out[2, found - 1]:
            out[2, found - 1] = max(out[2, found - 1], stops[k])
        else:
            out[0, found] = rows[k]
            out[1, found] = starts[k]
            out[2, found] = stops[k]
            found += 1
    return found


def stretches(found: FoundNgrams) -> Offsets:
    """Where n-grams overlap or touch: three rows, the text, its first word, and the word behind its last."""
    out = np.empty((3, len(found.rows)), np.int64)
    return out[:, : _merge(found.rows, found.starts, found.stops, out)]


@kernel
def _cover(
    rows: Offsets, places: Offsets, size: int, item_of: Ids, starts: Offsets, questions: Offsets, out: Offsets
) -> int:
    found = 0
    reach = 0
    for k in range(len(rows)):
        item = item_of[places[k]]
        if found == 0 or out[0, found - 1] != rows[k] or out[1, found - 1] != item:
            out[:, found] = 0
            out[0, found] = rows[k]
            out[1, found] = item
            found += 1
            reach = 0
        begin = places[k] - starts[item]
        end = begin + size
        begin = max(begin, reach)
        out[2, found - 1] += max(min(end, questions[item]) - begin, 0)
        out[3, found - 1] += max(end - begin, 0)
        reach = max(reach, end)
    return found


def covered(rows: Offsets, places: Offsets, size: int, item_of: Ids, starts: Offsets, questions: Offsets) -> Offsets:
    """How many words of each item the n-grams of `size` at its places cover, rows and places ascending.

    Four rows: the text, the item, words of its question, words of all of it. Item `i` begins at `starts[i]`, with its
    question of `questions[i]` words.
    """
    out = np.empty((4, len(rows)), np.int64)
    return out[:, : _cover(rows, places, size, item_of, starts, questions, out)]


def spread(numbers: Offsets, occurrences: Occurrences) -> tuple[Offsets, Offsets]:
    """Each of these things at each of its places: which of `numbers` it is, and the place."""
    begin = occurrences.offsets[numbers]
    counts = occurrences.offsets[numbers + 1] - begin
    which = np.repeat(np.arange(len(numbers)), counts)
    within = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
    return which, occurrences.places[begin[which] + within]


def coverage(found: FoundNgrams, index: NgramIndex, item_of: Ids, starts: Offsets, questions: Offsets) -> Coverage:
    """How much of which items stands in each text, by the n-grams that can be laid to an item."""
    which, places = spread(found.ngrams, index.occurrences)
    rows, begin, end = found.rows[which], found.starts[which], found.stops[which]
    order = np.lexsort((places, rows))
    texts, items, question, whole = covered(rows[order], places[order], index.size, item_of, starts, questions)
    if not len(order):
        return Coverage(texts, items, question, whole, texts, texts)
    cuts = np.flatnonzero(np.diff(rows[order], prepend=-1) | np.diff(item_of[places[order]], prepend=-1))
    first, last = np.minimum.reduceat(begin[order], cuts), np.maximum.reduceat(end[order], cuts)
    return Coverage(texts, items, question, whole, first, last)
