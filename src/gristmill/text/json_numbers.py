"""Numbers of JSON (RFC 8259) as a kernel reads them, and whether they are written as orjson writes them."""

from __future__ import annotations

import numpy as np

from gristmill.text.flat import Bytes
from gristmill.text.jit import part, small_part

MINUS, DOT, ZERO, NINE = 0x2D, 0x2E, 0x30, 0x39

INTEGER, NUMBER, UNWRITTEN = range(3)
"""Kinds of number: an integer and another number as orjson writes them, and one that it writes otherwise."""


@small_part
def _digits_end(data: Bytes, at: int) -> int:
    while ZERO <= data[at] <= NINE:
        at += 1
    return at


@part
def is_shortest(digits: int, scale: int) -> bool:
    """Whether `digits / scale` is how a double is written: the shortest number that is read as it, and the nearest.

    Digits at the end are no zeros; `scale` is a power of ten, 10 ** 18 at most. False where this is not known.
    """
    value = digits / scale
    if digits < 10**15:  # of so few digits no two numbers are the same double; small ones have exponents
        return value >= 0.001 or digits == 0
    if digits >= 10**17 or value < 0.015625 or value >= 1e12:
        return False
    power = 52
    while value < 1.0:
        value *= 2.0
        power += 1
    while value >= 2.0:
        value *= 0.5
        power -= 1
    # The double is mantissa / 2 ** power. Differences are counted in parts of 1 / (scale * 2 ** power): they are small,
    # so it does no harm that the products lose what is above 64 bits.
    mantissa, one, half = int(value * 2.0**52), 1 << power, scale // 2
    apart = digits * one - mantissa * scale
    if apart > half:
        mantissa, apart = mantissa + 1, apart - scale
    elif apart < -half:
        mantissa, apart = mantissa - 1, apart + scale
    if abs(apart) >= half or 2 * abs(apart) >= one or mantissa <= 1 << 52 or mantissa >= 1 << 53:
        return False
    # Neither neighbour of fewer digits is read as the same double.
    last = digits % 10
    return abs(apart - last * one) > half and abs(apart + (10 - last) * one) > half


@part
def number_end(data: Bytes, at: int) -> tuple[int, int]:
    """Where a number ends, and its kind; less than 0 where it is none, or so long or large that it may overflow."""
    digits = at + (data[at] == MINUS)
    stop = _digits_end(data, digits)
    whole = stop - digits
    if whole == 0 or whole > 40 or (whole > 1 and data[digits] == ZERO):
        return -1, 0
    # Those of 64 bits are kept as they are, and nearly all of them have fewer than 19 digits, or 19 and a small first.
    kept = whole < 19 or (whole == 19 and data[digits] < NINE)
    kind = INTEGER if kept and not (data[at] == MINUS and data[digits] == ZERO) else UNWRITTEN
    if data[stop] == DOT:
        fraction = stop + 1
        stop = _digits_end(data, fraction)
        size = stop - fraction
        if size == 0 or size > 40:
            return -1, 0
        kind = UNWRITTEN
        if size <= 18 and whole + size <= 18 and (size == 1 or data[stop - 1] != ZERO):
            value, scale = 0, 1
            for k in range(digits, stop):
                if data[k] != DOT:
                    value = 10 * value + int(np.int64(data[k])) - ZERO
                    scale = scale * 10 if k > fraction - 1 else 1
            if is_shortest(value, scale):
                kind = NUMBER
    if data[stop] | 0x20 == 0x65:
        power = stop + 1
        power += data[power] == MINUS or data[power] == 0x2B
        stop = _digits_end(data, power)
        if stop == power or stop - power > 2:
            return -1, 0
        kind = UNWRITTEN
    return stop, kind
