"""Hashes of many words at once: one letter of each in turn, in a loop without branches that is vectorised.

Letter by letter, a word waits for its own products, and a processor guesses wrong where it ends.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.flat import Offsets
from gristmill.text.jit import part, small_part
from gristmill.text.many_bytes import WIDE
from gristmill.text.many_codes import Codes
from gristmill.text.mixing import GOLDEN, Hashes, mixed

HELD = 1024
"""Code points before words are hashed, so that all that is held of them stays in the first cache."""
_ROOM = HELD + 2 * WIDE
_AT_ONCE = 8


class Held(NamedTuple):
    """Words that wait to be hashed: word `w` is `codes[edges[2 * w]:edges[2 * w + 1]]`, where 0 is nothing."""

    codes: Codes
    edges: Codes
    longer: Offsets  # words that have more than eight letters left
    active: Offsets
    fours: Hashes  # the next four letters of each
    further: Hashes  # and four more
    left: Hashes  # how many are left of each
    states: Hashes
    several: npt.NDArray[np.uint32]  # of what is hashed at once


def no_words() -> Held:
    return Held(
        np.empty(_ROOM, np.uint16),
        np.empty(2 * _ROOM, np.uint16),
        np.empty(_ROOM, np.int64),
        np.empty(_ROOM, np.int64),
        np.empty(_ROOM, np.uint64),
        np.empty(_ROOM, np.uint64),
        np.empty(_ROOM, np.uint64),
        np.empty(_ROOM, np.uint64),
        np.empty(_ROOM, np.uint32),
    )


@small_part
def then(state: np.uint64, code: np.uint64) -> np.uint64:
    """The state of a word behind one more code point."""
    return (state ^ code) * GOLDEN


@small_part
def _four(codes: Codes, at: int) -> np.uint64:
    word = np.uint64(0)
    first = np.uint64(at)
    for k in range(4):
        word |= np.uint64(codes[first + np.uint64(k)]) << np.uint64(16 * k)
    return word


@small_part
def _then_four(state: np.uint64, four: np.uint64, before: int, left: np.uint64) -> np.uint64:
    for k in range(4):
        code = four >> np.uint64(16 * k) & np.uint64(0xFFFF)
        after = then(state, code)
        there = np.uint64(0) - np.uint64((np.uint64(before + k) < left) & (code != np.uint64(0)))
        state ^= (state ^ after) & there
    return state


@part
def _eight_letters(held: Held, words: int) -> None:
    for k in range(words):
        state = _then_four(held.states[k], held.fours[k], 0, held.left[k])
        held.states[k] = _then_four(state, held.further[k], 4, held.left[k])


@small_part
def _take_eight(held: Held, word: int, done: int, k: int, longer: int) -> int:
    """Take eight letters of a word that may have less, behind those that are done, and note it where it has more."""
    edge, to = np.uint64(2 * word), np.uint64(k)
    at = int(held.edges[edge]) + done
    left = int(held.edges[edge + np.uint64(1)]) - at
    held.left[to] = np.uint64(left)
    held.fours[to] = _four(held.codes, at)
    held.further[to] = _four(held.codes, at + 4)
    held.longer[np.uint64(longer)] = word
    return longer + int(left > _AT_ONCE)


@part
def hash_words(held: Held, words: int, begun: np.uint64, out: Hashes, found: int) -> None:
    """Put the states of words into `out` from `found` on. The first one goes on from `begun`."""
    if words == 0:
        return
    held.edges[0] += begun != GOLDEN
    done = longer = found - found
    for word in range(words):
        longer = _take_eight(held, word, done, word, longer)
        held.states[np.uint64(word)] = GOLDEN
    held.states[0] = begun
    _eight_letters(held, words)
    for word in range(words):
        out[np.uint64(found + word)] = held.states[np.uint64(word)]
    while longer:
        active, longer = longer, found - found
        done += _AT_ONCE
        for k in range(active):
            word = held.longer[np.uint64(k)]
            held.states[np.uint64(k)] = out[np.uint64(found + word)]
            held.active[np.uint64(k)] = word
            longer = _take_eight(held, word, done, k, longer)
        _eight_letters(held, active)
        for k in range(active):
            out[np.uint64(found + held.active[np.uint64(k)])] = held.states[np.uint64(k)]


@part
def finish_words(out: Hashes, first: int, last: int) -> None:
    for k in range(first, last):
        out[k] = mixed(out[k])
