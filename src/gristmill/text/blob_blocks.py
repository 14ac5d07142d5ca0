"""Blobs of several lines: uuencode, dumps in hexadecimal, lines of one length without a space."""

from __future__ import annotations

from gristmill.text.ascii import (
    BANG,
    COLON,
    COMMA,
    GRAVE,
    LOWER_X,
    NEWLINE,
    NINE,
    RETURN,
    SPACE,
    TAB,
    TILDE,
    ZERO,
    is_hex,
)
from gristmill.text.blob_counts import BASE85, HEX, count, encoded
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import part, small_part

LEAST_LINE = 40  # bytes of a line of a block

_FULL_LINE = ord("M")  # what a full line of uuencode begins with: 45 bytes and a space
_HASHES = (32, 40, 48, 56, 64, 96, 128)  # hexadecimal digits of MD5, SHA-1 ... SHA-512


@small_part
def is_dense(byte: int) -> bool:
    return BANG <= byte <= TILDE


@part
def line_end(data: Bytes, at: int, stop: int) -> int:
    while at < stop and data[at] != NEWLINE:
        at += 1
    return at


@part
def bare_line(data: Bytes, start: int, stop: int) -> tuple[int, int]:
    """A line without blanks at its ends."""
    while start < stop and data[start] in (SPACE, TAB, RETURN):
        start += 1
    while stop > start and data[stop - 1] in (SPACE, TAB, RETURN):
        stop -= 1
    return start, stop


@part
def _all_dense(data: Bytes, start: int, stop: int) -> bool:
    for at in range(start, stop):
        if not is_dense(data[at]):
            return False
    return stop > start


@part
def _all_hex(data: Bytes, start: int, stop: int) -> bool:
    hexes = 0
    for at in range(start, stop):
        hexes += is_hex(data[at])
    return hexes == stop - start


@part
def _dense_block(data: Bytes, at: int, stop: int, stats: Offsets) -> tuple[int, int]:
    """Where lines of one length and without spaces end that begin with the line at `at`, and how many they are.

    The last one may be shorter. Their characters are counted into `stats`.
    """
    lines = size = end = 0
    while at < stop:
        line = line_end(data, at, stop)
        start, bare = bare_line(data, at, line)
        if lines == 0:
            size = bare - start
        if bare - start > size or size < LEAST_LINE or not _all_dense(data, start, bare):
            break
        if lines == 0 and size in _HASHES and _all_hex(data, start, bare):
            break
        count(data, start, bare, stats)
        lines += 1
        end = bare
        at = line + 1
        if bare - start < size:
            break
    return end, lines


@part
def _uuencoded(data: Bytes, start: int, stop: int) -> bool:
    """A full line: `M`, and 60 characters from space to grave accent."""
    if stop - start != 61 or data[start] != _FULL_LINE:
        return False
    within = 0
    for at in range(start, stop):
        within += SPACE <= data[at] <= GRAVE
    return within == stop - start


@part
def _uu_block(data: Bytes, at: int, stop: int) -> tuple[int, int]:
    lines = end = 0
    while at < stop:
        line = line_end(data, at, stop)
        bare = line - 1 if line > at and data[line - 1] == RETURN else line
        if not _uuencoded(data, at, bare):
            break
        lines += 1
        end = bare
        at = line + 1
    return end, lines


@part
def _hex_group(data: Bytes, at: int, stop: int) -> tuple[int, int, int]:
    """Where a group of 2, 4, 6, 7 or 8 hexadecimal digits ends with its comma; its digits, those that are letters.

    It may begin with `0x`, and must end with a blank, a comma or the line; no digits where it is none.
    """
    if at + 1 < stop and data[at] == ZERO and data[at + 1] == LOWER_X:
        at += 2
    begin = at
    letters = 0
    while at < stop and at - begin < 9 and is_hex(data[at]):
        letters += data[at] > NINE
        at += 1
    digits = at - begin
    if not (digits in (2, 4) or 6 <= digits <= 8):
        return at, 0, 0
    if at < stop and data[at] == COMMA:
        return at + 1, digits, letters
    return (at, digits, letters) if at == stop or data[at] in (SPACE, TAB, RETURN) else (at, 0, 0)


@part
def _hex_line(data: Bytes, at: int, stop: int) -> tuple[int, int]:
    """Digits in the groups that a line begins with, behind an offset with a colon; and those that are letters."""
    total = letters = 0
    offset = at
    while offset < stop and offset - at < 16 and is_hex(data[offset]):
        offset += 1
    if at < offset < stop and data[offset] == COLON:
        at = offset + 1
    while at < stop:
        if data[at] in (SPACE, TAB):
            at += 1
            continue
        at, digits, some = _hex_group(data, at, stop)
        if digits == 0:
            break
        total += digits
        letters += some
    return total, letters


@part
def _hex_block(data: Bytes, at: int, stop: int) -> tuple[int, bool]:
    """Where lines of groups end that begin with the line at `at`, and whether they are a dump and no table."""
    lines = end = total = letters = 0
    while at < stop:
        line = line_end(data, at, stop)
        start, bare = bare_line(data, at, line)
        digits, some = _hex_line(data, start, bare)
        if digits < (16 if lines == 0 else 2):
            break
        total += digits
        letters += some
        lines += 1
        end = bare
        at = line + 1
    return end, lines > 0 and letters * 20 >= total


@part
def block(data: Bytes, at: int, stop: int, least: int, stats: Offsets) -> tuple[int, int, int]:
    """Lines from `at` on that are one blob: its kind, where it ends; and how far no other line need be asked."""
    asked, lines = _uu_block(data, at, stop)
    if lines >= 2:
        return BASE85, asked, asked
    end, is_dump = _hex_block(data, at, stop)
    if is_dump and end - at >= least:
        return HEX, end, end
    asked = max(asked, end)
    stats[:] = 0
    end, lines = _dense_block(data, at, stop, stats)
    kind = encoded(stats, least) if lines >= 2 else -1
    return kind, end, max(asked, end)
