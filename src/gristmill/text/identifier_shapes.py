"""The shapes of identifiers from one place in a text on: numbers, account numbers, assigned values, blocks of keys."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.flat import Bytes
from gristmill.text.jit import part, small_part

SPACE, DASH, DOT, SLASH, BRACKET, WIDE = 1, 2, 4, 8, 16, 32
"""Bits for what stands between the groups of a number; WIDE for two spaces."""

MOST_GROUPS, MOST_DIGITS = 10, 30
MOST_VALUE = 512  # bytes of a value that is assigned
MOST_BLOCK = 1 << 15  # bytes of a block of a key

_OPEN, _CLOSE = ord("("), ord(")")
_QUOTES = (0x22, 0x27, 0x60)
_OF_KEYS = (0x2B, 0x2F, 0x3D, 0x2D, 0x22, 0x27, 0x5C, 0x2C, 0x3B, 0x2E)

LengthOfCountry = npt.NDArray[np.int64]
"""The length of an IBAN for each pair of letters; 0 where the country has none."""


@small_part
def is_digit(byte: int) -> bool:
    return 0x30 <= byte <= 0x39


@small_part
def is_letter(byte: int) -> bool:
    return 0x61 <= (byte | 0x20) <= 0x7A


@small_part
def is_ascii_word(byte: int) -> bool:
    return is_digit(byte) or is_letter(byte)


@small_part
def is_word(byte: int) -> bool:
    """ASCII letters and digits, and bytes of letters that words are made of: not of signs, nor of East Asian scripts.

    C2 and E2 lead signs (no-break spaces, quotes, dashes), E3 to ED ideographs, kana and Hangul, EE and above the rest.
    """
    return is_ascii_word(byte) or (0x80 <= byte < 0xE2 and byte != 0xC2)


@small_part
def _is_hex(byte: int) -> bool:
    return is_digit(byte) or 0x61 <= (byte | 0x20) <= 0x66


@part
def _one_separator(data: Bytes, at: int, stop: int) -> tuple[int, int]:
    """The bit of a separator at `at` and where it ends; no bit where there is none."""
    byte = data[at]
    bit, width = 0, 1
    if byte == 0x20:
        bit = SPACE
    elif byte == 0x2D:
        bit = DASH
    elif byte == 0x2E:
        bit = DOT
    elif byte == 0x2F:
        bit = SLASH
    elif byte in (_OPEN, _CLOSE):
        bit = BRACKET
    elif byte == 0xC2 and at + 1 < stop and data[at + 1] == 0xA0:
        bit, width = SPACE, 2
    elif byte == 0xE2 and at + 2 < stop and data[at + 1] == 0x80:
        if 0x90 <= data[at + 2] <= 0x93:
            bit, width = DASH, 3
        elif data[at + 2] == 0xAF:
            bit, width = SPACE, 3
    return bit, at + width


@part
def _separators(data: Bytes, at: int, stop: int) -> tuple[int, int]:
    """What stands between two groups: one separator, or two with a bracket; no bits where no digit follows."""
    bits, after = _one_separator(data, at, stop)
    if bits and after < stop and not is_digit(data[after]):
        more, after = _one_separator(data, after, stop)
        bits = bits | more if more and (more | bits) & BRACKET else 0
    return (bits, after) if bits and after < stop and is_digit(data[after]) else (0, at)


@part
def extension(data: Bytes, at: int, stop: int) -> int:
    """Where `x` and one to six digits end that begin at `at` and that no word goes on behind; `at` where there are
    none."""
    end = at
    if at + 1 < stop and data[at] | 0x20 == 0x78:
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
        if not between or (groups == 4 and bits == DOT and between in (SPACE, SLASH)):
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
        if at - begin != wanted or (wanted == 1 and data[begin] != 0x31):
            return begin, 0
        digits += wanted
        if wanted < 4:
            if at + 2 >= stop or data[at] != 0x20 or data[at + 1] != 0x20:
                return begin, 0
            at += 2
    after = at
    while after < stop and data[after] == 0x20:
        after += 1
    if after < stop and is_word(data[after]) and (after == at or is_digit(data[after])):
        return at, 0
    return at, digits


@part
def _decimal(data: Bytes, at: int, stop: int) -> int:
    """Where a number of degrees with at least four decimals ends; -1 where none begins."""
    if at < stop and data[at] in (0x2D, 0x2B):
        at += 1
    begin = at
    while at < stop and is_digit(data[at]):
        at += 1
    if not 1 <= at - begin <= 3 or at == stop or data[at] != 0x2E:
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
    while at < stop and at - begin < 3 and data[at] in (0x20, 0x2C, 0x3B, 0x2F):
        at += 1
    return _decimal(data, at, stop) if at > begin else -1


@part
def colons(data: Bytes, at: int, stop: int) -> tuple[int, int, bool, bool]:
    """Hexadecimal groups with colons: where they end, colons, whether two stand together, whether groups are pairs."""
    count = size = 0
    double = False
    pairs = True
    most = min(stop, at + 46)
    while at < most:
        byte = data[at]
        if byte == 0x3A:
            if at + 1 < most and data[at + 1] == 0x3A:
                double = True
            elif at + 1 == most or not _is_hex(data[at + 1]):
                break
            count += 1
            pairs &= size == 2
            size = 0
        elif _is_hex(byte) or (byte == 0x2E and count > 1 and at + 1 < most and is_digit(data[at + 1])):
            size += 1
        else:
            break
        at += 1
    return at, count, double, pairs and size == 2


@part
def dashed_pairs(data: Bytes, at: int, stop: int) -> bool:
    """Whether six pairs of hexadecimal digits begin at `at`, dashes between, and no more."""
    if at + 17 > stop or (at + 17 < stop and (is_word(data[at + 17]) or data[at + 17] == 0x2D)):
        return False
    for k in range(17):
        if k % 3 == 2:
            if data[at + k] != 0x2D:
                return False
        elif not _is_hex(data[at + k]):
            return False
    return True


@part
def dotted_fours(data: Bytes, at: int, stop: int) -> bool:
    """Whether three groups of four hexadecimal digits begin at `at`, dots between, and no more; some are letters."""
    end = at + 14
    if end > stop or (end < stop and is_word(data[end])):
        return False
    if end + 1 < stop and data[end] == 0x2E and is_word(data[end + 1]):
        return False
    letters = 0
    for k in range(14):
        if k % 5 == 4:
            if data[at + k] != 0x2E:
                return False
        elif not _is_hex(data[at + k]):
            return False
        else:
            letters += is_letter(data[at + k])
    return 0 < letters < 12


@part
def account(data: Bytes, at: int, stop: int, lengths: LengthOfCountry) -> int:
    """Where an IBAN that begins at `at` ends, by its country's length and ISO 7064 MOD 97-10; -1 where none does."""
    if at + 15 > stop or not (is_letter(data[at]) and is_letter(data[at + 1])):
        return -1
    wanted = lengths[((data[at] | 0x20) - 0x61) * 26 + (data[at + 1] | 0x20) - 0x61]
    taken = 0
    rest = 0  # of what follows the first four, then of these
    first = 0
    while taken < wanted and at < stop:
        byte = data[at]
        if is_digit(byte):
            value = byte - 0x30
        elif is_letter(byte):
            value = (byte | 0x20) - 0x61 + 10
        elif taken and byte in (0x20, 0x2D) and at + 1 < stop and is_word(data[at + 1]):
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
def assigned(data: Bytes, at: int, stop: int) -> tuple[int, int]:
    """The value that is assigned to the name that ends at `at`: `= value`, `: "value"`; nothing where none is."""
    marks = 0
    begin = at
    while at < stop and at - begin < 12:
        byte = data[at]
        if byte in (0x3D, 0x3A):
            marks += 1
        elif not (byte in (0x20, 0x09, 0x3E, 0x5D) or byte in _QUOTES) or (marks and byte == 0x5D):
            break
        at += 1
    if not marks or marks > 2 or at == stop:
        return at, at
    quote = data[at - 1] if data[at - 1] in _QUOTES else 0
    end = at
    most = min(stop, at + MOST_VALUE)
    while end < most:
        byte = data[end]
        if byte < 0x20 or (byte == quote if quote else byte <= 0x20 or byte in (0x22, 0x27, 0x2C, 0x3B, 0x3C)):
            break
        end += 1
    return (at, end) if end < most or end == stop else (at, at)


