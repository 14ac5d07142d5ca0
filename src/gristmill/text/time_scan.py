"""Times as records write them, as microseconds since 1970: what a kernel reads of ISO 8601, and seconds."""

from __future__ import annotations

import numpy as np

from gristmill.text.flat import Bytes
from gristmill.text.jit import part, small_part

_SECOND = 1_000_000


@small_part
def _digits(data: Bytes, at: int, size: int) -> int:
    """The number that so many digits are; less than 0 where one is none."""
    value = 0
    for k in range(size):
        digit = int(np.int64(data[at + k])) - 0x30
        if digit < 0 or digit > 9:
            return -1
        value = 10 * value + digit
    return value


@part
def _day(data: Bytes, at: int) -> int:
    """`YYYY-MM-DD` as days since 1970; less than -1e6 where it is no day."""
    year, month, day = _digits(data, at, 4), _digits(data, at + 5, 2), _digits(data, at + 8, 2)
    if data[at + 4] != 0x2D or data[at + 7] != 0x2D or year < 1 or month < 1 or month > 12 or day < 1:
        return -10_000_000
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    length = (28 + leap) if month == 2 else 30 + ((month + (month > 7)) & 1)
    if day > length:
        return -10_000_000
    # Counted from 1 March, so that the leap day is the last of its year.
    from_march = (month + 9) % 12
    years = year - (month < 3)
    return years * 365 + years // 4 - years // 100 + years // 400 + (153 * from_march + 2) // 5 + day - 719_469


@part
def iso_time(data: Bytes, at: int, stop: int) -> tuple[int, bool]:
    """The time that `data[at:stop]` tells in one of the usual forms: a day, or seconds of it in UTC.

    64 bytes stand after it. What is in another form may be a time all the same.
    """
    size = stop - at
    day = _day(data, at)
    if day < -1_000_000:
        return 0, False
    if size == 10:
        return day * 86_400 * _SECOND, True
    hour, minute, second = _digits(data, at + 11, 2), _digits(data, at + 14, 2), _digits(data, at + 17, 2)
    marks = data[at + 13] == 0x3A and data[at + 16] == 0x3A and (data[at + 10] == 0x54 or data[at + 10] == 0x20)
    if size < 19 or not marks or min(hour, minute, second) < 0 or hour > 23 or minute > 59 or second > 59:
        return 0, False
    time = ((day * 24 + hour) * 60 + minute) * 60 * _SECOND + second * _SECOND
    at += 19
    if at < stop and data[at] == 0x2E:
        micro, milli = _digits(data, at + 1, 6), _digits(data, at + 1, 3)
        if micro >= 0:
            time += micro
            at += 7
        elif milli >= 0:
            time += milli * 1000
            at += 4
    is_utc = data[at] == 0x5A and at + 1 == stop
    if at + 6 == stop and data[at] == 0x2B and data[at + 3] == 0x3A:
        is_utc = _digits(data, at + 1, 2) == 0 and _digits(data, at + 4, 2) == 0
    return time, bool(at == stop or is_utc)


@part
def since_1970(value: int) -> tuple[int, bool]:
    """The time of so many seconds, or milliseconds, or microseconds, told apart by their size; of our days alone."""
    if 0 <= value < 100_000_000_000:
        return value * _SECOND, True
    # A double holds such a number of seconds to less than half a microsecond.
    if 100_000_000_000 <= value < 4_000_000_000_000:
        return value * 1000, True
    return value, bool(100_000_000_000_000 <= value < 4_000_000_000_000_000)
