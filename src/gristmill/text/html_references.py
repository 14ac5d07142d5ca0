"""Character references of HTML (`&amp;`, `&#8217;`, `&eacute`) to the characters they stand for."""

from __future__ import annotations

import html.entities

import numpy as np

from gristmill.text.affixes import FNV_OFFSET, FNV_PRIME
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import part

NONE = -1
"""What stands at an ampersand that begins no reference."""

LONGEST = max(map(len, html.entities.html5))
"""Bytes of the longest name, its semicolon included."""

_SLOTS = 8192
_OFFSET, _PRIME = np.uint64(FNV_OFFSET), np.uint64(FNV_PRIME)
_HASH, _SEMICOLON, _AMPERSAND = ord("#"), ord(";"), ord("&")
_REPLACEMENT = 0xFFFD
_CP1252 = np.array([ord(bytes([byte]).decode("cp1252", "ignore") or chr(byte)) for byte in range(0x80, 0xA0)])
"""What the numbers 128 to 159 mean, as in browsers."""


def _hashed(name: bytes) -> int:
    value = FNV_OFFSET
    for byte in name:
        value = (value ^ byte) * FNV_PRIME & (1 << 64) - 1
    return value


def _table() -> tuple[np.ndarray, np.ndarray]:
    hashes, codes = np.zeros(_SLOTS, np.uint64), np.zeros((_SLOTS, 2), np.int64)
    for name, characters in html.entities.html5.items():
        hashed = _hashed(name.encode())
        slot = hashed % _SLOTS
        while codes[slot, 0]:
            slot = (slot + 1) % _SLOTS
        hashes[slot] = hashed
        codes[slot, : len(characters)] = [ord(character) for character in characters]
    return hashes, codes


_HASHES, _CODES = _table()


@part
def _slot_of(hashed: np.uint64) -> int:
    """Where the table has this name; NONE where it has not."""
    slot = np.int64(hashed % np.uint64(_SLOTS))
    while _CODES[slot, 0] != 0:
        if _HASHES[slot] == hashed:
            return int(slot)
        slot = (slot + 1) % _SLOTS
    return NONE


@part
def _numeric(data: Bytes, at: int, stop: int, pair: Offsets) -> int:
    """A number whose digits, or the `x` before them, begin at `at`: where it ends, or NONE."""
    base = 10
    if at < stop and data[at] | 0x20 == 0x78:
        base = 16
        at += 1
    begin = at
    value = 0
    while at < stop:
        byte = data[at] | 0x20
        if 0x30 <= data[at] <= 0x39:
            digit = data[at] - 0x30
        elif base == 16 and 0x61 <= byte <= 0x66:
            digit = byte - 0x57
        else:
            break
        value = min(value * base + digit, 0x110000)
        at += 1
    if at == begin:
        return NONE
    if 0x80 <= value < 0xA0:
        value = _CP1252[value - 0x80]
    if value == 0 or value > 0x10FFFF or 0xD800 <= value < 0xE000:
        value = _REPLACEMENT
    pair[0], pair[1] = value, 0
    return at + (at < stop and data[at] == _SEMICOLON)


@part
def reference(data: Bytes, at: int, stop: int, pair: Offsets) -> int:
    """The one or two characters that the reference at `at`, an ampersand, stands for go into `pair`.

    Gives where it ends, NONE where there is none. Of names without a semicolon the longest that is known counts.
    """
    at += 1
    if at < stop and data[at] == _HASH:
        return _numeric(data, at + 1, stop, pair)
    found = end = NONE
    hashed = _OFFSET
    most = min(stop, at + LONGEST)
    while at < most:
        byte = data[at]
        letter = 0x61 <= byte | 0x20 <= 0x7A or 0x30 <= byte <= 0x39
        if not letter and byte != _SEMICOLON:
            break
        hashed = (hashed ^ np.uint64(byte)) * _PRIME
        at += 1
        slot = _slot_of(hashed)
        if slot >= 0:
            found, end = slot, at
        if byte == _SEMICOLON:
            break
    if found >= 0:
        pair[0], pair[1] = _CODES[found, 0], _CODES[found, 1]
    return end
