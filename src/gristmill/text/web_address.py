"""Whether a piece of text is a web or mail address as a whole, so that a tokenizer leaves it alone."""

from __future__ import annotations

from gristmill.text.ascii import (
    AT_SIGN,
    COLON,
    DASH,
    DOT,
    HASH,
    PLUS,
    QUESTION,
    SLASH,
    UNDERSCORE,
    ZERO,
    is_alphanumeric,
    is_digit,
)
from gristmill.text.characters import TOKEN_LOWER, Table, decode, flags_of
from gristmill.text.flat import Bytes
from gristmill.text.jit import part


@part
def _alphanumeric(code: int) -> bool:
    return is_alphanumeric(code) or 0xA1 <= code <= 0xFFFF


@part
def _octets(data: Bytes, at: int, stop: int) -> int:
    """The end of four dotted numbers below 256 at `at`; -1 where there are none."""
    for number in range(4):
        value = 0
        first = at
        while at < stop and is_digit(data[at]) and at - first < 3:
            value = value * 10 + data[at] - ZERO
            at += 1
        if at == first or value > 255:
            return -1
        if number < 3:
            if at == stop or data[at] != DOT:
                return -1
            at += 1
    return at


@part
def _host(data: Bytes, at: int, stop: int, table: Table) -> int:
    """The end of a host name with a lower-case top-level domain at `at`; -1 where there is none."""
    dots = 0
    label = at  # where the last label begins
    lower = True  # whether it has lower-case letters alone
    letters = 0
    usable = False  # whether the character before may end a label
    while at < stop:
        code, then = decode(data, at, stop)
        if code == DOT:
            if not usable:
                return -1
            dots += 1
            label = then
            lower = True
            letters = 0
            usable = False
        elif _alphanumeric(code):
            lower = lower and flags_of(code, table) & TOKEN_LOWER != 0
            letters += 1
            usable = True
        elif (code in (UNDERSCORE, DASH)) and at > label:
            lower = False
            usable = False
        else:
            break
        at = then
    return at if dots and usable and lower and 2 <= letters <= 63 else -1


@part
def _address_from(data: Bytes, at: int, stop: int, table: Table) -> bool:
    """Whether the rest is host, port and path."""
    end = _host(data, at, stop, table)
    if end < 0:
        end = _octets(data, at, stop)
    if end < 0:
        return False
    if end < stop and data[end] == COLON:
        digits = end + 1
        while digits < stop and is_digit(data[digits]):
            digits += 1
        if not 2 <= digits - end - 1 <= 5:
            return False
        end = digits
    return end == stop or data[end] == SLASH or data[end] == QUESTION or data[end] == HASH


@part
def is_address(data: Bytes, start: int, stop: int, table: Table) -> bool:
    """Whether all of the stretch is an address: scheme, user, host, port and path, all but the host optional."""
    dotted = False
    for at in range(start, stop):
        dotted |= data[at] == DOT
    if not dotted:
        return False
    begin = start
    at = start
    while at + 2 < stop and (_alphanumeric(data[at]) or data[at] == PLUS or data[at] == DASH or data[at] == DOT):
        at += 1
    if at - start > 1 and at + 2 < stop and data[at] == COLON and data[at + 1] == SLASH and data[at + 2] == SLASH:
        begin = at + 3
    if _address_from(data, begin, stop, table):
        return True
    found = False
    for at in range(begin + 1, stop - 1):
        found = found or (data[at] == AT_SIGN and _address_from(data, at + 1, stop, table))
    return found
