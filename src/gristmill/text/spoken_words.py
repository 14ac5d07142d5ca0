"""The words of a stretch of text as they are meant: in lower case, digits for letters undone, `h a t e` joined."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.characters import (
    ALNUM,
    COMPLEX,
    HAN,
    HIRAGANA,
    MARK,
    TERMINAL,
    WB_KATAKANA,
    WORD_BREAK,
    Table,
    decode,
    flags_of,
)
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.hash_index import BEGIN, HashIndex, place, taken_in
from gristmill.text.jit import part, small_part
from gristmill.text.mixing import Hashes, mixed

Numbers = npt.NDArray[np.int32]

MOST_WORDS, ENOUGH_WORDS = 64, 16
"""A window ends after the sentence with which it has enough words, at a blank line, or when it has the most."""

MOST_BYTES, LONGEST_WORD = 8192, 96
QUOTED, OPENED, UNSPACED = 1, 2, 4
"""Marks of a word: it stands in double quotes; a quote mark stands before it; its script writes no spaces."""

_DOUBLE, _APOSTROPHE, _NEWLINE, _SPACE = 0x22, 0x27, 0x0A, 0x20
_LEET = np.arange(128, dtype=np.uint8)
for _sign, _letter in zip("013457@$!", "oieastasi", strict=True):
    _LEET[ord(_sign)] = ord(_letter)
_FOLDED = np.array([ord(chr(code).lower()) if chr(code).isalnum() else 0 for code in range(128)], np.uint8)
"""ASCII letters in lower case and digits, 0 for what is neither."""


@small_part
def lowered(code: int) -> int:
    """Lower case of Latin, Greek and Cyrillic letters; every other code point is itself."""
    if code < 0xC0:
        return code + 32 if 0x41 <= code <= 0x5A else code
    if code < 0x180:
        if code < 0xDF:
            return code if code == 0xD7 else code + 32
        odd_is_small = code < 0x138 or 0x14A <= code < 0x178
        if code < 0x100 or code in (0x130, 0x131, 0x138, 0x149, 0x178, 0x17F):
            return code
        return code | 1 if odd_is_small else code + (code & 1)
    if 0x391 <= code <= 0x3A9:
        return code + 32
    if 0x400 <= code <= 0x42F:
        return code + (80 if code < 0x410 else 32)
    return code


@small_part
def _is_unspaced(code: int, flags: int) -> bool:
    if flags & (HAN | HIRAGANA | COMPLEX) or 0xAC00 <= code <= 0xD7A3:
        return True
    return (flags & WORD_BREAK) == WB_KATAKANA


@small_part
def _is_quote(code: int) -> bool:
    return code == _DOUBLE or code == 0xAB or code == 0xBB or 0x201C <= code <= 0x201F


@part
def _put(buffer: Bytes, size: int, code: int) -> int:
    if code < 0x80:
        buffer[size] = code
        return size + 1
    if code < 0x800:
        buffer[size] = 0xC0 | code >> 6
        size += 1
    else:
        if code < 0x10000:
            buffer[size] = 0xE0 | code >> 12
        else:
            buffer[size] = 0xF0 | code >> 18
            size += 1
            buffer[size] = 0x80 | (code >> 12 & 0x3F)
        size += 1
        buffer[size] = 0x80 | (code >> 6 & 0x3F)
        size += 1
    buffer[size] = 0x80 | (code & 0x3F)
    return size + 1


@part
def _undo_digits(buffer: Bytes, start: int, stop: int) -> None:
    letters = others = 0
    for at in range(start, stop):
        letter = buffer[at] >= 0x61
        letters += letter
        others += not letter
    if letters and others:
        for at in range(start, stop):
            if buffer[at] < 0x80:
                buffer[at] = _LEET[buffer[at]]


@part
def _take_word(data: Bytes, at: int, stop: int, table: Table, buffer: Bytes, size: int) -> tuple[int, int, bool]:
    """Where the word at `at` ends in the text and, written down, in the buffer; whether its script has no spaces."""
    begin = size
    room = size + LONGEST_WORD
    unspaced = False
    while at < stop:
        byte = data[at]
        if byte < 0x80:
            code, after = int(_FOLDED[byte]), at + 1
            if not code and after < stop and size > begin and not unspaced:
                # Within a word: don't, sh!t, f@g
                next_letter = (data[after] | 0x20) >= 0x61 and (data[after] | 0x20) <= 0x7A
                if byte == _APOSTROPHE and next_letter:
                    at = after
                    continue
                if next_letter and (byte == 0x40 or byte == 0x24 or byte == 0x21):
                    code = int(byte)
            if not code or unspaced:
                break
            if size + 4 <= room:
                buffer[size] = code
                size += 1
        else:
            code, after = decode(data, at, stop)
            flags = flags_of(code, table)
            if code == 0x2019 and size > begin and not unspaced:
                at = after
                continue
            if not flags & (ALNUM | MARK):
                break
            other = _is_unspaced(code, flags)
            if size == begin:
                unspaced = other
            elif other != unspaced and not flags & MARK:
                break
            if size + 4 <= room:
                size = _put(buffer, size, lowered(code))
            elif unspaced:
                break
        at = after
    _undo_digits(buffer, begin, size)
    return at, size, unspaced


@small_part
def _hash(buffer: Bytes, start: int, stop: int) -> np.uint64:
    state = BEGIN
    for at in range(start, stop):
        state = taken_in(state, buffer[at])
    return mixed(state)


@part
def _ends_here(data: Bytes, at: int, after: int, stop: int, code: int, flags: int, words: int) -> bool:
    """Whether a window with so many words ends behind the character at `at`."""
    if code == _NEWLINE:
        return words >= ENOUGH_WORDS or (words > 0 and after < stop and data[after] == _NEWLINE)
    if words < ENOUGH_WORDS or not flags & TERMINAL:
        return False
    return code >= 0x80 or after == stop or data[after] <= _SPACE or data[after] == _DOUBLE


@part
def take_window(
    data: Bytes, at: int, stop: int, quoted: bool, table: Table, buffer: Bytes, hashes: Hashes, spans: Offsets
) -> tuple[int, int, bool]:
    """Write the words of the window that begins at `at` down; where it ends, how many words, and if quotes are open.

    Word `k` is `buffer[spans[0, k]:spans[1, k]]`, a space before and behind it; in the text it is
    `data[spans[2, k]:spans[3, k]]`, its marks are `spans[4, k]` and its hash is `hashes[k]`.
    """
    buffer[0] = _SPACE
    size, words = 1, 0
    mark = 0
    while at < stop and words < MOST_WORDS and size + LONGEST_WORD + 16 < MOST_BYTES:
        if data[at] == _SPACE:
            at += 1
            continue
        code, after = decode(data, at, stop)
        flags = flags_of(code, table)
        if flags & ALNUM:
            end, filled, unspaced = _take_word(data, at, stop, table, buffer, size)
            spans[0, words] = size
            spans[1, words] = filled
            spans[2, words] = at
            spans[3, words] = end
            spans[4, words] = mark | (QUOTED if quoted else 0) | (UNSPACED if unspaced else 0)
            hashes[words] = _hash(buffer, size, filled)
            buffer[filled] = _SPACE
            size, at, mark = filled + 1, end, 0
            words += 1
            continue
        if _is_quote(code):
            quoted = not quoted
            mark = OPENED
        elif _ends_here(data, at, after, stop, code, flags, words):
            return after, words, quoted if code != _NEWLINE else False
        at = after
    return at, words, quoted


@part
def join_letters(buffer: Bytes, hashes: Hashes, spans: Offsets, words: int, known: HashIndex) -> int:
    """Join three and more words of one ASCII letter each to one; how many words that leaves.

    `i h a t e` becomes `i hate`, as `ihate` is not known.
    """
    k = left = 0
    while k < words:
        until = k
        while until < words and spans[1, until] - spans[0, until] == 1 and buffer[spans[0, until]] >= 0x61:
            until += 1
        begin = spans[1, left - 1] + 1 if left else 1
        if until - k < 3:
            until = k + 1
            size = spans[1, k] - spans[0, k]
            if begin != spans[0, k]:
                for at in range(size + 1):
                    buffer[begin + at] = buffer[spans[0, k] + at]
            _settle(spans, left, k, k, begin, begin + size)
            hashes[left] = hashes[k]
            left, k = left + 1, until
            continue
        state = BEGIN
        for one in range(k, until):
            state = taken_in(state, buffer[spans[0, one]])
        lead = buffer[spans[0, k]]
        if (
            until - k > 3
            and (lead == 0x69 or lead == 0x61)
            and place(mixed(state), known.hashes, known.first, known.shift) < 0
        ):
            buffer[begin] = lead
            buffer[begin + 1] = _SPACE
            _settle(spans, left, k, k, begin, begin + 1)
            hashes[left] = hashes[k]
            left, k, begin = left + 1, k + 1, begin + 2
        state = BEGIN
        size = 0
        for one in range(k, until):
            buffer[begin + size] = buffer[spans[0, one]]
            state = taken_in(state, buffer[begin + size])
            size += 1
        buffer[begin + size] = _SPACE
        _settle(spans, left, k, until - 1, begin, begin + size)
        hashes[left] = mixed(state)
        left, k = left + 1, until
    return left


@part
def _settle(spans: Offsets, to: int, first: int, last: int, begin: int, end: int) -> None:
    start, stop, mark = spans[2, first], spans[3, last], spans[4, first]
    spans[0, to] = begin
    spans[1, to] = end
    spans[2, to] = start
    spans[3, to] = stop
    spans[4, to] = mark
