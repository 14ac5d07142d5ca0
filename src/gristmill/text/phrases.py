"""Finds phrases of a table in texts, word by word, whatever their case, accents and punctuation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gristmill.text.distinct import distinct_values
from gristmill.text.flat import Bytes, Offsets, flat
from gristmill.text.hash_index import HashIndex, hash_index, place
from gristmill.text.hits import Hits, collected, keep_hit
from gristmill.text.jit import kernel, small_part
from gristmill.text.mixing import GOLDEN, Hashes, mixed
from gristmill.text.simplify import simplified

Mask = npt.NDArray[np.bool_]

_LEADING = np.uint64(64 - 14)  # a table of 16 kB stays in the processor's first cache


class Phrases(NamedTuple):
    """Hashes of all beginnings of phrases, and the entry that a beginning is the whole of, or -1.

    `opens` is true at the leading bits of the hash of a first word: most words are passed over by a look into it.
    """

    beginnings: HashIndex
    entries: Offsets
    opens: Mask


@small_part
def _then(state: np.uint64, word: np.uint64) -> np.uint64:
    return mixed((state ^ word) * GOLDEN)


@kernel
def _beginnings(words: Hashes, bounds: Offsets, out: Hashes) -> None:
    for k in range(len(bounds) - 1):
        state = GOLDEN
        for at in range(bounds[k], bounds[k + 1]):
            state = _then(state, words[at])
            out[at] = state


@kernel
def _find(
    words: Hashes,
    bounds: Offsets,
    hashes: Hashes,
    first: Offsets,
    shift: np.uint64,
    entries: Offsets,
    opens: Mask,
    out: Offsets,
) -> int:
    total = 0
    for k in range(len(bounds) - 1):
        at, stop = bounds[k], bounds[k + 1]
        while at < stop:
            if not opens[words[at] >> _LEADING]:
                at += 1
                continue
            end = at
            state = GOLDEN
            found = -1
            behind = at
            while end < stop:
                state = _then(state, words[end])
                known = place(state, hashes, first, shift)
                if known < 0:
                    break
                end += 1
                if entries[known] >= 0:
                    found = entries[known]
                    behind = end
            if found >= 0:
                total = keep_hit(out, total, k, at, behind, found)
                at = behind
            else:
                at += 1
    return total


def phrases(listed: Sequence[tuple[str, int]]) -> Phrases:
    """Make phrases ready for the kernel, each with its entry; of two alike the last counts."""
    data, offsets = flat(pa.array([text for text, _ in listed], pa.large_string()))
    words, bounds = simplified(data, offsets, np.arange(len(listed), dtype=np.int64))
    if (np.diff(bounds) == 0).any():
        raise ValueError("a phrase has no word")
    out = np.empty(len(words), np.uint64)
    _beginnings(words, bounds, out)
    hashes = distinct_values(out)
    entries = np.full(len(hashes), -1, np.int64)
    entries[np.searchsorted(hashes, out[bounds[1:] - 1])] = [entry for _, entry in listed]
    opens = np.zeros(1 << 14, np.bool_)
    opens[words[bounds[:-1]] >> _LEADING] = True
    return Phrases(hash_index(hashes), entries, opens)


def find_phrases(data: Bytes, offsets: Offsets, rows: Offsets, known: Phrases) -> Hits:
    """The phrases in the asked rows, the longest at each word, none over another.

    `starts` and `stops` are not bytes but words: those that `simplified_words` gives of the same row. A word costs one
    look, and one more for each that goes on with a beginning: no more than the longest phrase has words.
    """
    words, bounds = simplified(data, offsets, rows)
    index, entries, opens = known
    hits = collected(lambda out: _find(words, bounds, *index, entries, opens, out))
    return hits._replace(starts=hits.starts - bounds[hits.rows], stops=hits.stops - bounds[hits.rows])
