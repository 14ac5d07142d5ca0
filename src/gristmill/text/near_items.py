"""How much of an item stands near together in a text: the share of its shingles in the best window of words.

An item in which every tenth word is another one has no long n-gram left, but more than half of its shingles. A window
that moves with the text keeps a long text from holding an item's shingles here and there.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gristmill.text.flat import Offsets
from gristmill.text.item_ngrams import Occurrences
from gristmill.text.jit import kernel, part
from gristmill.text.shingle_index import SHINGLE, Ids, ShingleHits

WIDEST = 4096
"""Words of a window, at most."""

_BLOCK = 1 << 18
"""Shingles found in a text that are looked at together, so that a text of any length takes bounded memory."""


class NearItems(NamedTuple):
    """Text `rows[k]` has `found[k]` different shingles of item `items[k]` in its words `first[k]` to `last[k]`."""

    rows: Offsets
    items: Offsets
    found: Offsets
    first: Offsets
    last: Offsets


@part
def _best_window(
    at: Offsets, shingles: Offsets, order: Offsets, begin: int, end: int, width: int, counts: Ids, best: Offsets
) -> None:
    """Move a window over the shingles `order[begin:end]`, all of one item.

    `best` has how many different ones were in it, and its first and last word; it is only raised.
    """
    distinct = 0
    tail = begin
    for head in range(begin, end):
        place = shingles[1, order[head]]
        distinct += counts[place] == 0
        counts[place] += 1
        word = at[shingles[0, order[head]]]
        while word - at[shingles[0, order[tail]]] > width - SHINGLE:
            old = shingles[1, order[tail]]
            counts[old] -= 1
            distinct -= counts[old] == 0
            tail += 1
        if distinct > best[0]:
            best[0] = distinct
            best[1] = at[shingles[0, order[tail]]]
            best[2] = word + SHINGLE
    for k in range(tail, end):
        counts[shingles[1, order[k]]] = 0


@part
def _candidates(
    ids: Ids, begin: int, end: int, row: int, own: Occurrences, item_of: Ids, least: Ids, seen: Ids, counts: Ids
) -> int:
    """Count the different shingles of each item; returns at how many places those stand whose item has enough."""
    for h in range(begin, end):
        for k in range(own.offsets[ids[h]], own.offsets[ids[h] + 1]):
            place = own.places[k]
            if seen[place] != row:
                seen[place] = row
                counts[item_of[place]] += 1
    room = 0
    for h in range(begin, end):
        for k in range(own.offsets[ids[h]], own.offsets[ids[h] + 1]):
            item = item_of[own.places[k]]
            room += counts[item] >= least[item]
    return room


@part
def _collect(
    ids: Ids, begin: int, end: int, own: Occurrences, item_of: Ids, least: Ids, counts: Ids, out: Offsets
) -> int:
    """Each shingle at each place whose item has enough of them: three rows, the shingle's number, place and item."""
    found = 0
    for h in range(begin, end):
        for k in range(own.offsets[ids[h]], own.offsets[ids[h] + 1]):
            item = item_of[own.places[k]]
            if counts[item] >= least[item]:
                out[0, found] = h
                out[1, found] = own.places[k]
                out[2, found] = item
                found += 1
    return found


@part
def _room(ids: Ids, begin: int, end: int, own: Occurrences) -> int:
    room = 0
    for h in range(begin, end):
        room += own.offsets[ids[h] + 1] - own.offsets[ids[h]]
    return room


@kernel
def _near(
    at: Offsets, ids: Ids, bounds: Offsets, own: Occurrences, item_of: Ids, least: Ids, widths: Ids, out: Offsets
) -> int:
    seen = np.full(len(item_of), -1, np.int32)  # by place: the last text that has its shingle
    counts = np.zeros(len(least), np.int32)  # by item: different shingles in the text
    window = np.zeros(len(item_of), np.int32)  # by place: how often it is in the window
    numbers = np.full(len(least), -1, np.int64)  # by item: where it stands in `out`, if not before `first`
    best = np.zeros(3, np.int64)
    total = 0
    for row in range(len(bounds) - 1):
        begin, end = bounds[row], bounds[row + 1]
        first = total
        enough = _candidates(ids, begin, end, row, own, item_of, least, seen, counts)
        block = begin if enough else end
        while block < end:
            stop = min(block + _BLOCK, end)
            start = block
            while start > begin and at[block] - at[start - 1] <= WIDEST:
                start -= 1
            shingles = np.empty((3, _room(ids, start, stop, own)), np.int64)
            found = _collect(ids, start, stop, own, item_of, least, counts, shingles)
            order = np.argsort(shingles[2, :found], kind="mergesort")
            k = 0
            while k < found:
                item = shingles[2, order[k]]
                last = k
                while last < found and shingles[2, order[last]] == item:
                    last += 1
                number = numbers[item]
                best[0] = out[2, number] if first <= number < out.shape[1] else 0
                before = best[0]
                _best_window(at, shingles, order, k, last, widths[item], window, best)
                if number < first and best[0] >= least[item]:
                    number = numbers[item] = total
                    total += 1
                if best[0] > before and first <= number < out.shape[1]:
                    out[0, number] = row
                    out[1, number] = item
                    out[2:, number] = best
                k = last
            block = stop
        for h in range(begin, end):
            for k in range(own.offsets[ids[h]], own.offsets[ids[h] + 1]):
                counts[item_of[own.places[k]]] = 0
    return total


def near_items(hits: ShingleHits, own: Occurrences, item_of: Ids, least: Ids, widths: Ids) -> NearItems:
    """The items of which a text has at least `least[item]` different shingles within `widths[item]` words.

    `own` says where each shingle stands in the items, for those that are to count.
    """
    room = 256
    while True:
        out = np.zeros((5, room), np.int64)
        total = _near(*hits, own, item_of, least, np.minimum(widths, WIDEST), out)
        if total <= room:
            return NearItems(*out[:, :total])
        room = total
