"""Finds phrases of a table in texts, word by word, whatever their case, accents and punctuation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gristmill.text.flat import Bytes, Offsets, flat
from gristmill.text.hash_index import HashIndex, hash_index, place
from gristmill.text.hits import Hits, collected, keep_hit
from gristmill.text.jit import kernel, small_part
from gristmill.text.mixing import GOLDEN, Hashes, mixed
from gristmill.text.simplify import simplified

Mask = npt.NDArray[np.bool_]

_LEADING = np.uint64(64 - 14)  # a table of 16 kB stays in the processor's first cache


class Phrases(NamedTuple):
    """An automaton over words. It begins in state 0; edge `e`, a hash of (state, word), leads to `targets[e]`.

    `entries[state]` is the entry of the phrases that end there, or -1. `opens` is true at the leading bits of the hash
    of a first word: most words are passed over by a look into it.
    """

    edges: HashIndex
    targets: Offsets
    entries: Offsets
    opens: Mask


Pattern = Sequence[Sequence[str]]
"""A choice of words for each place of a phrase; a choice may be empty."""


@small_part
def _edge(state: int, word: np.uint64) -> np.uint64:
    return mixed(word ^ (np.uint64(state) + np.uint64(1)) * GOLDEN)


@kernel
def _edges(states: Offsets, words: Hashes, out: Hashes) -> None:
    for k in range(len(words)):
        out[k] = _edge(states[k], words[k])


@kernel
def _find(
    words: Hashes,
    bounds: Offsets,
    hashes: Hashes,
    first: Offsets,
    shift: np.uint64,
    targets: Offsets,
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
            state = 0
            found = -1
            behind = at
            while end < stop:
                edge = place(_edge(state, words[end]), hashes, first, shift)
                if edge < 0:
                    break
                state = targets[edge]
                end += 1
                if entries[state] >= 0:
                    found = entries[state]
                    behind = end
            if found >= 0:
                total = keep_hit(out, total, k, at, behind, found)
                at = behind
            else:
                at += 1
    return total


_Place = tuple[int, int, tuple[int, ...]]  # a pattern, a place of it, and the words to be read before that


class _Reading:
    """What may come next in some patterns, each place of which is a choice of words (their hashes)."""

    def __init__(self, patterns: Sequence[Sequence[Sequence[tuple[int, ...]]]]) -> None:
        self.patterns = patterns

    def begin(self, pattern: int, at: int) -> Iterator[_Place]:
        """All that may be read from a place of a pattern on; no words where it may end there."""
        if at == len(self.patterns[pattern]):
            yield pattern, at, ()
            return
        for words in self.patterns[pattern][at]:
            if words:
                yield pattern, at + 1, words
            else:
                yield from self.begin(pattern, at + 1)

    def after_each(self, state: frozenset[_Place]) -> dict[int, frozenset[_Place]]:
        """The state behind each word that may come."""
        after: dict[int, set[_Place]] = {}
        for pattern, behind, words in sorted(state):
            if words:
                left = [(pattern, behind, words[1:])] if len(words) > 1 else self.begin(pattern, behind)
                after.setdefault(words[0], set()).update(left)
        return {word: frozenset(some) for word, some in after.items()}


def phrases(patterns: Sequence[tuple[Pattern, int]]) -> Phrases:
    """Make patterns ready for the kernel, each with its entry; where a phrase is of several the last counts.

    States are sets of what may come next, so phrases with like endings share them: a pattern costs about as much as it
    is long, not as the phrases it stands for.
    """
    reading = _Reading(_hashed([pattern for pattern, _ in patterns]))
    start = frozenset(one for pattern in range(len(patterns)) for one in reading.begin(pattern, 0))
    numbers = {start: 0}
    waiting = [start]
    edges: list[tuple[int, int, int]] = []
    for state in waiting:  # it grows
        for word, target in reading.after_each(state).items():
            if target not in numbers:
                numbers[target] = len(numbers)
                waiting.append(target)
            edges.append((numbers[state], word, numbers[target]))
    ended = [max((pattern for pattern, _, words in state if not words), default=-1) for state in waiting]
    if ended[0] >= 0:
        raise ValueError("a phrase has no word")
    states = np.array([state for state, _, _ in edges], np.int64)
    words = np.array([word for _, word, _ in edges], np.uint64)
    targets = np.array([target for _, _, target in edges], np.int64)
    hashes = np.empty(len(words), np.uint64)
    _edges(states, words, hashes)
    order = np.argsort(hashes)
    opens = np.zeros(1 << 14, np.bool_)
    opens[words[states == 0] >> _LEADING] = True
    entries = np.array([patterns[pattern][1] if pattern >= 0 else -1 for pattern in ended], np.int64)
    return Phrases(hash_index(hashes[order]), targets[order], entries, opens)


def _hashed(patterns: Sequence[Pattern]) -> list[list[list[tuple[int, ...]]]]:
    """The patterns, the words of each choice as their hashes."""
    texts = sorted({text for pattern in patterns for choices in pattern for text in choices})
    data, offsets = flat(pa.array(texts, pa.large_string()))
    words, bounds = simplified(data, offsets, np.arange(len(texts), dtype=np.int64))
    hashes = words.tolist()
    known = {text: tuple(hashes[a:b]) for text, a, b in zip(texts, bounds[:-1], bounds[1:], strict=True)}
    return [[[known[text] for text in choices] for choices in pattern] for pattern in patterns]


def find_phrases(data: Bytes, offsets: Offsets, rows: Offsets, known: Phrases) -> Hits:
    """The phrases in the asked rows, the longest at each word, none over another.

    `starts` and `stops` are not bytes but words: those that `simplified_words` gives of the same row. A word costs one
    look, and one more for each that goes on with a phrase: no more than the longest phrase has words.
    """
    words, bounds = simplified(data, offsets, rows)
    index, targets, entries, opens = known
    hits = collected(lambda out: _find(words, bounds, *index, targets, entries, opens, out))
    return hits._replace(starts=hits.starts - bounds[hits.rows], stops=hits.stops - bounds[hits.rows])
