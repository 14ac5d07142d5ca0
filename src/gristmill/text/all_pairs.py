"""Every pair of sets that are alike enough, without a sketch: what a sketch is measured against."""

from __future__ import annotations

import numpy as np

from gristmill.text.flat import Offsets
from gristmill.text.jaccard import alike
from gristmill.text.jit import kernel, part
from gristmill.text.mixing import Hashes

Pairs = tuple[Offsets, Offsets]


@part
def _close(values: Hashes, offsets: Offsets, one: int, other: int, at_least: float, contained: bool) -> bool:
    """Whether two sets are alike enough; of containment either way counts."""
    if alike(values, offsets, one, other, at_least, contained) >= at_least:
        return True
    return contained and alike(values, offsets, other, one, at_least, contained) >= at_least


@kernel
def _in_groups(
    values: Hashes, offsets: Offsets, members: Offsets, bounds: Offsets, at_least: float, contained: bool, out: Offsets
) -> int:
    found = 0
    for group in range(len(bounds) - 1):
        for k in range(bounds[group], bounds[group + 1]):
            for other in range(k + 1, bounds[group + 1]):
                if _close(values, offsets, members[k], members[other], at_least, contained):
                    out[0, found] = members[k]
                    out[1, found] = members[other]
                    found += 1
    return found


def pairs_in_groups(
    values: Hashes, offsets: Offsets, group: Offsets, at_least: float, contained: bool = False
) -> Pairs:
    """The pairs of sets at least `at_least` alike that are of one group, by group; a set of group -1 is left out.

    Each set is compared with each other one of its group, so groups should be small.
    """
    members = np.argsort(group, kind="stable")[int((group < 0).sum()) :]
    sizes = np.bincount(group[members]) if len(members) else np.empty(0, np.int64)
    bounds = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    out = np.empty((2, int((sizes * (sizes - 1) // 2).sum())), np.int64)
    found = _in_groups(values, offsets, members, bounds, at_least, contained, out) if out.shape[1] else 0
    return out[0, :found], out[1, :found]


@kernel
def _join(
    values: Hashes,
    offsets: Offsets,
    by_size: Offsets,
    rare: Offsets,
    holders: Offsets,
    holder_bounds: Offsets,
    at_least: float,
    contained: bool,
    most: int,
    out: Offsets,
) -> int:
    place = np.empty(len(by_size), np.int64)
    for at in range(len(by_size)):
        place[by_size[at]] = at
    seen = np.full(len(by_size), -1, np.int64)
    found = 0
    left = most
    for one in by_size:
        size = offsets[one + 1] - offsets[one]
        # The least that a set must share with one that is no smaller; among the rest and one more, one is shared.
        share = at_least if contained else 2.0 * at_least / (1.0 + at_least)
        prefix = size - int(np.ceil(share * size - 1e-6)) + 1
        for k in range(offsets[one], offsets[one] + min(prefix, size)):
            token = rare[k]
            for h in range(holder_bounds[token], holder_bounds[token + 1]):
                other = holders[h]
                left -= 1
                if place[other] <= place[one] or seen[other] == one:
                    continue
                if not contained and at_least * (offsets[other + 1] - offsets[other]) > size + 1e-6 * size:
                    break  # holders come by size
                seen[other] = one
                left -= (size + offsets[other + 1] - offsets[other]) >> 3
                if left < 0 or found == out.shape[1]:
                    return -1
                if _close(values, offsets, one, other, at_least, contained):
                    out[0, found] = min(one, other)
                    out[1, found] = max(one, other)
                    found += 1
    return found


def all_pairs(
    values: Hashes, offsets: Offsets, at_least: float, contained: bool = False, most_work: int = 1 << 62
) -> Pairs | None:
    """Every pair of sets at least `at_least` alike, in order; None where that is more work than `most_work`.

    An inverted index brings sets together by their rarest values, of which sets that are alike must share one
    (Bayardo, Ma and Srikant, WWW 2007). A unit of work is a nanosecond or so; pairs found are bounded by it too.
    """
    sizes = np.diff(offsets)
    if not len(values):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    _, tokens, counts = np.unique(values, return_inverse=True, return_counts=True)
    owner = np.repeat(np.arange(len(sizes)), sizes)
    rare = tokens[np.lexsort((tokens, counts[tokens], owner))]
    by_size = np.argsort(sizes, kind="stable")
    rank = np.empty(len(sizes), np.int64)
    rank[by_size] = np.arange(len(sizes))
    order = np.lexsort((rank[owner], tokens))
    bounds = np.concatenate([[0], np.cumsum(counts)])
    out = np.empty((2, min(most_work >> 4, len(sizes) * (len(sizes) - 1) // 2)), np.int64)
    found = _join(values, offsets, by_size, rare, owner[order], bounds, at_least, contained, most_work, out)
    if found < 0:
        return None
    sort = np.lexsort((out[1, :found], out[0, :found]))
    return out[0, sort], out[1, sort]
