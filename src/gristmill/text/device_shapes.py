"""The shapes of addresses of devices from one place in a text on: MAC and IPv6."""

from __future__ import annotations

from gristmill.text.ascii import COLON, DASH, DOT, is_digit, is_hex, is_letter
from gristmill.text.flat import Bytes
from gristmill.text.jit import part
from gristmill.text.word_bytes import is_word


@part
def colons(data: Bytes, at: int, stop: int) -> tuple[int, int, bool, bool]:
    """Hexadecimal groups with colons: where they end, colons, whether two stand together, whether groups are pairs."""
    count = size = 0
    double = False
    pairs = True
    most = min(stop, at + 46)
    while at < most:
        byte = data[at]
        if byte == COLON:
            if at + 1 < most and data[at + 1] == COLON:
                double = True
            elif at + 1 == most or not is_hex(data[at + 1]):
                break
            count += 1
            pairs &= size == 2
            size = 0
        elif is_hex(byte) or (byte == DOT and count > 1 and at + 1 < most and is_digit(data[at + 1])):
            size += 1
        else:
            break
        at += 1
    return at, count, double, pairs and size == 2


@part
def dashed_pairs(data: Bytes, at: int, stop: int) -> bool:
    """Whether six pairs of hexadecimal digits begin at `at`, dashes between, and no more."""
    if at + 17 > stop or (at + 17 < stop and (is_word(data[at + 17]) or data[at + 17] == DASH)):
        return False
    for k in range(17):
        if k % 3 == 2:
            if data[at + k] != DASH:
                return False
        elif not is_hex(data[at + k]):
            return False
    return True


@part
def dotted_fours(data: Bytes, at: int, stop: int) -> bool:
    """Whether three groups of four hexadecimal digits begin at `at`, dots between, and no more; some are letters."""
    end = at + 14
    if end > stop or (end < stop and is_word(data[end])):
        return False
    if end + 1 < stop and data[end] == DOT and is_word(data[end + 1]):
        return False
    letters = 0
    for k in range(14):
        if k % 5 == 4:
            if data[at + k] != DOT:
                return False
        elif not is_hex(data[at + k]):
            return False
        else:
            letters += is_letter(data[at + k])
    return 0 < letters < 12
