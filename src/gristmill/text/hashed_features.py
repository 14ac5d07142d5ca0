"""A text as hashed n-grams of characters and of words: the features of the linear classifiers trained here.

A character is a code point, any run of white space being one space. A word is a run of ASCII letters, digits and bytes
beyond ASCII, in lower case as far as ASCII goes, or one other sign. Weinberger et al., ICML 2009, arXiv:0902.2206.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part, small_part
from gristmill.text.mixing import GOLDEN

Slots = npt.NDArray[np.uint32]
Weights = npt.NDArray[np.float32]
Scores = npt.NDArray[np.float64]

MOST_CHARACTERS, MOST_WORDS = 5, 3
_CHARACTER = np.uint64(0xD1342543DE82EF95)
_WORD = np.uint64(0xA24BAED4963EE407)
_BYTE = np.uint64(0x100000001B3)


class Shape(NamedTuple):
    """Which features there are: 2^bits slots, n-grams of `shortest` to `longest` characters and 1 to `words` words.

    Only the first `most_bytes` of a text count.
    """

    bits: int
    shortest: int
    longest: int
    words: int
    most_bytes: int

    def room(self) -> int:
        """Slots that one text can fill."""
        return (self.most_bytes + 2) * (self.longest - self.shortest + 1 + self.words)


@small_part
def _slot(state: np.uint64, kind: int, bits: int) -> np.uint32:
    value = (state + np.uint64(kind) * GOLDEN) * GOLDEN
    value = (value ^ (value >> np.uint64(32))) * GOLDEN
    return np.uint32(value >> np.uint64(64 - bits))


@small_part
def _is_white(byte: int) -> bool:
    return byte == 32 or 9 <= byte <= 13


@small_part
def _in_word(byte: int) -> bool:
    return byte >= 128 or 48 <= byte <= 57 or 97 <= (byte | 32) <= 122


@part
def end_of(data: Bytes, start: int, stop: int, most: int) -> int:
    """Where the part of a text that counts ends: between characters."""
    if stop - start <= most:
        return stop
    end = start + most
    while end > start and data[end] & 0xC0 == 0x80:
        end -= 1
    return end


@part
def characters(data: Bytes, start: int, stop: int, shape: Shape, out: Slots) -> int:
    """The slots of the n-grams of characters; how many. State n is the hash of the last n characters."""
    one = two = three = four = five = np.uint64(0)
    # Written out: a loop over sizes that picks its state takes a fifth longer.
    has_one = shape.shortest == 1
    has_two = shape.shortest <= 2 <= shape.longest
    has_three = shape.shortest <= 3 <= shape.longest
    has_four = shape.shortest <= 4 <= shape.longest
    has_five = shape.longest == 5
    found = 0
    seen = 0
    white = True  # at the beginning, so that none is made of white space there
    at = start
    while at < stop:
        byte = data[at]
        at += 1
        char = np.uint64(byte)
        if _is_white(byte):
            if white:
                continue
            white = True
            char = np.uint64(32)
        else:
            white = False
            while at < stop and data[at] & 0xC0 == 0x80:
                char = (char << np.uint64(8)) | np.uint64(data[at])
                at += 1
        five = four * _CHARACTER + char
        four = three * _CHARACTER + char
        three = two * _CHARACTER + char
        two = one * _CHARACTER + char
        one = char
        seen += 1
        if has_one:
            out[found] = _slot(one, 1, shape.bits)
            found += 1
        if has_two and seen > 1:
            out[found] = _slot(two, 2, shape.bits)
            found += 1
        if has_three and seen > 2:
            out[found] = _slot(three, 3, shape.bits)
            found += 1
        if has_four and seen > 3:
            out[found] = _slot(four, 4, shape.bits)
            found += 1
        if has_five and seen > 4:
            out[found] = _slot(five, 5, shape.bits)
            found += 1
    return found


@part
def words(data: Bytes, start: int, stop: int, shape: Shape, out: Slots, found: int) -> int:
    """The slots of the runs of words, put behind `found` others; how many there are then."""
    one = two = three = np.uint64(0)
    seen = 0
    at = start
    while at < stop:
        byte = data[at]
        at += 1
        if _is_white(byte):
            continue
        value = np.uint64(byte)
        if _in_word(byte):
            value = np.uint64(byte | 32) if byte < 128 and byte >= 65 else np.uint64(byte)
            while at < stop and _in_word(data[at]):
                byte = data[at]
                value = value * _BYTE + (np.uint64(byte | 32) if byte < 128 and byte >= 65 else np.uint64(byte))
                at += 1
        value = (value ^ (value >> np.uint64(29))) * _WORD
        three = two * _WORD + value
        two = one * _WORD + value
        one = value
        seen += 1
        out[found] = _slot(one, MOST_CHARACTERS + 1, shape.bits)
        found += 1
        if shape.words > 1 and seen > 1:
            out[found] = _slot(two, MOST_CHARACTERS + 2, shape.bits)
            found += 1
        if shape.words > 2 and seen > 2:
            out[found] = _slot(three, MOST_CHARACTERS + 3, shape.bits)
            found += 1
    return found


@part
def _sum(weights: Weights, column: int, slots: Slots, begin: int, end: int) -> float:
    """The weights of slots[begin:end] in a column, over the root of their number."""
    if end == begin:
        return 0.0
    one = two = three = four = 0.0  # four sums at a time, as one would wait for each addition
    k = begin
    while k + 4 <= end:
        one += weights[slots[k], column]
        two += weights[slots[k + 1], column]
        three += weights[slots[k + 2], column]
        four += weights[slots[k + 3], column]
        k += 4
    while k < end:
        one += weights[slots[k], column]
        k += 1
    return float(((one + two) + (three + four)) / np.sqrt(end - begin))


@part
def activate(slots: Slots, characters: int, whole: int, weights: Weights, bias: Scores, out: Scores) -> None:
    """The activation of each column by slots[:characters] and slots[characters:whole]."""
    for column in range(len(bias)):
        out[column] = (
            bias[column] + _sum(weights, column, slots, 0, characters) + _sum(weights, column, slots, characters, whole)
        )


@kernel
def activations(
    data: Bytes, offsets: Offsets, rows: Offsets, shape: Shape, weights: Weights, bias: Scores, room: int
) -> Scores:
    """For each of `rows` the activation of each column of the model; `room` is that of the shape."""
    out = np.empty((len(rows), len(bias)), np.float64)
    slots = np.empty(room, np.uint32)
    for k in range(len(rows)):
        start = offsets[rows[k]]
        stop = end_of(data, start, offsets[rows[k] + 1], shape.most_bytes)
        letters = characters(data, start, stop, shape, slots)
        activate(slots, letters, words(data, start, stop, shape, slots, letters), weights, bias, out[k])
    return out


@kernel
def slots_of_runs(data: Bytes, offsets: Offsets, shape: Shape, room: int) -> Slots:
    """For each text the slot of its last run of words: of a text that is one word or pair, that of it alone."""
    out = np.zeros(len(offsets) - 1, np.uint32)
    slots = np.empty(room, np.uint32)
    for k in range(len(out)):
        stop = end_of(data, offsets[k], offsets[k + 1], shape.most_bytes)
        found = words(data, offsets[k], stop, shape, slots, 0)
        if found:
            out[k] = slots[found - 1]
    return out
