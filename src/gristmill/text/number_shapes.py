"""The shapes of numbers from one place in a text on: groups of digits, coordinates, account numbers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.ascii import (
    CASE,
    CLOSE_PAREN,
    COMMA,
    DASH,
    DOT,
    LOWER_A,
    LOWER_X,
    OPEN_PAREN,
    PLUS,
    SEMICOLON,
    SLASH,
    SPACE,
    ZERO,
    is_digit,
    is_letter,
)
from gristmill.text.flat import Bytes
from gristmill.text.jit import part
from gristmill.text.word_bytes import is_word

BY_SPACE, BY_DASH, BY_DOT, BY_SLASH, BY_BRACKET, WIDE = 1, 2, 4, 8, 16, 32
"""Bits for what stands between the groups of a number; WIDE for two spaces."""

MOST_GROUPS, MOST_DIGITS = 10, 30
_ONE = ord("1")

LengthOfCountry = npt.NDArray[np.int64]
"""The length of an IBAN for each pair of letters; 0 where the country has none."""


@part
def _one_separator(data: Bytes, at: int, stop: int) -> tuple[int, int]:
    """The bit of a separator at `at` and where it ends; no bit where there is none."""
    byte = data[at]
    bit, width = 0, 1
    if byte == SPACE:
        bit = BY_SPACE
    elif byte == DASH:
        bit = BY_DASH
    elif byte == DOT:
        bit = BY_DOT
    elif byte == SLASH:
        bit = BY_SLASH
    elif byte in (OPEN_PAREN, CLOSE_PAREN):
        bit = BY_BRACKET
    elif byte == 0xC2 and at + 1 < stop and data[at + 1] == 0xA0:
        bit, width = BY_SPACE, 2
    elif byte == 0xE2 and at + 2 < stop and data[at + 1] == 0x80:
        if 0x90 <= data[at + 2] <= 0x93:
            bit, width = BY_DASH, 3
        elif data[at + 2] == 0xAF:
            bit, width = BY_SPACE, 3
    return bit, at + width


@part
def _separators(data: Bytes, at: int, stop: int) -> tuple[int, int]:
    """What stands between two groups: one separator, or two with a bracket; no bits where no digit follows."""
    bits, after = _one_separator(data, at, stop)
    if bits and after < stop and not is_digit(data[after]):
        more, after = _one_separator(data, after, stop)
        bits = bits | more if more and (more | bits) & BY_BRACKET else 0
    return (bits, after) if bits and after < stop and is_digit(data[after]) else (0, at)


@part
def extension(data: Bytes, at: int, stop: int) -> int:
    """Where `x` and one to six digits end that begin at `at` and that no word goes on behind; `at` where there are
    none."""
    end = at
    if at + 1 < stop and data[at] | CASE == LOWER_X:
        end = at + 1
        while end < stop and is_digit(data[end]):
            end += 1
    return end if 2 <= end - at <= 7 and (end == stop or not is_word(data[end])) else at


@part
def number(data: Bytes, at: int, stop: int) -> tuple[int, int, int, int]:
    """Groups of digits that begin at `at`: where they end, digits, groups, bits of what stands between.

    Where the first group is the beginning of a word there are none, and they end at `at`.
    """
    digits = groups = bits = between = 0
    end = at
    while at < stop and groups < MOST_GROUPS and digits < MOST_DIGITS:
        begin = at
        while at < stop and is_digit(data[at]):
            at += 1
        if at < stop and is_word(data[at]) and extension(data, at, stop) == at:
            break  # a group that a word goes on from is part of that
        digits += at - begin
        groups += 1
        bits |= between
        end = at
        if at == stop:
            break
        between, at = _separators(data, at, stop)
        if not between or (groups == 4 and bits == BY_DOT and between in (BY_SPACE, BY_SLASH)):
            break  # another number follows an address
    return end, digits, groups, bits


@part
def spaced_out(data: Bytes, at: int, stop: int) -> tuple[int, int]:
    """Groups of 3, 3 and 4 digits, perhaps behind a 1, with two spaces between all of them: where they end, digits.

    No digits where there are none. With two spaces between, other groups are cells of a table.
    """
    digits = 0
    for wanted in (1, 3, 3, 4):
        begin = at
        while at < stop and is_digit(data[at]):
            at += 1
        if wanted == 1 and at - begin == 3:
            at = begin  # without the 1
            continue
        if at - begin != wanted or (wanted == 1 and data[begin] != _ONE):
            return begin, 0
        digits += wanted
        if wanted < 4:
            if at + 2 >= stop or data[at] != SPACE or data[at + 1] != SPACE:
                return begin, 0
            at += 2
    after = at
    while after < stop and data[after] == SPACE:
        after += 1
    if after < stop and is_word(data[after]) and (after == at or is_digit(data[after])):
        return at, 0
    return at, digits


@part
def _decimal(data: Bytes, at: int, stop: int) -> int:
    """Where a number of degrees with at least four decimals ends; -1 where none begins."""
    if at < stop and data[at] in (DASH, PLUS):
        at += 1
    begin = at
    while at < stop and is_digit(data[at]):
        at += 1
    if not 1 <= at - begin <= 3 or at == stop or data[at] != DOT:
        return -1
    begin = at + 1
    at = begin
    while at < stop and is_digit(data[at]):
        at += 1
    return at if 4 <= at - begin <= 15 else -1


@part
def coordinates(data: Bytes, at: int, stop: int) -> int:
    """Where two numbers of degrees end that begin at `at`, a comma, space or slash between; -1 where there are none."""
    at = _decimal(data, at, stop)
    if at < 0:
        return -1
    begin = at
    while at < stop and at - begin < 3 and data[at] in (SPACE, COMMA, SEMICOLON, SLASH):
        at += 1
    return _decimal(data, at, stop) if at > begin else -1


@part
def account(data: Bytes, at: int, stop: int, lengths: LengthOfCountry) -> int:
    """Where an IBAN that begins at `at` ends, by its country's length and ISO 7064 MOD 97-10; -1 where none does."""
    if at + 15 > stop or not (is_letter(data[at]) and is_letter(data[at + 1])):
        return -1
    wanted = lengths[((data[at] | CASE) - LOWER_A) * 26 + (data[at + 1] | CASE) - LOWER_A]
    taken = 0
    rest = 0  # of what follows the first four, then of these
    first = 0
    while taken < wanted and at < stop:
        byte = data[at]
        if is_digit(byte):
            value = byte - ZERO
        elif is_letter(byte):
            value = (byte | CASE) - LOWER_A + 10
        elif taken and byte in (SPACE, DASH) and at + 1 < stop and is_word(data[at + 1]):
            at += 1
            continue
        else:
            return -1
        if taken < 4:
            if (taken < 2) == (value < 10):
                return -1
            first = first * (100 if value > 9 else 10) + value
        else:
            rest = (rest * (100 if value > 9 else 10) + value) % 97
        taken += 1
        at += 1
    if not wanted or taken < wanted or (at < stop and is_word(data[at])):
        return -1
    return at if (rest * 1_000_000 + first) % 97 == 1 else -1


@part
def passes_luhn(data: Bytes, start: int, stop: int) -> bool:
    """Luhn's test (ISO/IEC 7812-1, annex B) of the digits from `start` to `stop`."""
    total = 0
    doubled = False
    for at in range(stop - 1, start - 1, -1):
        if is_digit(data[at]):
            value = int(data[at]) - ZERO
            if doubled:
                value = value * 2 - 9 if value > 4 else value * 2
            total += value
            doubled = not doubled
    return total % 10 == 0
