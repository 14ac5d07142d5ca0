"""The SPDX licence list: identifiers and names, and which licence's text stands in a text, whole or nearly so.

`licenses.npz` is written by tools/make_licenses.py.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.records.licenses.words import Hashes, before_the_end, pairs

LEAST_LIKE = 0.9
"""Of texts that are taken for a licence: Sørensen-Dice of their word pairs."""

_MOST_CHARACTERS = 1 << 20
_LEAST_THERE = 0.85  # of a licence's pairs must stand anywhere in the text for a closer look
_KNOWN_BETTER = 0.02  # by so much a text may be more like a variant that hardly anybody uses
_PLAINLY = 0.95  # so like a licence is a text as a whole that no stretch of it is looked for
_WHOLE, _HEAD = 0.5, 0.05  # of a text a licence must be, or where it must begin, for the text to be one
_MOST_COMPARED = 24
_AS_MANY = 0.97
_MOST_TEXTS = 4  # a file of what is bundled may have hundreds; the first ones say enough
_WELL_KNOWN = (
    "MIT", "Apache-2.0", "BSD-3-Clause", "BSD-2-Clause", "ISC", "GPL-2.0-only", "GPL-3.0-only", "LGPL-2.1-only",
    "LGPL-3.0-only", "AGPL-3.0-only", "MPL-2.0", "CC0-1.0", "CC-BY-4.0", "CC-BY-SA-4.0", "Unlicense", "Zlib", "PSF-2.0",
    "OFL-1.1", "BSL-1.0", "EPL-2.0",
)  # fmt: skip
_UNKNOWN, _TAKEN = -1, -2
_Numbers = npt.NDArray[np.int64]


class Match(NamedTuple):
    """A licence whose text was found: how like it is, from 0.9 to 1, and where, as shares of the whole text."""

    license: str
    alike: float
    start: float
    stop: float

    @property
    def is_main(self) -> bool:
        """Whether the text is that licence or begins with it, not one that has it somewhere."""
        return self.stop - self.start >= _WHOLE or self.start <= _HEAD


class Table(NamedTuple):
    """`entries[bounds[k]:bounds[k + 1]]` are the places in `vocabulary` of the word pairs of `texts[k]`."""

    vocabulary: Hashes
    entries: _Numbers
    bounds: _Numbers
    texts: tuple[str, ...]
    holders: _Numbers  # the licences that have a pair of the vocabulary: `holders[first[p]:first[p + 1]]`
    first: _Numbers
    ids: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def sizes(self) -> _Numbers:
        return np.diff(self.bounds)


@lru_cache(maxsize=1)
def table() -> Table:
    """Read once a process."""
    with np.load(Path(__file__).with_name("licenses.npz")) as file:
        bounds = file["bounds"].astype(np.int64)
        steps = file["steps"].astype(np.int64)
        texts, ids, names = (tuple(file[name].tobytes().decode().split("\n")) for name in ("texts", "ids", "names"))
        vocabulary = np.cumsum(file["vocabulary"].astype(np.uint64)).astype(np.uint32)
    running = np.cumsum(steps)
    before = np.concatenate([[0], running])[bounds[:-1]]
    entries = running - np.repeat(before, np.diff(bounds))
    order = np.argsort(entries, kind="stable")
    holders = np.repeat(np.arange(len(texts)), np.diff(bounds))[order]
    first = np.concatenate([[0], np.cumsum(np.bincount(entries, minlength=len(vocabulary)))])
    return Table(vocabulary, entries, bounds, texts, holders, first, ids, names)


def by_text(text: str) -> list[Match]:
    """The licences whose whole text stands in a text, in its order."""
    found = pairs(before_the_end(text[:_MOST_CHARACTERS]))
    known = table()
    places = _places(known, found)
    matches: list[Match] = []
    for _ in range(_MOST_TEXTS):
        best = _best(known, places)
        if best is None:
            break
        one, start, stop = best
        places[start:stop] = _TAKEN
        matches.append(one)
    return sorted(matches, key=lambda one: one.start)


def _places(known: Table, hashes: Hashes) -> _Numbers:
    """Where each pair is in the vocabulary."""
    at = np.minimum(np.searchsorted(known.vocabulary, hashes), len(known.vocabulary) - 1)
    return np.where(known.vocabulary[at] == hashes, at, _UNKNOWN)


def _best(known: Table, places: _Numbers) -> tuple[Match, int, int] | None:
    """The licence that what is left of a text is most like, with the pairs between which it stands."""
    distinct = np.unique(places[places >= 0])
    if not len(distinct):
        return None
    counts = known.first[distinct + 1] - known.first[distinct]
    begins = np.repeat(known.first[distinct] - (np.cumsum(counts) - counts), counts)
    shared = np.bincount(known.holders[begins + np.arange(len(begins))], minlength=len(known.texts))
    there = shared / known.sizes
    unknown = np.count_nonzero(places == _UNKNOWN)
    whole = 2 * shared / (known.sizes + len(distinct) + unknown)
    if whole.max() >= _PLAINLY and not np.any(places == _TAKEN):
        some = [(Match(known.texts[k], float(whole[k]), 0.0, 1.0), 0, len(places)) for k in np.flatnonzero(whole > 0.9)]
    else:
        likely = np.flatnonzero(there >= _LEAST_THERE)
        order = np.lexsort((likely, -there[likely] * np.log(known.sizes[likely])))
        some = [_window(known, int(k), places) for k in likely[order[:_MOST_COMPARED]]]
    alike = [one for one in some if one[0].alike >= LEAST_LIKE]
    return max(alike, key=lambda one: _rank(one[0]), default=None)


def _rank(match: Match) -> tuple[float, float, str]:
    if match.license not in _WELL_KNOWN:
        return (match.alike, -len(_WELL_KNOWN), match.license)
    return (match.alike + _KNOWN_BETTER, -_WELL_KNOWN.index(match.license), match.license)


def _window(known: Table, k: int, places: _Numbers) -> tuple[Match, int, int]:
    """The stretch of a text that is most like a licence: from where its pairs begin to stand close together."""
    mine = known.entries[known.bounds[k] : known.bounds[k + 1]]
    at = np.flatnonzero(np.isin(places, mine))
    size = len(mine)
    # A window of the licence's own length (with repeated pairs, somewhat longer) that has most of them.
    length = size + size // 2 + 20
    ends = np.searchsorted(at, at + length)
    within = ends - np.arange(len(at))
    begin = int(np.argmax(within >= _AS_MANY * within.max()))  # the first, where it stands there more than once
    start, stop = int(at[begin]), int(at[ends[begin] - 1]) + 1
    if len(at) > 1.5 * size and len(places) < 2 * length:
        start, stop = int(at[0]), int(at[-1]) + 1
    start, stop = _trimmed(at, start, stop)
    inside = places[start:stop]
    hit = len(np.intersect1d(inside, mine))
    there = len(np.unique(inside[inside >= 0])) + int(np.count_nonzero(inside == _UNKNOWN))
    alike = 2 * hit / (size + there)
    return Match(known.texts[k], float(alike), start / len(places), stop / len(places)), start, stop


def _trimmed(at: _Numbers, start: int, stop: int) -> tuple[int, int]:
    """Without single pairs far from the others at either end."""
    inside = at[(at >= start) & (at < stop)]
    if len(inside) < 16:
        return start, stop
    gaps = np.diff(inside)
    edge = max(4, len(inside) // 20)
    left = np.flatnonzero(gaps[:edge] > 12)
    right = np.flatnonzero(gaps[-edge:] > 12)
    first = int(inside[left[-1] + 1]) if len(left) else start
    last = int(inside[len(inside) - edge - 1 + right[0]]) + 1 if len(right) else stop
    return first, last
