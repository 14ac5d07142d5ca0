"""What stands of which items in each text of a batch: numbers for the rules, and the evidence for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa

from gristmill.contracts.view import View
from gristmill.decontaminate._index import LEAST_NEAR, RECKONED, Index
from gristmill.decontaminate._words import Wording, excerpt, hashed, located
from gristmill.text.flat import Offsets
from gristmill.text.item_ngrams import FoundNgrams, coverage, find_ngrams, spread, stretches
from gristmill.text.near_items import near_items
from gristmill.text.shingle_index import SHINGLE, ShingleHits, find_shingles
from gristmill.text.short_answers import answered

ANSWER_WITHIN = 24
"""Words behind a question among which its answer stands."""

_END = 13
"""The last words of a question, all of it where it is shorter, that stand before an answer."""

_EXCERPTS = 3
_LONGEST_EXCERPT = 400  # bytes

Counts = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]


class Pairs(NamedTuple):
    """Text `rows[k]` holds something of item `items[k]`, between bytes `starts[k]` and `stops[k]` of it.

    Sorted by text, in each the item of which most is found first.
    """

    rows: Offsets
    items: Offsets
    shares: Shares
    near: Shares
    answered: npt.NDArray[np.bool_]
    words: Counts
    starts: Offsets
    stops: Offsets


@dataclass(frozen=True, slots=True)
class Findings:
    """Of each asked text: how many n-grams of items begin in it, and words of its longest stretch of them.

    `cuts` has the bytes of each such stretch: three rows, the text, where it begins and ends. An item of the pairs is
    called `items[item]`, and is of `benchmarks[item]`.
    """

    ngrams: Counts
    longest: Counts
    pairs: Pairs
    cuts: Offsets
    benchmarks: Sequence[str] = ()
    items: Sequence[str] = ()

    @classmethod
    def nothing(cls, texts: int) -> Findings:
        """What is found without packs."""
        none, zeros = np.empty(0, np.int64), np.zeros(texts, np.int64)
        pairs = Pairs(none, none, np.empty(0), np.empty(0), np.empty(0, np.bool_), none, none, none)
        return cls(zeros, zeros, pairs, np.empty((3, 0), np.int64))


def look(view: View, index: Index, wording: Wording, *, near: bool) -> Findings:
    """Look for items by their n-grams and, with `near`, for near-copies and answers behind their questions too."""
    hits = find_shingles(*hashed(view.batch.column("text"), view.rows, wording), index.shingles)
    found = find_ngrams(hits, index.ngrams)
    runs = stretches(found)
    longest = np.zeros(len(view), np.int64)
    np.maximum.at(longest, runs[0], runs[2] - runs[1])
    parts = [_by_ngrams(found, index, RECKONED if near else 1)]
    if near:
        parts += [_near(hits, index), _answered(view, hits, index)]
    cuts, pairs = _in_bytes(view, wording, runs, _merged(np.concatenate(parts, axis=1), len(index.items)))
    ngrams = np.bincount(found.rows, minlength=len(view))
    return Findings(ngrams, longest, pairs, cuts, index.benchmarks, index.items)


_ROW, _ITEM, _SHARE, _NEAR, _ANSWERED, _WORDS, _FIRST, _LAST = range(8)


def _columns(rows: Offsets, items: Offsets, first: Offsets, last: Offsets, **values: npt.NDArray[Any]) -> Shares:
    """Pairs as columns of one table; numbers up to 2^53 are exact in it."""
    out = np.zeros((8, len(rows)))
    out[_ROW], out[_ITEM], out[_FIRST], out[_LAST] = rows, items, first, last
    for name, value in values.items():
        out[{"share": _SHARE, "near": _NEAR, "answered": _ANSWERED, "words": _WORDS}[name]] = value
    return out


def _by_ngrams(found: FoundNgrams, index: Index, least: int) -> Shares:
    """Shares of question or of whole item, whichever is larger."""
    part = coverage(found, index.ngrams, index.item_of, index.starts, index.questions)
    of_question, of_whole = np.maximum(index.coverable[:, part.items], least)
    share = np.maximum(part.question / of_question, part.whole / of_whole)
    return _columns(part.rows, part.items, part.first, part.last, share=share, words=part.whole)


def _near(hits: ShingleHits, index: Index) -> Shares:
    reckoned = np.maximum(index.own_counts, RECKONED)
    least = np.ceil(reckoned * LEAST_NEAR).astype(np.int32)
    part = near_items(hits, index.own, index.item_of, least, index.widths)
    share = np.minimum(part.found / reckoned[part.items], 1.0)
    return _columns(part.rows, part.items, part.first, part.last, near=share)


def _answered(view: View, hits: ShingleHits, index: Index) -> Shares:
    """Questions whose end stands in a text, an answer of theirs right behind it."""
    which, places = spread(hits.ids.astype(np.int64), index.ends)
    items = index.item_of[places].astype(np.int64)
    row_of = np.repeat(np.arange(len(view)), np.diff(hits.bounds))
    same = np.ones(len(which), np.bool_)
    for back in range(1, _END - SHINGLE + 1):
        earlier = np.maximum(which - back, 0)
        follows = (row_of[earlier] == row_of[which]) & (hits.at[which] - hits.at[earlier] == back)
        same &= (index.questions[items] < back + SHINGLE) | (
            follows & (hits.ids[earlier] == index.ids[np.maximum(places - back, 0)])
        )
    which, items = which[same], items[same]
    rows, at = row_of[which], hits.at[which]
    some = np.unique(rows)
    words = located(view.text, view.rows[some], "simplified")
    base = words.offsets[np.searchsorted(some, rows)]
    end = words.offsets[np.searchsorted(some, rows) + 1]
    first = base + at + SHINGLE
    lengths = index.answer_words.values.astype(np.int64)
    bounds = index.answers.offsets
    took = _answers_of(items, bounds)
    hit = answered(
        view.text.data,
        words,
        first,
        np.minimum(first + ANSWER_WITHIN, end),
        index.shingles.known.hashes[hits.ids[which]],
        np.concatenate([[0], np.cumsum(np.diff(bounds)[items])]),
        index.answers.values[took],
        lengths[took],
    )
    first, last = at[hit], np.minimum(first + ANSWER_WITHIN, end)[hit] - base[hit]
    return _columns(rows[hit], items[hit], first, last, answered=np.ones(hit.sum()))


def _answers_of(items: Offsets, bounds: Offsets) -> Offsets:
    """The answers of each item, one after another."""
    counts = np.diff(bounds)[items]
    return np.repeat(bounds[items] - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())


def _merged(table: Shares, items: int) -> Shares:
    """One column for each text and item: what was found of it in each way."""
    keys = table[_ROW] * items + table[_ITEM]
    order = np.argsort(keys, kind="stable")
    table = table[:, order]
    begins = np.flatnonzero(np.diff(keys[order], prepend=-1))
    if not len(begins):
        return table
    out = np.maximum.reduceat(table, begins, axis=1)
    out[_FIRST] = np.minimum.reduceat(table[_FIRST], begins)
    most = np.maximum(out[_SHARE], out[_NEAR])
    ranked: Shares = out[:, np.lexsort((out[_ITEM], -out[_ANSWERED], -most, out[_ROW]))]
    return ranked


def _in_bytes(view: View, wording: Wording, runs: Offsets, table: Shares) -> tuple[Offsets, Pairs]:
    """Stretches and pairs by bytes from the beginning of each text; only texts that have any are gone through."""
    rows = table[_ROW].astype(np.int64)
    some = np.union1d(runs[0], rows)
    words = located(view.text, view.rows[some], wording)
    begin = view.text.offsets[view.rows]

    def at(rows: Offsets, first: Offsets, last: Offsets) -> tuple[Offsets, Offsets]:
        base = words.offsets[np.searchsorted(some, rows)]
        return words.starts[base + first] - begin[rows], words.stops[base + last - 1] - begin[rows]

    cuts = np.stack([runs[0], *at(runs[0], runs[1], runs[2])])
    starts, stops = at(rows, table[_FIRST].astype(np.int64), table[_LAST].astype(np.int64))
    items, found = table[_ITEM].astype(np.int64), table[_WORDS].astype(np.int64)
    return cuts, Pairs(rows, items, table[_SHARE], table[_NEAR], table[_ANSWERED] > 0, found, starts, stops)


def best(values: npt.NDArray[Any], rows: Offsets, texts: int) -> npt.NDArray[Any]:
    """The largest value of each text, 0 where it has none."""
    out = np.zeros(texts, values.dtype)
    np.maximum.at(out, rows, values)
    return out


def labels(view: View, found: Findings) -> dict[str, pa.Array]:
    """Benchmark and id of the item most found in each text, and all that was found as JSON; null where nothing was."""
    columns: dict[str, list[str | None]] = {name: [None] * len(view) for name in ("benchmark", "item", "evidence")}
    rows = found.pairs.rows
    bounds = np.append(np.flatnonzero(np.diff(rows, prepend=-1)), len(rows)).tolist()
    for first, last in pairwise(bounds if len(rows) else []):
        row, best_item = int(rows[first]), int(found.pairs.items[first])
        told = [_told(view, found, k, quote=k < first + _EXCERPTS) for k in range(first, last)]
        columns["benchmark"][row] = found.benchmarks[best_item]
        columns["item"][row] = found.items[best_item]
        columns["evidence"][row] = orjson.dumps(told).decode()
    return {name: pa.array(values, pa.string()) for name, values in columns.items()}


def _told(view: View, found: Findings, k: int, *, quote: bool) -> dict[str, Any]:
    pairs = found.pairs
    begin = int(view.text.offsets[view.rows[pairs.rows[k]]])
    start, stop, item = int(pairs.starts[k]), int(pairs.stops[k]), int(pairs.items[k])
    told = {
        "benchmark": found.benchmarks[item],
        "item": found.items[item],
        "share": round(float(pairs.shares[k]), 4),
        "near": round(float(pairs.near[k]), 4),
        "answered": bool(pairs.answered[k]),
        "words": int(pairs.words[k]),
        "start": start,
        "stop": stop,
    }
    if quote:
        told["excerpt"] = excerpt(view.text.data, begin + start, begin + min(stop, start + _LONGEST_EXCERPT))
    return told
