"""Which listed words and phrases stand in a text, letter case aside: a trie over words, kept in a hash index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gristmill.text.bit_set import Bits, is_set, with_bits
from gristmill.text.characters import ALNUM, HAN, HIRAGANA, MARK, Table, characters, decode, flags_of
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.hash_index import BEGIN, hash_index, place, taken_in
from gristmill.text.jit import kernel, part, small_part
from gristmill.text.measures import Counts
from gristmill.text.mixing import GOLDEN, Hashes, mixed

MOST_IN_LIST = 63  # phrases of a list fit the bits of one number
LONGEST = 12  # words of a phrase

_LIKELY = 16
_LOW = np.uint64((1 << _LIKELY) - 1)

LETTER, ALONE, SOFT, HARD = range(4)
"""What a character is to a phrase: part of a word; a word by itself; between the words of a phrase; its end."""


class Phrases(NamedTuple):
    """A trie whose edges are hashes of (state, word) in a `HashIndex`; tree `n` begins in state `n`.

    Edge `e` leads to state `targets[e]`; a phrase that ends in state `s` is in the lists
    `lists[ends[s]:ends[s + 1]]`, in each at the place given by `places`.
    """

    likely: Bits
    """A bit for each value of the lowest bits of an edge, set where there is one: most words end there."""
    hashes: Hashes
    first: Offsets
    shift: np.uint64
    targets: Offsets
    ends: Offsets
    lists: Offsets
    places: Offsets


class Found(NamedTuple):
    """For each asked row (axis 0) and list (axis 1): all hits, and the bits of the phrases that were met."""

    hits: Counts
    met: Bits
    words: Counts


def phrases(trees: Sequence[Sequence[tuple[int, int, str]]]) -> Phrases:
    """Make trees of phrases ready for the kernel: (list, place in the list, phrase) for each.

    A row is looked up in one tree. ValueError where a phrase has no words, or more than `LONGEST`.
    """
    edges: dict[int, int] = {}
    ended: dict[int, set[tuple[int, int]]] = {}
    states = len(trees)
    for root, entries in enumerate(trees):
        for which, at, phrase in entries:
            words = _words(phrase)
            if not 0 < len(words) <= LONGEST or not 0 <= at < MOST_IN_LIST:
                raise ValueError(f"{phrase!r} is no phrase of one to {LONGEST} words, or its list is too long")
            state = root
            for word in words:
                edge = _edge_of(state, word)
                if edge not in edges:
                    edges[edge] = states
                    states += 1
                state = edges[edge]
            ended.setdefault(state, set()).add((which, at))
    index = hash_index(np.array(sorted(edges), np.uint64))
    likely = with_bits((index.hashes & _LOW).astype(np.int64), 1 << _LIKELY)
    ends = np.zeros(states + 1, np.int64)
    listed: list[tuple[int, int]] = []
    for state in range(states):
        listed += sorted(ended.get(state, ()))
        ends[state + 1] = len(listed)
    targets = np.array([edges[edge] for edge in sorted(edges)], np.int64)
    pairs = np.array(listed, np.int64).reshape(-1, 2)
    return Phrases(likely, *index, targets, ends, pairs[:, 0].copy(), pairs[:, 1].copy())


def find_phrases(data: Bytes, offsets: Offsets, rows: Offsets, trees: Offsets, known: Phrases, lists: int) -> Found:
    """What the asked rows have of `lists` lists; `trees` has the tree of each asked row, -1 for none.

    A word is a run of letters and digits; an ideograph and a kana is one by itself. White space, hyphens and
    apostrophes may stand between the words of a phrase, any other character ends it. Letters are compared
    without their case (Latin and Cyrillic), and without the dots of the Russian e.
    """
    found = Found(
        np.zeros((len(rows), lists), np.int64), np.zeros((len(rows), lists), np.uint64), np.zeros(len(rows), np.int64)
    )
    _find(data, offsets, rows, trees, _ASCII, characters(), known, *found)
    return found


@small_part
def lowered(code: int) -> int:
    """A letter in lower case, where it is Latin (to U+017F) or Cyrillic (to U+045F); any other as it is."""
    if code < 0x80:
        return code + 32 if 0x41 <= code <= 0x5A else code
    if code < 0x180:
        if 0xC0 <= code <= 0xDE:
            return code + 32 if code != 0xD7 else code
        even = (0x100 <= code <= 0x137 and code != 0x130) or 0x14A <= code <= 0x177
        odd = 0x139 <= code <= 0x148 or 0x179 <= code <= 0x17E
        return code + 1 if (even and not code & 1) or (odd and code & 1) else code
    if 0x400 <= code <= 0x45F:
        code += 80 if code < 0x410 else 32 if code < 0x430 else 0
        return 0x435 if code == 0x451 else code
    return code


@small_part
def kind_of(code: int, table: Table) -> int:
    """What a character is to a phrase."""
    if code < 0x80:
        if 0x61 <= code | 0x20 <= 0x7A or 0x30 <= code <= 0x39:
            return LETTER
        return SOFT if code == 0x20 or 9 <= code <= 13 or code == 0x2D or code == 0x27 else HARD
    flags = flags_of(code, table)
    if flags & (HAN | HIRAGANA) or 0x30A1 <= code <= 0x30FC:
        return ALONE
    if flags & (ALNUM | MARK):
        return LETTER
    return SOFT if code == 0xA0 or 0x2010 <= code <= 0x2011 or code == 0x2019 else HARD


def _ascii() -> Bytes:
    """For each ASCII character its lower case where it is a letter or digit, else its kind."""
    codes = range(0x80)
    signs = {code: SOFT if 9 <= code <= 13 or code in (0x20, 0x27, 0x2D) else HARD for code in codes}
    folded = [ord(chr(code).lower()) if chr(code).isalnum() else signs[code] for code in codes]
    return np.array(folded, np.uint8)


_ASCII = _ascii()


@small_part
def _edge(state: int, word: np.uint64) -> np.uint64:
    return mixed(word ^ (np.uint64(state) + np.uint64(1)) * GOLDEN)


@part
def _ended(
    word: np.uint64, root: int, active: Offsets, many: int, known: Phrases, hits: Counts, met: Bits, row: int
) -> int:
    """A word has ended: follow it from each state that is active and from the root; how many are active then."""
    active[many] = root
    left = 0
    for k in range(many + 1):
        value = _edge(active[k], word)
        if not is_set(known.likely, value & _LOW):
            continue
        edge = place(value, known.hashes, known.first, known.shift)
        if edge < 0:
            continue
        state = known.targets[edge]
        for at in range(known.ends[state], known.ends[state + 1]):
            hits[row, known.lists[at]] += 1
            met[row, known.lists[at]] |= np.uint64(1) << np.uint64(known.places[at])
        active[left] = state
        left += 1
    return left


@kernel
def _find(
    data: Bytes,
    offsets: Offsets,
    rows: Offsets,
    trees: Offsets,
    ascii: Bytes,
    table: Table,
    known: Phrases,
    hits: Counts,
    met: Bits,
    words: Counts,
) -> None:
    active = np.empty(LONGEST + 2, np.int64)
    for i in range(len(rows)):
        root = trees[i]
        if root < 0:
            continue
        at = offsets[rows[i]]
        stop = offsets[rows[i] + 1]
        many = 0
        state = BEGIN
        while at <= stop:
            code = 0
            kind = HARD
            if at < stop and data[at] >= 0x80:
                code, at = decode(data, at, stop)
                kind = kind_of(code, table)
                code = lowered(code)
            else:
                if at < stop:
                    code = int(ascii[data[at]])
                    kind = code if code < 0x30 else LETTER
                at += 1
            if kind == LETTER:
                state = taken_in(state, code)
                continue
            if state != BEGIN:
                words[i] += 1
                many = _ended(mixed(state), root, active, many, known, hits, met, i)
                state = BEGIN
            if kind == HARD:
                many = 0
            elif kind == ALONE:
                words[i] += 1
                many = _ended(mixed(taken_in(BEGIN, code)), root, active, many, known, hits, met, i)


@kernel
def _hash_words(data: Bytes, table: Table, out: Hashes) -> int:
    """The hashes of the words of a phrase; how many there are."""
    found = 0
    state = BEGIN
    at = 0
    while at <= len(data):
        code = 0x0A
        after = at + 1
        if at < len(data):
            code, after = decode(data, at, len(data))
        kind = kind_of(code, table)
        at = after
        if kind == LETTER:
            state = taken_in(state, lowered(code))
            continue
        if state != BEGIN:
            out[found] = mixed(state)
            found += 1
            state = BEGIN
        if kind == ALONE:
            out[found] = mixed(taken_in(BEGIN, code))
            found += 1
    return found


@kernel
def _hash_edge(state: int, word: np.uint64) -> np.uint64:
    return _edge(state, word)


def _words(phrase: str) -> list[np.uint64]:
    raw = np.frombuffer(phrase.encode(), np.uint8)
    out = np.empty(len(raw) + 1, np.uint64)
    return [np.uint64(word) for word in out[: _hash_words(raw, characters(), out)]]


def _edge_of(state: int, word: np.uint64) -> int:
    return int(_hash_edge(state, word))
