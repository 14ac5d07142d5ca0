"""Whole paragraphs of items in texts, letter for letter, as Dolma looks for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from gristmill.contracts.scans import lines
from gristmill.contracts.view import View
from gristmill.decontaminate._findings import Findings, Pairs
from gristmill.decontaminate._making import WHOLE, hash_pieces
from gristmill.decontaminate._pack import PackFile, read
from gristmill.text.flat import Offsets
from gristmill.text.item_ngrams import Occurrences, grouped, spread
from gristmill.text.mixing import Hashes, hash_rows


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """The paragraphs and whole texts of all items of packs, and which items have each."""

    benchmarks: Sequence[str]
    items: Sequence[str]
    hashes: Hashes
    owners: Occurrences
    counts: npt.NDArray[np.int64]  # by item


@lru_cache(maxsize=8)
def paragraphs(files: tuple[PackFile, ...]) -> Paragraphs:
    """The paragraphs of some packs; InputError where one cannot be read."""
    packs = [read(file, None) for file in files]
    lists = [[pack.lists[name] for name in ("paragraphs", "wholes")] for pack in packs]
    items = [len(pack.items) for pack in packs]
    before = np.cumsum([0, *items])
    owners = np.concatenate(
        [
            np.repeat(np.arange(n), np.diff(one.offsets)) + at
            for n, at, two in zip(items, before, lists, strict=False)
            for one in two
        ]
    )
    hashes = np.concatenate([one.values for two in lists for one in two])
    # Each item once for each of its paragraphs, however often it has it.
    pairs = np.unique(np.stack([hashes, owners.astype(np.uint64)]), axis=1)
    distinct, places = grouped(pairs[0], pairs[1].astype(np.int64), len(owners))
    counts = np.concatenate([np.maximum(np.diff(two[0].offsets), 1) for two in lists])
    return Paragraphs(
        [name for pack in packs for name in pack.benchmarks],
        [item for pack in packs for item in pack.items],
        distinct.astype(np.uint64),
        places,
        counts,
    )


def look(view: View, known: Paragraphs) -> Findings:
    """Every paragraph, and every text as a whole, that is one of an item."""
    scan = lines(view)
    first, last = scan.offsets[view.rows], scan.offsets[view.rows + 1]
    which = np.repeat(first - np.cumsum(last - first) + (last - first), last - first) + np.arange((last - first).sum())
    rows = np.repeat(np.arange(len(view)), last - first)
    starts, stops = scan.starts[which], scan.stops[which]
    text = view.text
    everywhere = np.concatenate([rows, np.arange(len(view))])
    starts = np.concatenate([starts, text.offsets[view.rows]])
    stops = np.concatenate([stops, text.offsets[view.rows + 1]])
    hashes = np.concatenate(
        [hash_pieces(text, starts[: len(rows)], stops[: len(rows)]), hash_rows(*text, view.rows, WHOLE)]
    )
    place = np.minimum(np.searchsorted(known.hashes, hashes), max(len(known.hashes) - 1, 0))
    hit = np.flatnonzero((known.hashes[place] == hashes) & (stops > starts)) if len(known.hashes) else np.empty(0, int)
    begin = text.offsets[view.rows][everywhere[hit]]
    cuts = np.stack([everywhere[hit], starts[hit] - begin, stops[hit] - begin])
    counts = np.bincount(everywhere[hit], minlength=len(view))
    longest = np.zeros(len(view), np.int64)
    return Findings(counts, longest, _pairs(cuts, place[hit], known), cuts, known.benchmarks, known.items)


def _pairs(cuts: Offsets, found: Offsets, known: Paragraphs) -> Pairs:
    which, owners = spread(found, known.owners)
    keys, inverse = np.unique(cuts[0][which] * len(known.items) + owners, return_inverse=True)
    rows, items = keys // max(len(known.items), 1), keys % max(len(known.items), 1)
    starts = np.full(len(keys), np.iinfo(np.int64).max)
    stops = np.zeros(len(keys), np.int64)
    np.minimum.at(starts, inverse, cuts[1][which])
    np.maximum.at(stops, inverse, cuts[2][which])
    distinct = np.unique(np.stack([inverse, found[which]]), axis=1)[0]
    shares = np.minimum(np.bincount(distinct, minlength=len(keys)) / known.counts[items], 1.0)
    order = np.lexsort((items, -shares, rows))
    nothing = np.zeros(len(keys))
    return Pairs(
        rows[order],
        items[order],
        shares[order],
        nothing,
        nothing > 0,
        nothing.astype(np.int64),
        starts[order],
        stops[order],
    )