@part
def _here(data: Bytes, at: int, stop: int, what: Bytes) -> bool:
    if at + len(what) > stop:
        return False
    same = True
    for k in range(len(what)):
        same &= data[at + k] == what[k]
    return same


@part
def key_block(data: Bytes, at: int, stop: int, begin: Bytes, private: Bytes, end: Bytes) -> int:
    """Where a block of a private key (RFC 7468) that may begin at `at` ends; -1 where it is none.

    One that is not ended goes as far as its lines have no space in them and nothing but base64, quotes and backslashes.
    """
    if not _here(data, at, stop, begin):
        return -1
    label = at + len(begin)
    most = min(stop, label + 48)
    while label < most and not _here(data, label, stop, private):
        if data[label] == 0x0A:
            return -1
        label += 1
    if label == most:
        return -1
    last = at = line = label + len(private)
    header = True  # the line so far may be a header, or what is left of the first line
    most = min(stop, at + MOST_BLOCK)
    while at < most:
        byte = data[at]
        if byte == 0x2D and _here(data, at, stop, begin):
            return last
        if byte == 0x2D and _here(data, at, stop, end):
            at += len(end)
            while at < stop and data[at] not in (0x0A, 0x22, 0x27):
                at += 1
            return at
        if byte == 0x0A:
            last = at
            line = at + 1
            header = False
        elif byte <= 0x20:
            if at == line:
                line = at + 1  # indented
            elif not header and byte != 0x0D:
                return last
        elif byte == 0x3A:
            header = True
        elif not (is_ascii_word(byte) or byte in _OF_KEYS):
            return last
        at += 1
    return at if at == stop else last
