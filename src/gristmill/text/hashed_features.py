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
_CHARACTER = np.uint32(0x9E3779B1)
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
    value = (state + np.uint64(kind)) * GOLDEN
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
def _squeezed(data: Bytes, start: int, stop: int, out: Slots) -> int:
    """The characters, each as its bytes in one number, any run of white space as one space; how many."""
    found = 0
    white = True  # at the beginning, so that none is made of white space there
    at = start
    while at < stop:
        byte = data[at]
        at += 1
        char = np.uint32(byte)
        if _is_white(byte):
            if white:
                continue
            white = True
            char = np.uint32(32)
        else:
            white = False
            while at < stop and data[at] & 0xC0 == 0x80:
                char = np.uint32((char << np.uint32(8)) | np.uint32(data[at]))
                at += 1
        out[found] = char
        found += 1
    return found


@small_part
def _with(state: np.uint32, char: np.uint32) -> np.uint32:
    return np.uint32(np.uint32(state * _CHARACTER) + char)


@small_part
def _short_slot(state: np.uint32, down: np.uint32) -> np.uint32:
    return np.uint32(np.uint32((state ^ (state >> np.uint32(15))) * _CHARACTER) >> down)


@part
def _runs(chars: Slots, size: int, down: np.uint32, out: Slots) -> None:
    """The slot of each run of `size` characters, all in 32 bits.

    One loop for each size, and no branch in it, so that eight slots are made at a time.
    """
    c, seed = chars, np.uint32(size)
    if size == 1:
        for k in range(len(out)):
            out[k] = _short_slot(_with(seed, c[k]), down)
    elif size == 2:
        for k in range(len(out)):
            out[k] = _short_slot(_with(_with(seed, c[k]), c[k + 1]), down)
    elif size == 3:
        for k in range(len(out)):
            out[k] = _short_slot(_with(_with(_with(seed, c[k]), c[k + 1]), c[k + 2]), down)
    elif size == 4:
        for k in range(len(out)):
            out[k] = _short_slot(_with(_with(_with(_with(seed, c[k]), c[k + 1]), c[k + 2]), c[k + 3]), down)
    else:
        for k in range(len(out)):
            four = _with(_with(_with(_with(seed, c[k]), c[k + 1]), c[k + 2]), c[k + 3])
            out[k] = _short_slot(_with(four, c[k + 4]), down)


@part
def characters(data: Bytes, start: int, stop: int, shape: Shape, out: Slots) -> int:
    """The slots of the n-grams of characters; how many. Behind where they can reach, `out` holds the characters."""
    sizes = shape.longest - shape.shortest + 1
    chars = out[sizes * (stop - start) :]
    count = _squeezed(data, start, stop, chars)
    found = 0
    for size in range(shape.shortest, shape.longest + 1):
        more = max(count - size + 1, 0)
        _runs(chars, size, np.uint32(32 - shape.bits), out[found : found + more])
        found += more
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
