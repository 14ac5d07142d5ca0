"""What the kernels know of a code point: one word of flags, looked up in two steps."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from gristmill.text.flat import Bytes
from gristmill.text.jit import part, small_part
from gristmill.text.mixing import up_to_eight

WB_OTHER, WB_CR, WB_LF, WB_NEWLINE, WB_EXTEND, WB_ZWJ, WB_FORMAT, WB_REGIONAL, WB_KATAKANA, WB_HEBREW = range(10)
WB_LETTER, WB_SINGLE_QUOTE, WB_DOUBLE_QUOTE, WB_MID_NUM_LET, WB_MID_LETTER, WB_MID_NUM, WB_NUMERIC = range(10, 17)
WB_EXTEND_NUM_LET, WB_SPACE = 17, 18
WORD_BREAK = 31  # mask of the lowest five bits, Word_Break of UAX #29

PICTOGRAPHIC = 1 << 5  # Extended_Pictographic
SPACE = 1 << 6  # str.isspace
ALPHA = 1 << 7  # str.isalpha
ALNUM = 1 << 8  # str.isalnum
DIGIT = 1 << 9  # str.isdigit
UPPER = 1 << 10  # str.isupper
DECIMAL = 1 << 11  # \d of a Unicode regular expression
TERMINAL = 1 << 12  # datatrove's TERMINAL_PUNCTUATION: the end of a sentence, in any script
SYMBOL = 1 << 13  # datatrove's PUNCTUATION_SET
HAN = 1 << 14  # ideographs and their iteration marks
HIRAGANA = 1 << 15
COMPLEX = 1 << 16  # Line_Break=SA: Thai, Lao, Khmer, Myanmar and their kin
LEAD_VOWEL = 1 << 17  # Thai and Lao vowels that are written before their consonant
MARK = 1 << 18  # General_Category M
PEEL_FRONT = 1 << 19  # from here on the classes of spaCy's tokenizer: see `tokens`
PEEL_BACK = 1 << 20
QUOTE = 1 << 21
ICON = 1 << 22
TOKEN_ALPHA = 1 << 23
TOKEN_LOWER = 1 << 24
TOKEN_UPPER = 1 << 25
HYPHEN = 1 << 26
BEFORE_DOT = 1 << 27
WORD = 1 << 28  # \w of a Unicode regular expression
TOKEN_BREAK = 1 << 29  # a token with none of these is one token
PUNCTUATION = 1 << 30  # General_Category P
RECOMPOSES = 1 << 31  # only where one of these stands may a text be other than in form NFC (UAX #15)

ASCII = 0x110000 >> 8  # where the flags of U+0000 stand in the table

_LOWEST_BITS = np.uint64(0x0101010101010101)

Table = npt.NDArray[np.uint32]
"""`table[table[code >> 8] + (code & 255)]`: first where each block of 256 code points begins, then the blocks."""


@cache
def characters() -> Table:
    """The table, read once a process: Unicode 16.0, made by tools/make_characters.py."""
    with (files("gristmill.text") / "characters.npz").open("rb") as file, np.load(file) as arrays:
        table: Table = arrays["table"]
    return table


@small_part
def decode(data: Bytes, at: int, stop: int) -> tuple[int, int]:
    """The code point at `at` and where the next one begins. A broken sequence is one U+FFFD a byte."""
    lead = int(data[at])
    if lead < 0x80:
        return lead, at + 1
    if lead < 0xE0:
        if at + 2 <= stop:
            return (lead & 0x1F) << 6 | (int(data[at + 1]) & 0x3F), at + 2
    elif lead < 0xF0:
        if at + 3 <= stop:
            code = (lead & 0x0F) << 12 | (int(data[at + 1]) & 0x3F) << 6 | (int(data[at + 2]) & 0x3F)
            return code, at + 3
    elif at + 4 <= stop:
        code = (lead & 0x07) << 18 | (int(data[at + 1]) & 0x3F) << 12
        code |= (int(data[at + 2]) & 0x3F) << 6 | (int(data[at + 3]) & 0x3F)
        return min(code, 0x10FFFF), at + 4
    return 0xFFFD, at + 1


@small_part
def previous(data: Bytes, at: int, start: int) -> int:
    """Where the character that ends at `at` begins."""
    at -= 1
    while at > start and (data[at] & 0xC0) == 0x80:
        at -= 1
    return at


@small_part
def flags_of(code: int, table: Table) -> int:
    """The flags of a code point."""
    return int(table[int(table[code >> 8]) + (code & 255)])


@small_part
def flags_at(data: Bytes, at: int, stop: int, table: Table) -> tuple[int, int]:
    """The flags of the character at `at`, and where the next one begins."""
    if data[at] < 0x80:
        return int(table[ASCII + data[at]]), at + 1
    code, then = decode(data, at, stop)
    return flags_of(code, table), then


@part
def encode(code: int, out: Bytes, to: int) -> int:
    """Write a code point in UTF-8; where it ends."""
    if code < 0x80:
        out[to] = code
        return to + 1
    if code < 0x800:
        out[to] = 0xC0 | code >> 6
        out[to + 1] = 0x80 | code & 0x3F
        return to + 2
    if code < 0x10000:
        out[to] = 0xE0 | code >> 12
        out[to + 1] = 0x80 | code >> 6 & 0x3F
        out[to + 2] = 0x80 | code & 0x3F
        return to + 3
    out[to] = 0xF0 | code >> 18
    out[to + 1] = 0x80 | code >> 12 & 0x3F
    out[to + 2] = 0x80 | code >> 6 & 0x3F
    out[to + 3] = 0x80 | code & 0x3F
    return to + 4


@small_part
def count_characters(data: Bytes, start: int, stop: int) -> int:
    """Code points in `data[start:stop]`: its bytes but those of the form 10xxxxxx, counted eight at a time."""
    found = stop - start
    at = start
    while at < stop:
        word = up_to_eight(data, at, stop)
        inner = (word >> np.uint64(7)) & ~(word >> np.uint64(6)) & _LOWEST_BITS
        found -= int((inner * _LOWEST_BITS) >> np.uint64(56))
        at += 8
    return found
