"""Known phrases among the words of a window: the longest at each word, and anywhere in scripts without spaces."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.bit_set import Bits, is_set, with_bits
from gristmill.text.characters import Table, characters
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.hash_index import BEGIN, HashIndex, hash_index, place, taken_in
from gristmill.text.jit import kernel, part, small_part
from gristmill.text.mixing import GOLDEN, Hashes, mixed
from gristmill.text.spoken_words import MOST_BYTES, MOST_WORDS, UNSPACED, take_window

LONGEST_PHRASE = 5  # words
_LIKELY = 16
_LEADING = np.uint64(64 - _LIKELY)
_UNSPACED_SEED = np.uint64(0x5851F42D4C957F2D)

Kinds = npt.NDArray[np.uint8]
Languages = npt.NDArray[np.uint64]
Mask = npt.NDArray[np.bool_]


class Lexicon(NamedTuple):
    """Entry `k` of those known stands in the lists of `listed[k]` and is a cue in those of `cued[k]`, a bit a language.

    It has the kind `kinds[k]`, 0 for none, and longer entries begin with it where `extends[k]`.
    """

    likely: Bits
    """A bit for each value of the leading bits of an entry, set where there is one: most words end there."""
    known: HashIndex
    kinds: Kinds
    listed: Languages
    cued: Languages
    extends: Mask


def lexicon_of(hashes: Hashes, kinds: Kinds, listed: Languages, cued: Languages, extends: Mask) -> Lexicon:
    """Entries in the order of their hashes, ready for the kernels."""
    return Lexicon(with_bits(hashes >> _LEADING, 1 << _LIKELY), hash_index(hashes), kinds, listed, cued, extends)


@small_part
def may_begin(word: np.uint64, lexicon: Lexicon) -> bool:
    """Whether an entry may begin with a word."""
    return is_set(lexicon.likely, word >> _LEADING)


@small_part
def extended(phrase: np.uint64, word: np.uint64) -> np.uint64:
    """The hash of a phrase with one more word."""
    return mixed(phrase * GOLDEN + word)


@part
def find_phrase(k: int, words: int, hashes: Hashes, lexicon: Lexicon, asked: np.uint64) -> tuple[int, int]:
    """The longest entry of the asked languages that begins with word `k`, -1 for none, and how many words it has."""
    best, longest = -1, 1
    known, first, shift = lexicon.known
    state = hashes[k]
    for size in range(1, min(LONGEST_PHRASE, words - k) + 1):
        if size > 1:
            state = extended(state, hashes[k + size - 1])
        entry = place(state, known, first, shift)
        if entry < 0:
            break
        if (lexicon.listed[entry] | lexicon.cued[entry]) & asked:
            best, longest = entry, size
        if not lexicon.extends[entry]:
            break
    return best, longest


@part
def find_inside(buffer: Bytes, at: int, stop: int, lexicon: Lexicon, asked: np.uint64) -> tuple[int, int]:
    """The longest listed entry without spaces that begins at byte `at`, -1 for none, and where it ends."""
    best, end = -1, at
    known, first, shift = lexicon.known
    state = BEGIN
    while at < stop:
        state = taken_in(state, buffer[at])
        at += 1
        if at < stop and (buffer[at] & 0xC0) == 0x80:
            continue
        entry = place(mixed(state ^ _UNSPACED_SEED), known, first, shift)
        if entry < 0:
            break
        if lexicon.listed[entry] & asked:
            best, end = entry, at
        if not lexicon.extends[entry]:
            break
    return best, end


@kernel
def _phrase_hashes(data: Bytes, offsets: Offsets, table: Table, out: Hashes, sizes: Offsets) -> None:
    buffer = np.empty(MOST_BYTES, np.uint8)
    hashes = np.empty(MOST_WORDS, np.uint64)
    spans = np.empty((5, MOST_WORDS), np.int64)
    total = 0
    for row in range(len(offsets) - 1):
        _, words, _ = take_window(data, offsets[row], offsets[row + 1], False, table, buffer, hashes, spans)
        first = total
        if words == 1 and spans[4, 0] & UNSPACED:
            state = BEGIN
            for at in range(spans[0, 0], spans[1, 0]):
                state = taken_in(state, buffer[at])
                if (buffer[at + 1] & 0xC0) != 0x80 and total < len(out):
                    out[total] = mixed(state ^ _UNSPACED_SEED)
                    total += 1
        elif 0 < words <= LONGEST_PHRASE:
            state = hashes[0]
            for k in range(words):
                if k:
                    state = extended(state, hashes[k])
                if total < len(out):
                    out[total] = state
                    total += 1
        sizes[row] = total - first


def phrase_hashes(data: Bytes, offsets: Offsets) -> tuple[Hashes, Offsets]:
    """For each phrase, the hashes of all its beginnings, itself last, as `Lexicon` wants them, and how many there are.

    A phrase without a word, or of more than LONGEST_PHRASE, has none.
    """
    out = np.empty(LONGEST_PHRASE * (len(offsets) - 1) + int(offsets[-1] - offsets[0]), np.uint64)
    sizes = np.zeros(len(offsets) - 1, np.int64)
    _phrase_hashes(data, offsets, characters(), out, sizes)
    return out[: sizes.sum()], sizes
