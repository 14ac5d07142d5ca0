"""JSON (RFC 8259) as a kernel reads it: strings, numbers and whole values, written anew as orjson writes them.

What is read stands in a line that ends with a newline, with 64 bytes after it, so that no scan runs out of it; and what
is written is never longer than what was read, with 64 bytes of room besides.
"""

from __future__ import annotations

import numpy as np

from gristmill.text.characters import encode
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import part, small_part
from gristmill.text.json_numbers import NUMBER, UNWRITTEN, number_end
from gristmill.text.json_strings import BACKSLASH, QUOTE, SHORT, put_escaped
from gristmill.text.many_bytes import WIDE, copy_wide, first_set, where, where_less

COMMA, COLON = 0x2C, 0x3A
OPEN, CLOSE, OPEN_LIST, CLOSE_LIST = 0x7B, 0x7D, 0x5B, 0x5D
_SLASH, _LOWER_U = 0x2F, 0x75

MAX_DEPTH = 60

# What a letter stands for behind a backslash; 0 where it stands for nothing.
_SHORT = np.zeros(256, np.uint8)
for _letter, _character in zip('bfnrt"\\/', '\b\f\n\r\t"\\/', strict=True):
    _SHORT[ord(_letter)] = ord(_character)

_HEXADECIMAL = np.full(256, -1, np.int64)
for _value, _digit in enumerate("0123456789abcdef"):
    _HEXADECIMAL[[ord(_digit), ord(_digit.upper())]] = _value


@small_part
def after_space(data: Bytes, at: int) -> int:
    """Where what comes next begins in the line."""
    while data[at] == 0x20 or data[at] == 0x09 or data[at] == 0x0D:
        at += 1
    return at


@small_part
def _code_unit(data: Bytes, at: int) -> int:
    """Four hexadecimal digits; less than 0 where one is none."""
    high = _HEXADECIMAL[data[at]] << 12 | _HEXADECIMAL[data[at + 1]] << 8
    return int(high | _HEXADECIMAL[data[at + 2]] << 4 | _HEXADECIMAL[data[at + 3]])


@part
def _escaped(data: Bytes, at: int) -> tuple[int, int]:
    """The code point that `\\u` and digits stand for, less than 0 where they stand for none, and where they end."""
    unit = _code_unit(data, at + 2) if data[at + 1] == _LOWER_U else -1
    if unit & 0xF800 != 0xD800 or unit < 0:
        return unit, at + 6
    if unit >= 0xDC00 or data[at + 6] != BACKSLASH or data[at + 7] != _LOWER_U:
        return -1, at
    low = _code_unit(data, at + 8)
    if low < 0 or low & 0xFC00 != 0xDC00:
        return -1, at
    return 0x10000 + ((unit & 0x3FF) << 10 | (low & 0x3FF)), at + 12


@part
def write_string(data: Bytes, at: int, out: Bytes, to: int, as_json: bool) -> tuple[int, int]:
    """Write the string whose quotation mark stands before `at`: where it ends, and where what was written ends.

    Written is what it stands for, or with `as_json` the string itself, without either mark. Less than 0 where it is no
    string.
    """
    while True:
        copy_wide(data, at, out, to)
        marks = where(data, at, QUOTE) | where(data, at, BACKSLASH) | where_less(data, at, 0x20)
        size = first_set(marks)
        at += size
        to += size
        if size == WIDE:
            continue
        if data[at] == QUOTE:
            return at + 1, to
        if data[at] != BACKSLASH:
            return -1, to
        while data[at] == BACKSLASH:
            letter = data[at + 1]
            short = _SHORT[letter]
            if short != 0:
                if as_json and letter != _SLASH:
                    out[to] = BACKSLASH
                    to += 1
                    short = letter
                out[to] = short
                to += 1
                at += 2
                continue
            code, at = _escaped(data, at)
            if code < 0:
                return -1, to
            if as_json and (code < 0x20 or code == QUOTE or code == BACKSLASH):  # noqa: SIM109
                to = put_escaped(code, SHORT, out, to)
            else:
                to = encode(code, out, to)


@part
def key_end(data: Bytes, at: int) -> int:
    """The quotation mark that ends a string without escapes; less than 0 where it has some, or is no string."""
    while True:
        size = first_set(where(data, at, QUOTE) | where(data, at, BACKSLASH) | where_less(data, at, 0x20))
        at += size
        if size < WIDE:
            return at if data[at] == QUOTE else -1


