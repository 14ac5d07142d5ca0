"""Which listed words stand anywhere in a url, signs in between left out: Aho and Corasick, CACM 18 (1975)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.ascii import LOWER_A, ZERO, is_alphanumeric, is_digit, lower
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.hits import Hits, collected, is_kept, keep_hit
from gristmill.text.jit import kernel, small_part

LETTERS = 36  # a to z, 0 to 9
States = npt.NDArray[np.int32]


class Automaton(NamedTuple):
    """From state `s` letter `l` leads to `following[s, l]`; there the words whose longest is `ending[s]` end, or -1.

    Word `w` has `sizes[w]` letters.
    """

    following: States
    ending: States
    sizes: Offsets


@small_part
def _letter(byte: int) -> int:
    return byte - ZERO + 26 if is_digit(byte) else lower(byte) - LOWER_A


@kernel
def _plant(data: Bytes, starts: Offsets, stops: Offsets, following: States, ending: States, sizes: Offsets) -> int:
    states = 1
    for word in range(len(starts)):
        state = 0
        sizes[word] = 0
        for at in range(starts[word], stops[word]):
            if is_alphanumeric(data[at]):
                letter = _letter(data[at])
                if following[state, letter] == 0:
                    following[state, letter] = states
                    states += 1
                state = following[state, letter]
                sizes[word] += 1
        if state > 0 and ending[state] < 0:
            ending[state] = word
    return states


@kernel
def _tie(following: States, ending: States) -> None:
    """Lead every letter that goes no further on from the longest ending that does; nearer states come first."""
    states = len(following)
    back = np.zeros(states, np.int32)  # the state of the longest other ending of what led here
    queue = np.empty(states, np.int32)
    filled = 0
    for letter in range(LETTERS):
        if following[0, letter] > 0:
            queue[filled] = following[0, letter]
            filled += 1
    for at in range(states - 1):
        state = queue[at]
        if ending[state] < 0:
            ending[state] = ending[back[state]]
        for letter in range(LETTERS):
            child = following[state, letter]
            onward = following[back[state], letter]
            if child > 0:
                back[child] = onward
                queue[filled] = child
                filled += 1
            else:
                following[state, letter] = onward


def automaton(data: Bytes, starts: Offsets, stops: Offsets) -> Automaton:
    """Make the words `data[starts[k]:stops[k]]` ready to be looked for; 148 bytes for each of their letters.

    All but ASCII letters and digits is left out of them; a word of which nothing stays is found nowhere.
    """
    room = 1 + int((stops - starts).sum())
    following = np.zeros((room, LETTERS), np.int32)
    ending = np.full(room, -1, np.int32)
    sizes = np.empty(len(starts), np.int64)
    states = _plant(data, starts, stops, following, ending, sizes)
    following, ending = following[:states].copy(), ending[:states].copy()
    _tie(following, ending)
    return Automaton(following, ending, sizes)


@kernel
def _find_subwords(
    data: Bytes, offsets: Offsets, following: States, ending: States, sizes: Offsets, out: Offsets
) -> int:
    total = 0
    for row in range(len(offsets) - 1):
        before = total
        state = 0
        for at in range(offsets[row], offsets[row + 1]):
            if not is_alphanumeric(data[at]):
                continue
            state = following[state, _letter(data[at])]
            word = ending[state]
            if word >= 0 and not is_kept(out, before, total, word):
                begin = at
                left = sizes[word] - 1
                while left > 0:
                    begin -= 1
                    left -= is_alphanumeric(data[begin])
                total = keep_hit(out, total, row, begin, at + 1, word)
    return total


def find_subwords(data: Bytes, offsets: Offsets, words: Automaton) -> Hits:
    """The words in each url, each once; of several that end at the same letter the longest."""
    return collected(lambda out: _find_subwords(data, offsets, *words, out))
