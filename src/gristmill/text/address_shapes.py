"""The shapes of addresses from one place in a text on: e-mail, urls, names of users; across soft breaks."""

from __future__ import annotations

from gristmill.text.ascii import (
    AT_SIGN,
    COLON,
    DASH,
    DOT,
    EQUALS,
    HASH,
    NEWLINE,
    PERCENT,
    QUESTION,
    RETURN,
    SLASH,
    SPACE,
    UNDERSCORE,
    hex_value,
    is_alphanumeric,
    is_digit,
)
from gristmill.text.flat import Bytes
from gristmill.text.jit import part, small_part
from gristmill.text.word_bytes import is_word

MOST_LOCAL, MOST_DOMAIN = 64, 255  # RFC 5321, 4.5.3.1
MOST_URL = 4096

USER, ASKS, NUMBERED = 1, 2, 4
"""Bits for what a url has: a user before its host; parameters, or what is coded and may be some; a piece of its path
with digits. They speak of the urls inside it as well."""

_OF_LOCAL = tuple(b"._%+-'=")  # beside letters and digits, in the part of an address before the @
_NOT_FIRST = tuple(b".%+-'=")  # of these, what it does not begin with
_ENDS_URL = tuple(b"\"'<>`\\|^")
_LEAST_NUMBERED = 6  # bytes
_SHORT_LINE = 40  # bytes; who cuts lines cuts long ones


@small_part
def behind_break(data: Bytes, at: int, stop: int) -> int:
    """Where the next line begins, if `at` is the `=` of a soft break (RFC 2045, 6.7); or else `at`."""
    after = at + 1
    if after < stop and data[after] == RETURN:
        after += 1
    return after + 1 if after < stop and data[at] == EQUALS and data[after] == NEWLINE else at


@small_part
def _of_local(byte: int) -> bool:
    return is_alphanumeric(byte) or byte in _OF_LOCAL


@part
def _before_break(data: Bytes, begin: int, at: int) -> int:
    """Where the soft break begins that ends at `at` and that cuts an address; `at` where none does.

    A short line of one name before it, as `TO=`, is no line of a message, unless a soft break stands before that too.
    """
    cut = at - 2
    if cut > begin and data[cut] == RETURN:
        cut -= 1
    if cut <= begin or behind_break(data, cut, at) != at or not _of_local(data[cut - 1]):
        return at
    line = cut
    while line > begin and cut - line < _SHORT_LINE and _of_local(data[line - 1]):
        line -= 1
    named = cut - line < _SHORT_LINE and (line == begin or data[line - 1] == NEWLINE)
    before = line - 3 if line - begin > 2 and data[line - 2] == RETURN else line - 2
    return at if named and (before < begin or behind_break(data, before, line) != line) else cut


@part
def email(data: Bytes, begin: int, at: int, stop: int) -> tuple[int, int]:
    """The address around the `@` at `at`, not before `begin`; nothing (start == stop) where there is none."""
    start = at
    least = max(begin, at - MOST_LOCAL)
    while start > least:
        byte = data[start - 1]
        if byte == NEWLINE:
            cut = _before_break(data, begin, start)
            if cut == start:
                break
            start = cut
        elif _of_local(byte):
            start -= 1
        else:
            break
    while start < at and data[start] in _NOT_FIRST:
        start += 1
    end = at + 1
    most = min(stop, end + MOST_DOMAIN)
    dot = -1
    while end < most:
        byte = data[end]
        if byte == DOT:
            after = behind_break(data, end + 1, most) if end + 1 < most else most
            if after == most or not is_word(data[after]):
                break
            dot = end
        elif byte == EQUALS:
            after = behind_break(data, end, most)
            if after in (end, most):
                break
            word = behind_break(data, after + 1, most) if data[after] == DOT and after + 1 < most else after
            if word == most or not is_word(data[word]):
                break
            end = after
            continue
        elif not (is_word(byte) or byte == DASH):
            break
        end += 1
    while end > at and data[end - 1] == DASH:
        end -= 1
    whole = start < at and data[at - 1] != DOT and dot > at + 1 and end - dot > 2 and not is_digit(data[end - 1])
    return (start, end) if whole else (at, at)


@part
def handle(data: Bytes, at: int, stop: int) -> int:
    """Where a user's name ends that an `@` before `at` begins."""
    most = min(stop, at + 31)
    while at < most and (is_alphanumeric(data[at]) or data[at] == UNDERSCORE):
        at += 1
    return at


@small_part
def _ends_url(byte: int) -> bool:
    return byte <= SPACE or byte in _ENDS_URL


@small_part
def _is_coded(data: Bytes, at: int, stop: int) -> bool:
    """Whether `=`, `@` or a sign that is coded once more stands coded at `at`: %3D, %40, %25."""
    if at + 2 >= stop or data[at] != PERCENT:
        return False
    return hex_value(data[at + 1]) * 16 + hex_value(data[at + 2]) in (EQUALS, AT_SIGN, PERCENT)


@part
def url(data: Bytes, at: int, stop: int) -> tuple[int, int]:
    """A url whose `://` ends at `at`: where it ends, over soft breaks, and bits for what it has."""
    begin = piece = at
    most = min(stop, at + MOST_URL)
    has = digits = 0
    in_host = True
    in_path = False
    while at < most and not _ends_url(data[at]):
        byte = data[at]
        if byte == EQUALS:
            after = behind_break(data, at, most)
            if at < after < most and not _ends_url(data[after]):
                at = after
                continue
            if not in_host:
                has |= ASKS
        elif byte in (SLASH, QUESTION, HASH):
            if in_path and digits and at - piece >= _LEAST_NUMBERED:
                has |= NUMBERED
            in_host = byte == SLASH and at >= begin + 2 and data[at - 1] == SLASH and data[at - 2] == COLON
            in_path = byte == SLASH and not in_host
            piece = at + 1
            digits = 0
        elif byte == AT_SIGN and in_host:
            has |= USER
        elif byte == PERCENT and not in_host and _is_coded(data, at, most):
            has |= ASKS
        elif is_digit(byte):
            digits += 1
        at += 1
    if in_path and digits and at - piece >= _LEAST_NUMBERED:
        has |= NUMBERED
    return at, has
