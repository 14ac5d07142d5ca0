"""Words as the scan for identifiers tells them, eight bytes at once: letters and digits, but of East Asian scripts."""

from __future__ import annotations

import numpy as np

from gristmill.text.ascii import is_alphanumeric, lower
from gristmill.text.eight_bytes import (
    HIGH,
    SPACES,
    ascii_only,
    at_least,
    equal,
    first_bytes,
    first_of,
    how_many,
    letters_in,
    numerals_in,
)
from gristmill.text.flat import Bytes
from gristmill.text.hash_index import taken_in
from gristmill.text.jit import part, small_part
from gristmill.text.mixing import up_to_eight


@small_part
def is_word(byte: int) -> bool:
    """ASCII letters and digits, and bytes of letters that words are made of: not of signs, nor of East Asian scripts.

    C2 and E2 lead signs (no-break spaces, quotes, dashes), E3 to ED ideographs, kana and Hangul, EE and above the rest.
    """
    return is_alphanumeric(byte) or (0x80 <= byte < 0xE2 and byte != 0xC2)


@small_part
def letters_of(word: np.uint64) -> tuple[int, np.uint64, np.uint64]:
    """How many of eight bytes are of one word from the first on; marks of its digits, of what is not hexadecimal."""
    numerals, letters = numerals_in(word), letters_in(word)
    others = letters & at_least(word | SPACES, 0x67)
    of_word = numerals | letters
    if not ascii_only(word):
        beyond = word & ~(at_least(word, 0x62) | equal(word, 0xC2)) & HIGH
        of_word |= beyond
        others |= beyond
    size = first_of(~of_word & HIGH)
    within = first_bytes(size)
    return size, numerals & within, others & within


@part
def rest_of_word(data: Bytes, at: int, stop: int) -> tuple[int, int, bool]:
    """Where the word ends that `at` is in, the digits from there on, whether all else is of a hexadecimal number."""
    digits = 0
    is_hex = True
    size = 8
    while at < stop and size == 8:
        size, numerals, others = letters_of(up_to_eight(data, at, stop))
        digits += how_many(numerals)
        is_hex &= others == 0
        at += size
    return at, digits, is_hex


@part
def word_taken_in(state: np.uint64, data: Bytes, begin: int, end: int) -> np.uint64:
    """The state of a hash when a word has been taken in as well, in lower case."""
    for at in range(begin, end):
        state = taken_in(state, lower(data[at]))
    return state