@part
def _word_end(data: Bytes, at: int) -> int:
    """Where `true`, `false` or `null` ends; less than 0 where it is none of them."""
    rest = int(np.int64(data[at + 1])) << 16 | int(np.int64(data[at + 2])) << 8 | int(np.int64(data[at + 3]))
    if (data[at] == 0x74 and rest == 0x727565) or (data[at] == 0x6E and rest == 0x756C6C):
        return at + 4
    return at + 5 if data[at] == 0x66 and rest == 0x616C73 and data[at + 4] == 0x65 else -1


@part
def key_order(data: Bytes, begin: int, stop: int, other: int, other_stop: int) -> int:
    """Less than 0 where one key comes before another, 0 where they are the same."""
    for k in range(min(stop - begin, other_stop - other)):
        if data[begin + k] != data[other + k]:
            return int(np.int64(data[begin + k])) - int(np.int64(data[other + k]))
    return (stop - begin) - (other_stop - other)


@part
def _simple(data: Bytes, at: int, out: Bytes, to: int) -> tuple[int, int, bool]:
    """Write a value that holds no others: where it and what was written end, and whether orjson writes it so."""
    if data[at] == QUOTE:
        out[to] = QUOTE
        at, to = write_string(data, at + 1, out, to + 1, True)
        out[to] = QUOTE
        return at, to + 1, True
    begin, stop, kind = at, _word_end(data, at), NUMBER
    if stop < 0:
        stop, kind = number_end(data, at)
    for k in range(begin, stop):
        out[to] = data[k]
        to += 1
    return stop, to, kind != UNWRITTEN


@part
def _write_key(data: Bytes, at: int, out: Bytes, to: int) -> tuple[int, int, bool]:
    """Write a key and its colon: where its value begins, and so on; whether it is a key without escapes."""
    stop = key_end(data, at + 1) if data[at] == QUOTE else -1
    if stop < 0:
        return -1, to, False
    for k in range(at, stop + 1):
        out[to] = data[k]
        to += 1
    out[to] = COLON
    at = after_space(data, stop + 1)
    return (after_space(data, at + 1) if data[at] == COLON else -1), to + 1, True


@part
def write_value(data: Bytes, at: int, out: Bytes, to: int, keys: Offsets) -> tuple[int, int, bool]:
    """Write a value without spaces: where it ends, where what was written ends, and whether orjson writes it so.

    What it writes otherwise (keys in another order, some numbers) still stands for the same value. Less than 0 where it
    is no value, or one of an unusual kind: too deep, a key with escapes. `keys` holds two numbers for each depth: where
    the key before begins and ends in `out`.
    """
    depth = 0
    objects = 0  # a bit for each depth
    same = True
    while True:
        byte = data[at]
        opened = byte | 0x20 == OPEN  # or the beginning of a list
        if opened:
            depth += 1
            if depth > MAX_DEPTH:
                return -1, to, same
            objects = objects << 1 | (byte == OPEN)
            out[to] = byte
            to += 1
            keys[2 * depth] = keys[2 * depth + 1] = -1
            at = after_space(data, at + 1)
        else:
            at, to, usual = _simple(data, at, out, to)
            same = same and usual
        while True:  # after a value, or at the beginning of one that holds others
            if at < 0 or depth == 0:
                return at, to, same
            if not opened:
                at = after_space(data, at)
            if data[at] == (CLOSE if objects & 1 else CLOSE_LIST):
                out[to] = data[at]
                at += 1
                to += 1
                depth -= 1
                objects >>= 1
                opened = False
                continue
            if not opened:
                if data[at] != COMMA:
                    return -1, to, same
                out[to] = COMMA
                to += 1
                at = after_space(data, at + 1)
            break
        if objects & 1:
            begin = to + 1
            at, to, _ = _write_key(data, at, out, to)
            if at < 0:
                return -1, to, same
            if keys[2 * depth] >= 0:
                same = same and key_order(out, keys[2 * depth], keys[2 * depth + 1], begin, to - 2) < 0
            keys[2 * depth], keys[2 * depth + 1] = begin, to - 2
